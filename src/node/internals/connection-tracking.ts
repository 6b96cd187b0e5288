// An HTTP server that is given its connections by `emit('connection')`, which is public, and never listens itself. Node
// counts the connections of a server, for `closeAllConnections` and the time of a head, from its own event `listening` on;
// that this event may be emitted for it is not documented.
//
// Detection: Node listens for the event. Fallback: connections are counted here, until they end or are upgraded.

import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { carrierOf } from './tls-accept.ts';

/**
 * Begins to count the connections of a server that does not listen.
 *
 * @param server  without connections so far
 * @returns a function that destroys all connections that are still HTTP's
 */
export function trackConnections(server: HttpServer): () => void {
  const isCounting = server.listenerCount('listening') > 0;
  server.emit('listening');
  if (isCounting) return () => server.closeAllConnections();
  const sockets = new Set<Duplex>();
  const leave = (_request: unknown, socket: Duplex): void => {
    sockets.delete(carrierOf(socket as Socket) ?? socket);
  };
  server.prependListener('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('upgrade', leave);
  server.prependListener('connect', leave);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
