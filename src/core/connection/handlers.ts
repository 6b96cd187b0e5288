// What the application, or a host, is told of a connection.

import type { WebSocketError } from '../errors.ts';
import type { CloseEvent } from './close-event.ts';

/**
 * What a handler answers does not matter. `any`, since `unknown` would keep a handler from naming the server that it is
 * written for (`const server = createServer({ open: () => server.broadcast('…') })`, TS7022), and with `void` linters
 * refuse async handlers.
 */
// biome-ignore lint/suspicious/noExplicitAny: for the reasons above
export type HandlerResult = any;

/**
 * Where a connection reports; all methods optional. One object may serve any number of connections. Handlers may be
 * async; what they answer does not matter. An exception thrown by a handler, and the rejection of a promise that it has
 * answered, go to `failed`. Without one they surface as uncaught, and as unhandled, and do not disturb the connection.
 */
export interface ConnectionHandlers<Peer> {
  /** It is open: the host has said so by `opened()`, before the first message. */
  open?(connection: Peer): HandlerResult;
  /** A whole message. Text is a string; binary data belongs to the receiver. */
  message?(connection: Peer, data: string | Uint8Array): HandlerResult;
  /** It is open no more: `close` was called, a Close frame came, it failed or was lost. For hosts; before `error`. */
  closing?(connection: Peer): void;
  /** The connection failed or was lost. `close` follows, once TCP is gone. */
  error?(connection: Peer, error: WebSocketError): HandlerResult;
  /** The end: exactly once, nothing follows. */
  close?(connection: Peer, event: CloseEvent): HandlerResult;
  /** Everything queued has been handed to the transport, after a `send` that answered `false`. */
  drain?(connection: Peer): HandlerResult;
  /** A Ping frame came; it has been answered. The payload belongs to the receiver. */
  ping?(connection: Peer, payload: Uint8Array): HandlerResult;
  pong?(connection: Peer, payload: Uint8Array): HandlerResult;
  /**
   * Another handler, or the callback of a `send`, has thrown `error`, or answered a promise that was rejected with it.
   * Where the connection is still open behind this, it is closed with 1011. What this throws surfaces as uncaught.
   */
  failed?(connection: Peer, error: unknown): HandlerResult;
}
