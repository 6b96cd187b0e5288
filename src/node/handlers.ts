// The application's handlers of a client or a server, as handlers of the core's connections. They get the type of
// connection and the Buffers of Node that they expect, and what they throw does not reach their caller.

import type { Buffer } from 'node:buffer';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { ConnectionHandlers, HandlerResult } from '../core/connection/handlers.ts';
import type { WebSocketError } from '../core/errors.ts';
import { nodeHost } from './environment.ts';

/** The handlers that clients and servers have in common. */
export interface PeerHandlers<Peer> {
  open?(connection: Peer): HandlerResult;
  message?(connection: Peer, data: string | Buffer, isBinary: boolean, fragments?: readonly number[]): HandlerResult;
  error?(connection: Peer, error: WebSocketError): HandlerResult;
  close?(connection: Peer, event: CloseEvent): HandlerResult;
  drain?(connection: Peer): HandlerResult;
  ping?(connection: Peer, payload: Buffer): HandlerResult;
  pong?(connection: Peer, payload: Buffer): HandlerResult;
  failed?(error: unknown, connection: Peer): HandlerResult;
}

/**
 * Adapts handlers. Those that are absent stay absent: without `message`, messages can be pulled.
 *
 * @param handlers  bound to their object, as `readOptions` returns them
 * @param closed    called before the `close` handler
 * @param closing   called when a connection is not open any more
 */
export function adaptHandlers<Peer>(
  handlers: PeerHandlers<Peer>,
  closed: (connection: Peer) => void,
  closing?: (connection: Peer) => void,
): ConnectionHandlers<Peer> {
  const { open, message, error, close, drain, ping, pong, failed } = handlers;
  const adapted: ConnectionHandlers<Peer> = {
    close: (connection, event) => {
      closed(connection);
      return close?.(connection, event);
    },
  };
  // Not wrapped: a call in between would cost as much as theirs. Binary data is a Buffer, since Node allocates it.
  if (open !== undefined) adapted.open = open;
  if (message !== undefined) adapted.message = message;
  if (error !== undefined) adapted.error = error;
  if (drain !== undefined) adapted.drain = drain;
  if (ping !== undefined) adapted.ping = ping;
  if (pong !== undefined) adapted.pong = pong;
  if (failed !== undefined) adapted.failed = (connection, reason) => failed(reason, connection);
  if (closing !== undefined) adapted.closing = closing;
  return adapted;
}

/**
 * Calls a handler that does not belong to a connection.
 *
 * @param failed  gets what it throws, and what a promise that it returns rejects with. If absent, exceptions surface as
 *                uncaught and rejections as unhandled. What `failed` throws surfaces as uncaught
 */
export function callApplication(handler: () => unknown, failed?: (error: unknown) => unknown): void {
  try {
    const result = handler();
    if (failed === undefined || typeof result !== 'object' || result === null || !('then' in result)) return;
    Promise.resolve(result).then(undefined, (reason: unknown) => callApplication(() => failed(reason)));
  } catch (exception) {
    if (failed === undefined) nodeHost.scheduler.reportUncaught(exception);
    else callApplication(() => failed(exception));
  }
}
