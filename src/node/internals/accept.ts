// How a server makes its sockets on Node 20. Its V8 gives an object that `{ ...options }` has copied a hidden class of its
// own for each property that is added to it, in memory that only a full collection frees; Node adds four to a copy of the
// options of each socket. That is 1.1 KiB for a connection, and V8's young generation becomes twice as large over it. With
// options that have all of them from the start nothing is added.
//
// Detection: the server's handle has `onconnection`, and the server counts in `_connections`. The waste itself cannot be
// tried out for less than it costs, so this looks at the version of Node: later ones need no help, and Node 20 does not
// change any more. Fallback: Node makes the sockets.

import { channel } from 'node:diagnostics_channel';
import { type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { streamBinding } from './stream-binding.ts';

/** A listening server, as far as this reaches below its public interface. */
interface ListeningServer extends Server {
  _handle?: { onconnection?: (status: number, connection: unknown) => void } | null;
  _connections: number;
  readonly allowHalfOpen: boolean;
  readonly pauseOnConnect: boolean;
}

interface AcceptedSocket extends Socket {
  server: Server;
  _server: Server;
}

/** Where hidden classes are wasted: on Node itself, which other runtimes may say that they are. */
const isNeeded = Number.parseInt(process.versions.node, 10) < 22 && streamBinding !== undefined;
const accepted = channel('net.server.socket');

/** Makes the sockets that `server`, which is listening, accepts from here on: as Node does, with `noDelay`. */
export function acceptCheaply(server: Server): void {
  const listening = server as ListeningServer;
  const { _handle: handle, allowHalfOpen, pauseOnConnect: pauseOnCreate } = listening;
  const original = handle?.onconnection;
  if (!isNeeded || handle === null || handle === undefined || typeof original !== 'function') return;
  if (typeof listening._connections !== 'number') return;
  handle.onconnection = function (status, connection) {
    if (status !== 0) {
      original.call(this, status, connection);
      return;
    }
    // The first five are what Node gives, the others what it adds.
    const options = {
      handle: connection,
      allowHalfOpen,
      pauseOnCreate,
      readable: true,
      writable: true,
      emitClose: false,
      autoDestroy: true,
      decodeStrings: false,
    };
    const socket = new Socket(options as SocketConstructorOpts) as AcceptedSocket;
    socket.setNoDelay(true);
    listening._connections++;
    socket.server = server;
    socket._server = server;
    server.emit('connection', socket);
    if (accepted.hasSubscribers) accepted.publish({ socket });
  };
}
