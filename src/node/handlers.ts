// The application's handlers of a client or a server, as the handlers of the core's connections: with the connection's
// type and Node's Buffers that they expect, and with their exceptions kept from whoever calls them.

import type { Buffer } from 'node:buffer';
import type { Connection } from '../core/connection/connection.ts';
import type { CloseEvent, ConnectionHandlers } from '../core/connection/options.ts';
import type { WebSocketError } from '../core/errors.ts';
import { nodeHost } from './environment.ts';

/** What the handlers of clients and of servers have in common. */
export interface PeerHandlers<Peer extends Connection> {
  message?(connection: Peer, data: string | Buffer): void;
  error?(connection: Peer, error: WebSocketError): void;
  close?(connection: Peer, event: CloseEvent): void;
  drain?(connection: Peer): void;
  ping?(connection: Peer, payload: Buffer): void;
  pong?(connection: Peer, payload: Buffer): void;
}

/**
 * Adapts handlers. Absent ones stay absent: without `message`, messages may be pulled.
 *
 * @param closed   called before the `close` handler
 * @param closing  called when a connection is open no more
 */
export function adaptHandlers<Peer extends Connection>(
  handlers: PeerHandlers<Peer>,
  closed: (connection: Peer) => void,
  closing?: (connection: Peer) => void,
): ConnectionHandlers {
  const adapted: ConnectionHandlers = {
    close: (connection, event) => {
      closed(connection as Peer);
      handlers.close?.(connection as Peer, event);
    },
    error: (connection, error) => handlers.error?.(connection as Peer, error),
    drain: (connection) => handlers.drain?.(connection as Peer),
  };
  if (handlers.message !== undefined) {
    adapted.message = (connection, data) => handlers.message?.(connection as Peer, data as string | Buffer);
  }
  if (closing !== undefined) adapted.closing = (connection) => closing(connection as Peer);
  if (handlers.ping !== undefined) {
    adapted.ping = (connection, payload) => handlers.ping?.(connection as Peer, payload as Buffer);
  }
  if (handlers.pong !== undefined) {
    adapted.pong = (connection, payload) => handlers.pong?.(connection as Peer, payload as Buffer);
  }
  return adapted;
}

/** Calls the application, whose exceptions surface as uncaught ones. */
export function callApplication(handler: () => void): void {
  try {
    handler();
  } catch (exception) {
    nodeHost.scheduler.reportUncaught(exception);
  }
}
