// The floor: a Node socket that answers the handshake and then, for every request frame's worth of bytes, a ready-made
// response frame, without looking at what came. No WebSocket server on Node's sockets can do with less.

import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { encodeFrame } from '../frames.ts';
import { opcode, payloadSize, ready } from './child.ts';

const request = encodeFrame(opcode(), Buffer.alloc(payloadSize(), 97), true);
const response = encodeFrame(opcode(), Buffer.alloc(payloadSize(), 97), false);
/** Answers for up to this many frames are ready as one buffer. */
const BATCH = Math.max(1, Math.floor((1 << 16) / response.length));
const responses = Buffer.concat(new Array<Buffer>(BATCH).fill(response));

const server = createServer({ noDelay: true }, (socket) => {
  let head = '';
  let isOpen = false;
  let pending = 0;
  socket.on('data', (chunk) => {
    if (!isOpen) {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      isOpen = true;
      return;
    }
    pending += chunk.length;
    let count = Math.floor(pending / request.length);
    pending -= count * request.length;
    for (; count > BATCH; count -= BATCH) socket.write(responses);
    if (count > 0) socket.write(responses.subarray(0, count * response.length));
  });
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => ready((server.address() as { port: number }).port));
