// The types of the public entry, by the names that programs written for `ws` use.

import type { Buffer } from 'node:buffer';
import type {
  ClientOptions as AnyClientOptions,
  FinishRequestCallback as AnyFinishRequestCallback,
} from './client-options.ts';
import type { EventMap, SocketCloseEvent, SocketErrorEvent, SocketEvent, SocketMessageEvent } from './event-target.ts';
import type { WebSocket } from './websocket.ts';

export type { PerMessageDeflateOptions } from './client-options.ts';
export type { Data, RawData } from './data.ts';
export type { EventListenerOptions } from './eventful.ts';
export type { ServerOptions, VerifyClientCallbackAsync, VerifyClientCallbackSync } from './server-options.ts';

/** Options of a client. Those of `http.request` and `tls.connect` that are not named go to Node. */
export interface ClientOptions extends AnyClientOptions<WebSocket> {}
/** Last changes to the request. It must call `request.end()`. */
export type FinishRequestCallback = AnyFinishRequestCallback<WebSocket>;
/** Certificates and keys. */
export type CertMeta = string | string[] | Buffer | Buffer[];

/** The address that a server listens on. */
export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

/** The events of the web, by name. */
export type WebSocketEventMap = EventMap<WebSocket>;
export type Event = SocketEvent<WebSocket>;
export type MessageEvent = SocketMessageEvent<WebSocket>;
export type CloseEvent = SocketCloseEvent<WebSocket>;
export type ErrorEvent = SocketErrorEvent<WebSocket>;
