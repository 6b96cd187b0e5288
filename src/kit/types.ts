// The types of the `webSocket` namespace, as the OpenHarmony SDK declares them (both dialects; its `int` is `number`).
// index.ts puts them into the namespace. Nothing here exists at run time.

import type { AsyncCallback, Callback, ErrorCallback } from './business-error.ts';

/** TLS versions, for `minSupportTlsProtocol`. The numbers count up from TLS 1.0. */
export type TlsProtocol = 0 | 1 | 2 | 3;

/** A client certificate and its key: paths of PEM files. */
export interface ClientCert {
  certPath: string;
  keyPath: string;
  /** Of an encrypted key. Default `''`. */
  keyPassword?: string;
}

/** An HTTP proxy. Connections go through it by CONNECT. */
export interface HttpProxy {
  /** `''`: no proxy. */
  host: string;
  /** 0 to 65535; 0: no proxy. */
  port: number;
  /** Hosts that are reached without the proxy: names with their subdomains, addresses, `*` as a wildcard. */
  exclusionList: string[];
  /** Counts only together with `password`. */
  username?: string;
  password?: string;
}

export type ProxyConfiguration = 'system' | 'no-proxy' | HttpProxy;

/** What `connect` can be asked for. It is read during the call; later changes have no effect. */
export interface WebSocketRequestOptions {
  /** Further request headers: names to values. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  /** PEM file with the certificate authorities to trust, in place of the preset ones. */
  caPath?: string;
  clientCert?: ClientCert;
  /** Default `'system'`. */
  proxy?: ProxyConfiguration;
  /** Subprotocols to offer: a name, or several with commas. */
  protocol?: string;
  /** Accepts any server certificate. Default `false`. */
  skipServerCertVerification?: boolean;
  /** Seconds from the opening or the last pong to the next ping, 0 to 30000; 0: no heartbeat. Default 30. */
  pingInterval?: number;
  /** Seconds for the answer to a ping, at most `pingInterval`. Default 30. */
  pongTimeout?: number;
  /** This version and newer ones. */
  minSupportTlsProtocol?: TlsProtocol;
  /** Puts a port that is not the scheme's default into the `Origin` header. Default `false`. */
  supportOriginPort?: boolean;
}

export interface WebSocketCloseOptions {
  /** 1000 to 1015; other values become the default of 1000. */
  code?: number;
  /** Default `'CLOSE_NORMAL'`. */
  reason?: string;
}

export interface CloseResult {
  code: number;
  reason: string;
}

/** Value of `open` in ArkTS-static. */
export interface OpenResult {
  status: number;
  message: string;
}

/** Value of `openInfo`: as that of `open`, with the subprotocol when the server selected one. */
export interface WebSocketOpenInfo {
  status: number;
  message: string;
  protocol?: string;
}

/** Response headers: lower-case names; `set-cookie` is an array when it came more than once. */
export type ResponseHeaders = {
  [k: string]: string | string[] | undefined;
};

/** The client. Every call is answered once, asynchronously, by its callback or its Promise; none throws. */
export interface WebSocket {
  /** `true` means that the request was made; `open` or `error` tells how it ends. */
  connect(url: string, callback: AsyncCallback<boolean>): void;
  connect(url: string, options: WebSocketRequestOptions, callback: AsyncCallback<boolean>): void;
  connect(url: string, options?: WebSocketRequestOptions): Promise<boolean>;

  /** `true` means accepted for sending. The data may be changed or reused at once. */
  send(data: string | ArrayBuffer, callback: AsyncCallback<boolean>): void;
  send(data: string | ArrayBuffer): Promise<boolean>;

  /** `true` means that closing began; `close` tells the end. */
  close(callback: AsyncCallback<boolean>): void;
  close(options: WebSocketCloseOptions, callback: AsyncCallback<boolean>): void;
  close(options?: WebSocketCloseOptions): Promise<boolean>;

  /** Sets the listener of an event; there is one for each. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'open', callback: AsyncCallback<Object>): void;
  on(type: 'openInfo', callback: AsyncCallback<WebSocketOpenInfo>): void;
  on(type: 'message', callback: AsyncCallback<string | ArrayBuffer>): void;
  on(type: 'close', callback: AsyncCallback<CloseResult>): void;
  on(type: 'error', callback: ErrorCallback): void;
  on(type: 'dataEnd', callback: Callback<void>): void;
  on(type: 'headerReceive', callback: Callback<ResponseHeaders>): void;

  /** Removes the listener of an event: any, or only this one. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'open', callback?: AsyncCallback<Object>): void;
  off(type: 'openInfo', callback?: AsyncCallback<WebSocketOpenInfo>): void;
  off(type: 'message', callback?: AsyncCallback<string | ArrayBuffer>): void;
  off(type: 'close', callback?: AsyncCallback<CloseResult>): void;
  off(type: 'error', callback?: ErrorCallback): void;
  off(type: 'dataEnd', callback?: Callback<void>): void;
  off(type: 'headerReceive', callback?: Callback<ResponseHeaders>): void;

  // The names of ArkTS-static. Each pair has a listener of its own beside that of `on`.
  onOpen(callback: Callback<OpenResult>): void;
  offOpen(callback?: Callback<OpenResult>): void;
  onMessage(callback: AsyncCallback<string | ArrayBuffer>): void;
  offMessage(callback?: AsyncCallback<string | ArrayBuffer>): void;
  onWebSocketClose(callback: AsyncCallback<CloseResult>): void;
  offWebSocketClose(callback?: AsyncCallback<CloseResult>): void;
  onWebSocketError(callback: ErrorCallback): void;
  offWebSocketError(callback?: ErrorCallback): void;
  onDataEnd(callback: Callback<void>): void;
  offDataEnd(callback?: Callback<void>): void;
  onHeaderReceive(callback: Callback<ResponseHeaders>): void;
  offHeaderReceive(callback?: Callback<ResponseHeaders>): void;
}

/** A server certificate and its key: paths of PEM files. */
export interface ServerCert {
  certPath: string;
  keyPath: string;
}

export interface WebSocketServerConfig {
  /** Address to listen on, IPv4 or IPv6. Default `0.0.0.0`. */
  serverIP?: string;
  /** 0 to 65535; 0: any free port. */
  serverPort: number;
  /** Serves `wss`. */
  serverCert?: ServerCert;
  /** Number of different client addresses at a time, 0 to 10. */
  maxConcurrentClientsNumber: number;
  /** Subprotocols spoken: a name, or several with commas. */
  protocol?: string;
  /** Number of connections from one client address at a time, 0 to 10. */
  maxConnectionsForOneClient: number;
}

/** A client of the server. It is addressed by these values, not by the identity of the object. */
export interface WebSocketConnection {
  clientIP: string;
  clientPort: number;
}

export interface WebSocketMessage {
  data: string | ArrayBuffer;
  clientConnection: WebSocketConnection;
}

export type ClientConnectionCloseCallback = (clientConnection: WebSocketConnection, closeReason: CloseResult) => void;

/** The server. No call throws, except `listAllConnections`: failures reject the Promise. */
export interface WebSocketServer {
  /** `true` once listening. */
  start(config: WebSocketServerConfig): Promise<boolean>;
  /** `true` once every client has been told and the port is free. */
  stop(): Promise<boolean>;
  send(data: string | ArrayBuffer, connection: WebSocketConnection): Promise<boolean>;
  close(connection: WebSocketConnection, options?: WebSocketCloseOptions): Promise<boolean>;
  listAllConnections(): WebSocketConnection[];

  on(type: 'connect', callback: Callback<WebSocketConnection>): void;
  on(type: 'messageReceive', callback: Callback<WebSocketMessage>): void;
  on(type: 'close', callback: ClientConnectionCloseCallback): void;
  on(type: 'error', callback: ErrorCallback): void;

  off(type: 'connect', callback?: Callback<WebSocketConnection>): void;
  off(type: 'messageReceive', callback?: Callback<WebSocketMessage>): void;
  off(type: 'close', callback?: ClientConnectionCloseCallback): void;
  off(type: 'error', callback?: ErrorCallback): void;

  // The names of ArkTS-static. Each pair has a listener of its own beside that of `on`.
  onConnect(callback: Callback<WebSocketConnection>): void;
  offConnect(callback?: Callback<WebSocketConnection>): void;
  onMessageReceive(callback: Callback<WebSocketMessage>): void;
  offMessageReceive(callback?: Callback<WebSocketMessage>): void;
  onWebSocketServerClose(callback: ClientConnectionCloseCallback): void;
  offWebSocketServerClose(callback?: ClientConnectionCloseCallback): void;
  onWebSocketServerError(callback: ErrorCallback): void;
  offWebSocketServerError(callback?: ErrorCallback): void;
}
