// What the application, or a host, is told about a connection.

import type { WebSocketError } from '../errors.ts';
import type { CloseEvent } from './close-event.ts';

/**
 * What a handler returns: anything. Only a promise that rejects has a meaning (`failed`).
 *
 * It is `any`, since `unknown` would keep a handler from naming the server that it is written for
 * (`const server = createServer({ open: () => server.broadcast('…') })`, TS7022), and with `void` linters refuse async
 * handlers.
 */
// biome-ignore lint/suspicious/noExplicitAny: for the reasons above
export type HandlerResult = any;

/**
 * Where a connection reports. All methods are optional, and one object may serve any number of connections.
 *
 * An exception that a handler throws, and the rejection of a promise that it returns, go to `failed`. Without `failed`
 * they surface as uncaught and unhandled. Neither disturbs the connection.
 *
 * @typeParam Peer  the connection that handlers are given
 * @typeParam Data  what `message` gets: with `streamAbove`, `MessageStream` as well
 */
export interface ConnectionHandlers<Peer, Data = string | Uint8Array> {
  /** The connection is open. Called by the host, before the first message. */
  open?(connection: Peer): HandlerResult;
  /**
   * A whole message, or one that is read in parts (`streamAbove`). Text is a string, or bytes (`textMessages`). Bytes belong to the handler, or are lent to it until it
   * returns or its promise settles (`binaryMessages`).
   *
   * @param isBinary   whether it is a binary message
   * @param fragments  bytes of each fragment of a message in several (RFC 6455 §5.4), with `fragmentSizes`
   */
  message?(connection: Peer, data: Data, isBinary: boolean, fragments?: readonly number[]): HandlerResult;
  /** The connection is not open any more, for whatever reason. For hosts; called before `error`. */
  closing?(connection: Peer): void;
  /** The connection failed or was lost. `close` follows when TCP is gone. */
  error?(connection: Peer, error: WebSocketError): HandlerResult;
  /** The end. Called exactly once, and nothing follows. */
  close?(connection: Peer, event: CloseEvent): HandlerResult;
  /** The system has everything that was queued, after a `send` that returned `false`. */
  drain?(connection: Peer): HandlerResult;
  /** A Ping frame arrived, and was answered unless `autoPong` is false. The payload belongs to the handler. */
  ping?(connection: Peer, payload: Uint8Array): HandlerResult;
  /** A Pong frame arrived. The payload belongs to the handler. */
  pong?(connection: Peer, payload: Uint8Array): HandlerResult;
  /**
   * Another handler, or the callback of a `send`, threw `error` or returned a promise that rejected with it. A connection
   * that is still open after this call is closed with 1011. What this handler throws surfaces as uncaught.
   */
  failed?(connection: Peer, error: unknown): HandlerResult;
}
