// The types of the `webSocket` namespace, as the OpenHarmony SDK declares them in both dialects; its `int` is `number`.
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
  /** The passphrase of an encrypted key. Default `''`. */
  keyPassword?: string;
}

/** An HTTP proxy. Connections pass through it by CONNECT. */
export interface HttpProxy {
  /** `''`: no proxy. */
  host: string;
  /** 0 to 65535; 0: no proxy. */
  port: number;
  /** Hosts that are reached without the proxy: names with their subdomains, addresses, `*` as a wildcard. */
  exclusionList: string[];
  /** Used only together with `password`. */
  username?: string;
  /** Used only together with `username`. */
  password?: string;
}

/** How a client reaches its server: by the system's proxy, directly, or by the given proxy. */
export type ProxyConfiguration = 'system' | 'no-proxy' | HttpProxy;

/** Options of `connect`. They are read during the call; later changes have no effect. */
export interface WebSocketRequestOptions {
  /** Further request headers, from names to values. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  header?: Object;
  /** Path of a PEM file with the certificate authorities to trust, instead of the preset ones. */
  caPath?: string;
  /** Certificate with which the client identifies itself. */
  clientCert?: ClientCert;
  /** Default `'system'`. */
  proxy?: ProxyConfiguration;
  /** Subprotocols to offer: one name, or several separated by commas. */
  protocol?: string;
  /** Accepts any server certificate. Default `false`. */
  skipServerCertVerification?: boolean;
  /** Seconds from the opening or the last pong to the next ping, 0 to 30000. 0: no heartbeat. Default 30. */
  pingInterval?: number;
  /** Seconds that the answer to a ping may take, at most `pingInterval`. Default 30. */
  pongTimeout?: number;
  /** The lowest TLS version to accept. */
  minSupportTlsProtocol?: TlsProtocol;
  /** Adds a port that is not the default of the scheme to the `Origin` header. Default `false`. */
  supportOriginPort?: boolean;
}

/** Options of `close`. */
export interface WebSocketCloseOptions {
  /** 1000 to 1015. Other values become the default, 1000. */
  code?: number;
  /** The wire has room for 123 bytes of UTF-8. Default `'CLOSE_NORMAL'`. */
  reason?: string;
}

/** How a connection ended. */
export interface CloseResult {
  /** A close code of RFC 6455 §7.4; 0 if the connection was lost. */
  code: number;
  /** `'The link is down'` if the peer gave none. */
  reason: string;
}

/** The value of `open` in ArkTS-static. */
export interface OpenResult {
  /** HTTP status: 101. */
  status: number;
  /** The reason phrase of the response. */
  message: string;
}

/** The value of `openInfo`: that of `open`, and the subprotocol. */
export interface WebSocketOpenInfo {
  /** HTTP status: 101. */
  status: number;
  /** The reason phrase of the response. */
  message: string;
  /** Present if the server selected a subprotocol. */
  protocol?: string;
}

/** Response headers, with names in lower case. `set-cookie` is an array if it occurs more than once. */
export type ResponseHeaders = {
  [k: string]: string | string[] | undefined;
};

/**
 * The client. Each call is answered once, asynchronously, by its callback or its Promise. No call throws, except `on`
 * and `off`.
 */
export interface WebSocket {
  /** Connects. `true` means that the request was made; then `open` or `error` follows. */
  connect(url: string, callback: AsyncCallback<boolean>): void;
  /** The same with options. */
  connect(url: string, options: WebSocketRequestOptions, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  connect(url: string, options?: WebSocketRequestOptions): Promise<boolean>;

  /** Sends a message of at most 5,242,864 bytes. `true` means that it was accepted. You may reuse the data at once. */
  send(data: string | ArrayBuffer, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  send(data: string | ArrayBuffer): Promise<boolean>;

  /** Starts closing, after everything that was sent. `true` means that it began; the `close` event follows. */
  close(callback: AsyncCallback<boolean>): void;
  /** The same with a code and a reason. */
  close(options: WebSocketCloseOptions, callback: AsyncCallback<boolean>): void;
  /** The same, answered by a Promise. */
  close(options?: WebSocketCloseOptions): Promise<boolean>;

  /** Sets the listener for an open connection. Each event has one listener; a second call replaces it. */
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

  /** Removes the listener for `open`; with a callback only if it is that one. */
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

  // The names of ArkTS-static. Each pair has its own listener, beside that of `on`.
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

/** The configuration of a server. */
export interface WebSocketServerConfig {
  /** Address to listen on, IPv4 or IPv6. Default `0.0.0.0`. */
  serverIP?: string;
  /** 0 to 65535; 0: any free port. */
  serverPort: number;
  /** With a certificate the server speaks `wss`, otherwise `ws`. */
  serverCert?: ServerCert;
  /** How many different client addresses may be connected at a time, 0 to 10. */
  maxConcurrentClientsNumber: number;
  /** Subprotocols that the server speaks: one name, or several separated by commas. */
  protocol?: string;
  /** How many connections one client address may have at a time, 0 to 10. */
  maxConnectionsForOneClient: number;
}

/** A client of the server. The values identify it; any object that has them will do. */
export interface WebSocketConnection {
  /** IPv4 or IPv6 address, without brackets. */
  clientIP: string;
  /** Port of the client, 1 to 65535. */
  clientPort: number;
}

/** A message that a client sent. */
export interface WebSocketMessage {
  /** Text, or bytes that belong to the application. */
  data: string | ArrayBuffer;
  /** The client that sent it. */
  clientConnection: WebSocketConnection;
}

/** Listener of a server's `close` event. */
export type ClientConnectionCloseCallback = (clientConnection: WebSocketConnection, closeReason: CloseResult) => void;

/** The server. A failed call rejects its Promise; only `listAllConnections`, `on` and `off` throw. */
export interface WebSocketServer {
  /** Listens. `true` once it does. Each call adds a listener. */
  start(config: WebSocketServerConfig): Promise<boolean>;
  /** Closes all connections and listeners. `true` once the ports are free. */
  stop(): Promise<boolean>;
  /** Sends a message of at most 5,242,864 bytes. `true` means that it was accepted. You may reuse the data at once. */
  send(data: string | ArrayBuffer, connection: WebSocketConnection): Promise<boolean>;
  /** Starts closing a connection, after everything that was sent to it. The `close` event follows. */
  close(connection: WebSocketConnection, options?: WebSocketCloseOptions): Promise<boolean>;
  /** All clients in the order of connecting, including those that are closing. */
  listAllConnections(): WebSocketConnection[];

  /** Sets the listener for a new client. Each event has one listener; a second call replaces it. */
  on(type: 'connect', callback: Callback<WebSocketConnection>): void;
  /** Sets the listener for messages. */
  on(type: 'messageReceive', callback: Callback<WebSocketMessage>): void;
  /** Sets the listener for connections that end. */
  on(type: 'close', callback: ClientConnectionCloseCallback): void;
  /** Sets the listener for failures. */
  on(type: 'error', callback: ErrorCallback): void;

  /** Removes the listener for `connect`; with a callback only if it is that one. */
  off(type: 'connect', callback?: Callback<WebSocketConnection>): void;
  /** Removes the listener for `messageReceive`: any, or only this one. */
  off(type: 'messageReceive', callback?: Callback<WebSocketMessage>): void;
  /** Removes the listener for `close`: any, or only this one. */
  off(type: 'close', callback?: ClientConnectionCloseCallback): void;
  /** Removes the listener for `error`: any, or only this one. */
  off(type: 'error', callback?: ErrorCallback): void;

  // The names of ArkTS-static. Each pair has its own listener beside that of `on`.
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
