// The public entry `harmony-websocket/ws`: the classes of `ws` on this engine.

export type { ClientOptions, FinishRequestCallback, PerMessageDeflateOptions } from './client-options.ts';
export type { BinaryType, Data, RawData } from './data.ts';
export {
  type CloseEvent,
  type ErrorEvent,
  type Event,
  type EventListenerOptions,
  type MessageEvent,
  WebSocket,
  WebSocket as default,
  type WebSocketEventMap,
} from './websocket.ts';
