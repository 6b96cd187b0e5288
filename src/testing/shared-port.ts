// A port on which one scripted server answers plain requests, and another takes WebSockets. The head of the first request
// decides who gets the connection.

import { Buffer } from 'node:buffer';
import type { Listener } from './listener.ts';
import type { MemorySocket } from './memory-socket.ts';

/** A head that is longer goes to the server of requests, which refuses it. */
const LONGEST_HEAD = 65536;

const UPGRADE = /^upgrade:[ \t]*websocket/imu;

/** Returns a listener that passes each connection to one of two. */
export function sharedListener(one: Listener, other: Listener): Listener {
  const [requests, upgrades] = one.takes === 'requests' ? [one, other] : [other, one];
  return {
    ...requests,
    accept(socket) {
      readHead(socket, (head) => {
        const { context, accept } = UPGRADE.test(head) ? upgrades : requests;
        context.runInAsyncScope(accept, undefined, socket);
      });
    },
  };
}

/** Passes on the first head of a socket, as far as it arrives. All bytes stay unread. */
function readHead(socket: MemorySocket, arrived: (head: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const isWhole = () => bytes.includes('\r\n\r\n') || bytes.length > LONGEST_HEAD;
  const read = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      bytes = Buffer.concat([bytes, chunk]);
    }
    if (!isWhole()) return;
    socket.off('readable', read).off('end', ended).off('error', failed);
    socket.unshift(bytes);
    arrived(bytes.toString('latin1').split('\r\n\r\n', 1)[0]!);
  };
  const ended = (): void => void socket.end();
  const failed = (): void => void socket.destroy();
  socket.on('readable', read).on('end', ended).on('error', failed);
}
