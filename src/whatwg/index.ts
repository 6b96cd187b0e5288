// The public entry `harmony-websocket/whatwg`: the classes that browsers have, over the engine.

export type { ClientTlsOptions, Pem } from '../node/tls-options.ts';
export {
  CloseEvent,
  type CloseEventConstructor,
  MessageEvent,
  type MessageEventConstructor,
} from './events.ts';
export { install } from './install.ts';
export type { WebSocketOptions, WebSocketStreamOptions } from './options.ts';
export { WebSocketError } from './stream-error.ts';
export type {
  BinaryType,
  CloseEventInit,
  FailureEvent,
  ListenerOptions,
  MessageEventInit,
  SendData,
  WebSocketCloseInfo,
  WebSocketConstructor,
  WebSocketErrorConstructor,
  WebSocketEventMap,
  WebSocketOpenInfo,
  WebSocketStreamConstructor,
} from './types.ts';
export { WebSocket } from './websocket.ts';
export { WebSocketStream } from './websocket-stream.ts';
