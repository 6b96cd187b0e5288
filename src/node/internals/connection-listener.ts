// The listener with which an HTTP or HTTPS server of Node's begins HTTP or TLS on a new socket. Node has no public API to
// stand before it: a listener of `connection` may come first, but cannot keep the next one from being called.
//
// Detection: the server has exactly one listener of `connection`. Fallback: sockets that are not admitted are destroyed
// before that listener sees them, after what was written to them: their answer may not arrive.

import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Has `admit` decide on each new socket of `server`, before a byte of it is read.
 *
 * @param server  not listening yet, without listeners of `connection` other than Node's own
 * @param admit   returns whether HTTP or TLS begins on the socket. A socket that is not admitted is the caller's: it may
 *                be written to, and must be ended or begun later, by `begin`
 * @returns whether sockets that are not admitted stay usable; `false`: they are destroyed when `admit` returns
 */
export function guardConnections(server: HttpServer, admit: (socket: Socket, begin: () => void) => boolean): boolean {
  const [begin, ...others] = server.listeners('connection');
  if (typeof begin !== 'function' || others.length > 0) {
    server.prependListener('connection', (socket: Socket) => {
      if (!admit(socket, () => {})) socket.destroy();
    });
    return false;
  }
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const start = (): void => void Reflect.apply(begin, server, [socket]);
    if (admit(socket, start)) start();
  });
  return true;
}
