// The time limit, in the network's time, for the head of a client's first request. It does what `headersTimeout` of
// `node:http` does in the system's time.

import type { Server as HttpServer } from 'node:http';
import type { Clock } from '../core/ports.ts';
import type { MemorySocket } from './memory-socket.ts';

/** Answers 408 and ends the connection, as Node does, unless a head arrives in time. For connections without TLS. */
export function expectHead(server: HttpServer, socket: MemorySocket, clock: Clock): void {
  if (!(server.headersTimeout > 0)) return;
  let text = '';
  const expired = (): void => {
    const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    if (server.emit('clientError', error, socket)) return;
    socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    socket.destroySoon();
  };
  const timer = clock.timer({ expired });
  const finish = (): void => {
    timer.clear();
    socket.inspect = undefined;
  };
  timer.set(server.headersTimeout);
  socket.once('close', finish);
  socket.inspect = (chunk) => {
    text = text.slice(-3) + chunk.toString('latin1');
    if (text.includes('\r\n\r\n')) finish();
  };
}
