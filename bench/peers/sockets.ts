// A node of a system as little as it can be: sockets and a client of Redis, no WebSocket library. It answers the handshake, finds
// the text in a frame of the sizes that the load sends, and writes each message of the broker to each subscriber, at once.
// What it takes is what every library pays on top of.

import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createClient } from 'redis';
import { encodeFrame, frameEnd } from '../load/frames.ts';
import { ready, task } from '../servers/child.ts';
import { partsOf, type SystemTask, topicsIn } from '../servers/system-task.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const { broker } = task<SystemTask>();
const publisher = createClient({ url: broker as string });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);
const members = new Map<string, Set<Socket>>();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (head: Buffer) => void open(socket, head.toString('latin1')));
});
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port));

/** The load sends its request in one piece, and nothing behind it. */
async function open(socket: Socket, request: string): Promise<void> {
  const [, target = '/'] = /^GET (\S+)/u.exec(request) ?? [];
  const [, key = ''] = /sec-websocket-key: (\S+)/iu.exec(request) ?? [];
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  for (const topic of topicsIn(target)) await join(topic, socket);
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = received(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
  });
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
}

async function join(topic: string, socket: Socket): Promise<void> {
  const sockets = members.get(topic) ?? new Set();
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  if (members.has(topic)) return;
  members.set(topic, sockets);
  await subscriber.subscribe(topic, (frame: Buffer) => deliver(sockets, frame), true);
}

function deliver(sockets: ReadonlySet<Socket>, frame: Buffer): void {
  for (const socket of sockets) socket.write(frame);
}

/** @returns what is not a whole frame yet */
function received(bytes: Buffer): Buffer {
  let at = 0;
  // A masked frame is four bytes longer than its length says.
  for (
    let end = frameEnd(bytes, at, bytes.length) + 4;
    end <= bytes.length;
    end = frameEnd(bytes, at, bytes.length) + 4
  ) {
    const length = (bytes[at + 1] as number) & 0x7f;
    const keyAt = at + (length < 126 ? 2 : length === 126 ? 4 : 10);
    const payload = Buffer.from(bytes.subarray(keyAt + 4, end));
    for (let index = 0; index < payload.length; index++)
      payload[index] = (payload[index] as number) ^ (bytes[keyAt + (index & 3)] as number);
    const [topic, data] = partsOf(payload.toString('latin1'));
    void publisher.publish(topic, encodeFrame(TEXT, Buffer.from(data, 'latin1')));
    at = end;
  }
  return bytes.subarray(at);
}
