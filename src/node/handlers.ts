// The application's handlers of a client or a server, as the handlers of the core's connections: with the connection's
// type and Node's Buffers that they expect, and with their failures kept from whoever calls them.

import type { Buffer } from 'node:buffer';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { Connection } from '../core/connection/connection.ts';
import type { ConnectionHandlers, HandlerResult } from '../core/connection/handlers.ts';
import type { WebSocketError } from '../core/errors.ts';
import { nodeHost } from './environment.ts';

/** What the handlers of clients and of servers have in common. */
export interface PeerHandlers<Peer extends Connection> {
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
export function adaptHandlers<Peer extends Connection>(
  handlers: PeerHandlers<Peer>,
  closed: (connection: Peer) => void,
  closing?: (connection: Peer) => void,
): ConnectionHandlers {
  const adapted: ConnectionHandlers = {
    close: (connection, event) => {
      closed(connection as Peer);
      return handlers.close?.(connection as Peer, event);
    },
  };
  for (const name of ['open', 'message', 'error', 'drain', 'ping', 'pong'] as const) {
    // As they are: what they are given has the types that they expect, and a call in between costs as much as theirs.
    if (handlers[name] !== undefined) adapted[name] = handlers[name] as never;
  }
  if (handlers.failed !== undefined) {
    adapted.failed = (connection, error) => handlers.failed?.(error, connection as Peer);
  }
  if (closing !== undefined) adapted.closing = (connection) => closing(connection as Peer);
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
