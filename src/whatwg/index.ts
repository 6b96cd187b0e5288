// The public entry `harmony-websocket/whatwg`: the classes that browsers have, over the engine.

export type { Redirect } from '../client/redirect.ts';
export type { Heartbeat } from '../core/connection/heartbeat.ts';
export type { Limits } from '../core/connection/limits.ts';
export type { Some } from '../core/connection/settings.ts';
export type { CompressionSettings } from '../core/extension/compression-settings.ts';
export type { HeaderFields, HeaderValue } from '../core/handshake/header-fields.ts';
export type { ProxyAddress, ProxyProtocol, ProxySetting, ProxyUrl } from '../node/proxy-options.ts';
export type { ClientTlsOptions, Pem } from '../node/tls-options.ts';
export {
  CloseEvent,
  type CloseEventConstructor,
  type CloseEventInit,
  type FailureEvent,
  MessageEvent,
  type MessageEventConstructor,
  type MessageEventInit,
} from './events.ts';
export { install } from './install.ts';
export type { WebSocketOptions, WebSocketStreamOptions } from './options.ts';
export { WebSocketError, type WebSocketErrorConstructor } from './stream-error.ts';
export type { BinaryType, SendData, WebSocketCloseInfo, WebSocketOpenInfo } from './types.ts';
export { type ListenerOptions, WebSocket, type WebSocketConstructor, type WebSocketEventMap } from './websocket.ts';
export { WebSocketStream, type WebSocketStreamConstructor } from './websocket-stream.ts';
