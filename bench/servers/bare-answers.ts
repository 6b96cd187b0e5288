// The floor: a socket that answers the handshake, counts the bytes that come, and for every frame's worth of them writes
// a ready-made frame, without looking at the request. No WebSocket server on Node's sockets can do less.

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { encodeFrame, type MessageKind } from '../load/frames.ts';
import { payloadOf } from '../load/payload.ts';

export interface BareEvents {
  /** Requests have come. `answers` are as many ready-made frames; where they are more than fit, it is called again. */
  came(socket: Socket, answers: Buffer): void;
  opened?(socket: Socket, path: string): void;
}

/** @returns what a server does with each new socket */
export function bareSockets(kind: MessageKind, events: BareEvents): (socket: Socket) => void {
  const payload = payloadOf(kind.size, kind.opcode);
  const { length } = encodeFrame(kind.opcode, payload, Buffer.alloc(4));
  const answer = encodeFrame(kind.opcode, payload);
  const batch = Math.max(1, Math.floor((1 << 16) / answer.length));
  const answers = Buffer.concat(new Array<Buffer>(batch).fill(answer));
  return (socket) => {
    let head = '';
    let isOpen = false;
    let pending = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      if (!isOpen) {
        head += chunk.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        isOpen = true;
        socket.write(acceptance(head));
        events.opened?.(socket, head.split(' ')[1] as string);
        head = '';
        return;
      }
      pending += chunk.length;
      let count = Math.floor(pending / length);
      pending -= count * length;
      for (; count > batch; count -= batch) events.came(socket, answers);
      if (count > 0) events.came(socket, answers.subarray(0, count * answer.length));
    });
  };
}

function acceptance(head: string): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}
