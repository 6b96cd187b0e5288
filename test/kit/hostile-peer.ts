// Peers that do what no WebSocket library would, at random and yet repeatably: several messages in one segment, half
// frames, garbage, resets. As a client of a server under test, and as the server of clients under test.

import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** HOSTILE_SEED and HOSTILE_TIME (milliseconds) of the environment, for longer runs by hand. */
export const hostileSeed = Number(process.env.HOSTILE_SEED ?? randomInt(2 ** 31));
export const hostileTime = Number(process.env.HOSTILE_TIME ?? 2_000);

/** A frame of text; masked with a key of zeros for a server. */
function text(content: string, isMasked: boolean): Buffer {
  const payload = Buffer.from(content);
  const key = isMasked ? Buffer.alloc(4) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from([0x81, (isMasked ? 0x80 : 0) | payload.length]), key, payload]);
}

function pieces(isMasked: boolean): Buffer[] {
  const bye = text('bye', isMasked);
  const close = Buffer.concat([
    Buffer.from([0x88, isMasked ? 0x82 : 0x02]),
    Buffer.alloc(isMasked ? 4 : 0),
    Buffer.from([3, 232]),
  ]);
  return [
    Buffer.concat([bye, bye]),
    Buffer.concat([bye, text('more', isMasked), close]),
    Buffer.concat([text('hello', isMasked), bye, bye, bye]),
    Buffer.concat([close, bye]),
    bye.subarray(0, 3),
    text('hello', isMasked),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    close,
  ];
}

/** Misbehaves on an open connection until it is gone. */
async function misbehave(socket: Socket, random: () => number, isMasked: boolean): Promise<void> {
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // It ends even without a closing handshake.
  const patience = setTimeout(() => socket.resetAndDestroy(), 50);
  const choices = pieces(isMasked);
  for (let count = Math.floor(random() * 4); count >= 0; count--) {
    if (socket.destroyed) break;
    socket.write(choices[Math.floor(random() * choices.length)] as Buffer);
    // Now or when the peer has said something: what is written in the same turn may share a segment.
    if (random() < 0.3) await Promise.race([gone, once(socket, 'data').catch(() => {})]);
  }
  const end = random();
  if (end < 0.4) socket.resetAndDestroy();
  else if (end < 0.7) socket.destroy();
  else socket.end();
  await gone;
  clearTimeout(patience);
}

/**
 * Connects to a server and misbehaves, again and again, a few at a time.
 *
 * @param milliseconds  for how long
 * @returns how many connections there were
 */
export async function attackServer(port: number, seed: number, milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds;
  let count = 0;
  const lane = async (random: () => number): Promise<void> => {
    while (Date.now() < end) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const gone = once(socket, 'close').catch(() => {});
      const key = 'dGhlIHNhbXBsZSBub25jZQ==';
      const head = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
      count++;
      if (random() < 0.1) {
        socket.write(head.slice(0, Math.floor(random() * head.length)));
        await Promise.race([gone, once(socket, 'connect').catch(() => {})]);
        socket.resetAndDestroy();
      } else if (random() < 0.2) {
        // Frames before the response.
        socket.write(Buffer.concat([Buffer.from(head), pieces(true)[0] as Buffer]));
        await Promise.race([gone, once(socket, 'data').catch(() => {})]);
        socket.resetAndDestroy();
      } else {
        socket.write(head);
        await Promise.race([gone, once(socket, 'data').catch(() => {})]);
        await misbehave(socket, random, true);
      }
      await gone;
    }
  };
  await Promise.all(Array.from({ length: 6 }, (_, index) => lane(randomOf(seed + index))));
  return count;
}

/** A server whose clients have nothing to expect of it. */
export class HostileServer {
  readonly port: number;
  /** Clients so far. */
  count = 0;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  readonly #stop: () => Promise<void>;

  private constructor(port: number, stop: () => Promise<void>) {
    this.port = port;
    this.#stop = stop;
  }

  static async start(seed: number): Promise<HostileServer> {
    const random = randomOf(seed);
    const sockets = new Set<Socket>();
    const listener = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
      server.count++;
      for (const { count, resolve } of server.#waiting) if (server.count >= count) resolve();
      let head = '';
      socket.on('data', (chunk) => {
        if (head.endsWith('\r\n\r\n')) return;
        head += chunk.toString('latin1');
        const key = /^Sec-WebSocket-Key: (.*)\r$/im.exec(head)?.[1];
        if (!head.endsWith('\r\n\r\n') || key === undefined) return;
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        const choice = random();
        if (choice < 0.1) socket.resetAndDestroy();
        else if (choice < 0.2) socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
        else {
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
          );
          void misbehave(socket, random, false);
        }
      });
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const server = new HostileServer((listener.address() as AddressInfo).port, async () => {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    });
    return server;
  }

  /** Resolves once there were so many clients. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
