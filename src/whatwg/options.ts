// What a program may ask of `new WebSocket` and `new WebSocketStream` beyond what the web has: options of `connect`.

import type { ConnectOptions } from '../client/options.ts';

/** Options of the engine that have no meaning here, or are the web's under another name. */
type Without =
  | 'subprotocols'
  | 'handlers'
  | 'signal'
  | 'binaryMessages'
  | 'overwriteLent'
  | 'slowConsumer'
  | 'highWaterMark';

/**
 * Second argument of `new WebSocket`: subprotocols, and options of `connect` of `harmony-websocket/engine`. The defaults
 * are the web's where they differ: compression is offered, and nothing is pinged.
 */
export interface WebSocketOptions extends Omit<ConnectOptions, Without> {
  /** Subprotocols to offer, in this order. Default none. */
  protocols?: string | readonly string[] | undefined;
}

/** Second argument of `new WebSocketStream`. */
export interface WebSocketStreamOptions extends WebSocketOptions {
  /** Ends the attempt to connect when it is aborted. Without effect on an open connection. */
  signal?: AbortSignal | undefined;
  /** Bytes that wait to be sent from which a write has to wait. Default 1 MiB. */
  highWaterMark?: number | undefined;
}

/** What differs from the defaults of `connect`. */
export const webDefaults = {
  // Fetch standard, "establish a WebSocket connection": permessage-deflate is always offered.
  compression: true,
  // The web knows no pings of a client.
  heartbeat: false,
  // Programs for browsers do not expect an early end.
  handshakeTimeout: 60_000,
} as const;

/** Bytes that may wait to be sent. A page gets no hint to wait, so this is more than `connect` allows. */
export const WEB_MAX_QUEUED_BYTES = 256 * 1024 * 1024;
