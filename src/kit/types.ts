// The types of the `webSocket` namespace, as the OpenHarmony SDK declares them (both dialects; its `int` is `number`).
// index.ts puts them into the namespace. Nothing here exists at run time.

import type { AsyncCallback, Callback, ErrorCallback } from './business-error.ts';

/** TLS versions, for `minSupportTlsProtocol`. The numbers count up from TLS 1.0. */
export type TlsProtocol = 0 | 1 | 2 | 3;

/** A client certificate and its key: paths of PEM files. */
export interface ClientCert {
  /** Path of the certificate, with its chain. */
  certPath: string;
  /** Path of its private key. */
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
  /** Goes with `username`. */
  password?: string;
}

/** The proxy to use: `'system'` is that of the environment variables (`HTTP_PROXY`, `NO_PROXY`). */
export type ProxyConfiguration = 'system' | 'no-proxy' | HttpProxy;

/** What `connect` can be asked for. It is read during the call; later changes have no effect. */
export interface WebSocketRequestOptions {
  /** Further request headers: names to values. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  /** PEM file with the certificate authorities to trust, in place of the preset ones. */
  caPath?: string;
  /** Certificate to identify with. */
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

/** What `close` sends. */
export interface WebSocketCloseOptions {
  /** 1000 to 1015; other values become the default of 1000. */
  code?: number;
  /** Default `'CLOSE_NORMAL'`. */
  reason?: string;
}

/** How a connection ended. */
export interface CloseResult {
  /** Close code (RFC 6455 §7.4); the specification of the kit tells which one for each end. */
  code: number;
  /** Reason; `''` where there is none. */
  reason: string;
}

/** Value of `open` in ArkTS-static. */
export interface OpenResult {
  /** HTTP status code: 101. */
  status: number;
  /** Reason phrase of the response. */
  message: string;
}

/** Value of `openInfo`: as that of `open`, with the subprotocol when the server selected one. */
export interface WebSocketOpenInfo {
  /** HTTP status code: 101. */
  status: number;
  /** Reason phrase of the response. */
  message: string;
  /** The subprotocol that the server selected. */
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
  /** The same with options. */
  connect(url: string, options: WebSocketRequestOptions, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  connect(url: string, options?: WebSocketRequestOptions): Promise<boolean>;

  /** `true` means accepted for sending. The data may be changed or reused at once. */
  send(data: string | ArrayBuffer, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  send(data: string | ArrayBuffer): Promise<boolean>;

  /** `true` means that closing began; `close` tells the end. */
  close(callback: AsyncCallback<boolean>): void;
  /** The same with a code and a reason. */
  close(options: WebSocketCloseOptions, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  close(options?: WebSocketCloseOptions): Promise<boolean>;

  /** Sets the listener of an event; there is one for each. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  on(type: 'open', callback: AsyncCallback<Object>): void;
  /** Sets the listener for an open connection, with the selected subprotocol. */
  on(type: 'openInfo', callback: AsyncCallback<WebSocketOpenInfo>): void;
  /** Sets the listener for messages. */
  on(type: 'message', callback: AsyncCallback<string | ArrayBuffer>): void;
  /** Sets the listener for the end of the connection. */
  on(type: 'close', callback: AsyncCallback<CloseResult>): void;
  /** Sets the listener for a failure. */
  on(type: 'error', callback: ErrorCallback): void;
  /** Sets the listener that follows each call of that for `message`. */
  on(type: 'dataEnd', callback: Callback<void>): void;
  /** Sets the listener for the header fields of the response. */
  on(type: 'headerReceive', callback: Callback<ResponseHeaders>): void;

  /** Removes the listener of an event: any, or only this one. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  off(type: 'open', callback?: AsyncCallback<Object>): void;
  /** Removes the listener for `openInfo`. */
  off(type: 'openInfo', callback?: AsyncCallback<WebSocketOpenInfo>): void;
  /** Removes the listener for `message`. */
  off(type: 'message', callback?: AsyncCallback<string | ArrayBuffer>): void;
  /** Removes the listener for `close`. */
  off(type: 'close', callback?: AsyncCallback<CloseResult>): void;
  /** Removes the listener for `error`. */
  off(type: 'error', callback?: ErrorCallback): void;
  /** Removes the listener for `dataEnd`. */
  off(type: 'dataEnd', callback?: Callback<void>): void;
  /** Removes the listener for `headerReceive`. */
  off(type: 'headerReceive', callback?: Callback<ResponseHeaders>): void;

  // The names of ArkTS-static. Each pair has a listener of its own beside that of `on`.
  /** `open` under its name of ArkTS-static. */
  onOpen(callback: Callback<OpenResult>): void;
  /** Removes the listener of `onOpen`: any, or only this one. */
  offOpen(callback?: Callback<OpenResult>): void;
  /** `message` under its name of ArkTS-static. */
  onMessage(callback: AsyncCallback<string | ArrayBuffer>): void;
  /** Removes the listener of `onMessage`: any, or only this one. */
  offMessage(callback?: AsyncCallback<string | ArrayBuffer>): void;
  /** `close` under its name of ArkTS-static. */
  onWebSocketClose(callback: AsyncCallback<CloseResult>): void;
  /** Removes the listener of `onWebSocketClose`: any, or only this one. */
  offWebSocketClose(callback?: AsyncCallback<CloseResult>): void;
  /** `error` under its name of ArkTS-static. */
  onWebSocketError(callback: ErrorCallback): void;
  /** Removes the listener of `onWebSocketError`: any, or only this one. */
  offWebSocketError(callback?: ErrorCallback): void;
  /** `dataEnd` under its name of ArkTS-static. */
  onDataEnd(callback: Callback<void>): void;
  /** Removes the listener of `onDataEnd`: any, or only this one. */
  offDataEnd(callback?: Callback<void>): void;
  /** `headerReceive` under its name of ArkTS-static. */
  onHeaderReceive(callback: Callback<ResponseHeaders>): void;
  /** Removes the listener of `onHeaderReceive`: any, or only this one. */
  offHeaderReceive(callback?: Callback<ResponseHeaders>): void;
}

/** A server certificate and its key: paths of PEM files. */
export interface ServerCert {
  /** Path of the certificate, with its chain. */
  certPath: string;
  /** Path of its private key. */
  keyPath: string;
}

/** What a server is started with. */
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
  /** Address of the client. */
  clientIP: string;
  /** Port of the client, 1 to 65535. */
  clientPort: number;
}

/** A message that the server received. */
export interface WebSocketMessage {
  /** Text, or bytes that belong to the application. */
  data: string | ArrayBuffer;
  /** The client that sent it. */
  clientConnection: WebSocketConnection;
}

/** Listener of a server's `close` event. */
export type ClientConnectionCloseCallback = (clientConnection: WebSocketConnection, closeReason: CloseResult) => void;

/** The server. No call throws, except `listAllConnections`: failures reject the Promise. */
export interface WebSocketServer {
  /** `true` once listening. */
  start(config: WebSocketServerConfig): Promise<boolean>;
  /** `true` once every client has been told and the port is free. */
  stop(): Promise<boolean>;
  /** Sends a message to a client. `true` means accepted for sending; the data may be changed or reused at once. */
  send(data: string | ArrayBuffer, connection: WebSocketConnection): Promise<boolean>;
  /** Closes the connection of a client. `true` means that closing began. */
  close(connection: WebSocketConnection, options?: WebSocketCloseOptions): Promise<boolean>;
  /** The clients that are connected now. Throws where the server is not started. */
  listAllConnections(): WebSocketConnection[];

  /** Sets the listener for clients that connect; there is one for each event. */
  on(type: 'connect', callback: Callback<WebSocketConnection>): void;
  /** Sets the listener for messages. */
  on(type: 'messageReceive', callback: Callback<WebSocketMessage>): void;
  /** Sets the listener for connections that end. */
  on(type: 'close', callback: ClientConnectionCloseCallback): void;
  /** Sets the listener for failures. */
  on(type: 'error', callback: ErrorCallback): void;

  /** Removes the listener for `connect`: any, or only this one. */
  off(type: 'connect', callback?: Callback<WebSocketConnection>): void;
  /** Removes the listener for `messageReceive`: any, or only this one. */
  off(type: 'messageReceive', callback?: Callback<WebSocketMessage>): void;
  /** Removes the listener for `close`: any, or only this one. */
  off(type: 'close', callback?: ClientConnectionCloseCallback): void;
  /** Removes the listener for `error`: any, or only this one. */
  off(type: 'error', callback?: ErrorCallback): void;

  // The names of ArkTS-static. Each pair has a listener of its own beside that of `on`.
  /** `connect` under its name of ArkTS-static. */
  onConnect(callback: Callback<WebSocketConnection>): void;
  /** Removes the listener of `onConnect`: any, or only this one. */
  offConnect(callback?: Callback<WebSocketConnection>): void;
  /** `messageReceive` under its name of ArkTS-static. */
  onMessageReceive(callback: Callback<WebSocketMessage>): void;
  /** Removes the listener of `onMessageReceive`: any, or only this one. */
  offMessageReceive(callback?: Callback<WebSocketMessage>): void;
  /** `close` under its name of ArkTS-static. */
  onWebSocketServerClose(callback: ClientConnectionCloseCallback): void;
  /** Removes the listener of `onWebSocketServerClose`: any, or only this one. */
  offWebSocketServerClose(callback?: ClientConnectionCloseCallback): void;
  /** `error` under its name of ArkTS-static. */
  onWebSocketServerError(callback: ErrorCallback): void;
  /** Removes the listener of `onWebSocketServerError`: any, or only this one. */
  offWebSocketServerError(callback?: ErrorCallback): void;
}
