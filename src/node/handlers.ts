// The application's handlers of a client or a server, as the handlers of the core's connections: with the connection's
// type and Node's Buffers that they expect, and with their failures kept from whoever calls them.

import type { Buffer } from 'node:buffer';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { ConnectionHandlers, HandlerResult } from '../core/connection/handlers.ts';
import type { WebSocketError } from '../core/errors.ts';
import { nodeHost } from './environment.ts';

/** What the handlers of clients and of servers have in common. */
export interface PeerHandlers<Peer> {
  open?(connection: Peer): HandlerResult;
  message?(connection: Peer, data: string | Buffer): HandlerResult;
  error?(connection: Peer, error: WebSocketError): HandlerResult;
  close?(connection: Peer, event: CloseEvent): HandlerResult;
  drain?(connection: Peer): HandlerResult;
  ping?(connection: Peer, payload: Buffer): HandlerResult;
  pong?(connection: Peer, payload: Buffer): HandlerResult;
  failed?(error: unknown, connection: Peer): HandlerResult;
}

/**
 * Adapts handlers. Absent ones stay absent: without `message`, messages may be pulled.
 *
 * @param handlers  bound to their object, as `readOptions` gives them
 * @param closed    called before the `close` handler
 * @param closing   called when a connection is open no more
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
  // As they are: a call in between would cost as much as theirs. Binary data is a Buffer, since it lies in Node's memory.
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
 * Calls a handler of no connection.
 *
 * @param failed  takes what it throws, and what a promise that it has answered is rejected with. Absent: exceptions
 *                surface as uncaught ones, rejections as unhandled. What this throws surfaces as uncaught
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
