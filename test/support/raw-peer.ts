// A peer at the other end of TCP that does what a test says and nothing else: it writes given bytes, expects given
// bytes, ends its direction, resets, or is silent. It reads only while asked to, so TCP holds back who writes to it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Scope } from './handles.ts';
import { toHex } from './hex.ts';
import { Inbox } from './inbox.ts';

/** A frame as it was on the wire, unmasked. */
export interface RawFrame {
  /** FIN, RSV and opcode. */
  readonly first: number;
  readonly isMasked: boolean;
  readonly payload: Buffer;
}

export class RawPeer {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}); // `close` follows
  }

  /** Writes text (as Latin-1) or bytes. */
  write(bytes: string | Uint8Array): void {
    if (typeof bytes === 'string') this.socket.write(bytes, 'latin1');
    else this.socket.write(bytes);
  }

  /** Writes each byte on its own, the next when the system has taken the one before. */
  async writeByteByByte(bytes: string): Promise<void> {
    for (const byte of Buffer.from(bytes, 'latin1')) {
      await new Promise<void>((resolve, reject) => {
        this.socket.write(Uint8Array.of(byte), (error) => (error ? reject(error) : resolve()));
      });
    }
  }

  /** Ends our direction (TCP FIN). */
  end(bytes?: string | Uint8Array): void {
    if (bytes !== undefined) this.write(bytes);
    this.socket.end();
  }

  /** Cuts the connection with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** The next `size` bytes. */
  async read(size: number): Promise<Buffer> {
    const chunks = [this.#received];
    for (let have = this.#received.length; have < size; ) {
      const chunk = await this.#next();
      if (chunk === undefined) {
        this.#received = Buffer.concat(chunks);
        this.#missing(`${size} bytes`);
      }
      chunks.push(chunk);
      have += chunk.length;
    }
    if (chunks.length > 1) this.#received = Buffer.concat(chunks);
    return this.#shift(size);
  }

  /** Text up to and with `end`, as Latin-1. */
  async readUntil(end: string): Promise<string> {
    for (let from = 0; ; ) {
      const at = this.#received.indexOf(end, from, 'latin1');
      if (at >= 0) return this.#shift(at + end.length).toString('latin1');
      from = Math.max(0, this.#received.length - end.length);
      if (!(await this.#more())) this.#missing(JSON.stringify(end));
    }
  }

  /** A head with its empty line. */
  readHead(): Promise<string> {
    return this.readUntil('\r\n\r\n');
  }

  async expect(bytes: Uint8Array): Promise<void> {
    assert.equal(toHex(await this.read(bytes.length)), toHex(bytes));
  }

  /** The next frame, with its payload unmasked. */
  async readFrame(): Promise<RawFrame> {
    const [first = 0, second = 0] = await this.read(2);
    const isMasked = (second & 0x80) !== 0;
    const short = second & 0x7f;
    let size = short;
    if (short === 126) size = (await this.read(2)).readUInt16BE();
    else if (short === 127) size = Number((await this.read(8)).readBigUInt64BE());
    // RFC 6455 §5.2: the shortest encoding.
    assert.ok(short < 126 || size > (short === 126 ? 125 : 65_535), `length ${size} is not minimal`);
    const key = isMasked ? await this.read(4) : Buffer.alloc(4);
    const payload = await this.read(size);
    if (isMasked) for (let index = 0; index < size; index++) payload[index] = payload[index]! ^ key[index & 3]!;
    return { first, isMasked, payload };
  }

  /** All bytes until the other end's FIN, or until the connection is gone. */
  async readToEnd(): Promise<Buffer> {
    const chunks = [this.#shift(this.#received.length)];
    while (await this.#more()) chunks.push(this.#shift(this.#received.length));
    return Buffer.concat(chunks);
  }

  /** Waits for the other end to end or cut the connection, does the same, and resolves when it is gone on this side. */
  async gone(): Promise<void> {
    await this.readToEnd();
    this.socket.end();
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  destroy(): void {
    this.socket.destroy();
  }

  #shift(size: number): Buffer {
    const bytes = this.#received.subarray(0, size);
    this.#received = this.#received.subarray(size);
    return bytes;
  }

  #missing(what: string): never {
    throw new Error(`expected ${what}, but the connection ended after ${JSON.stringify(String(this.#received))}`);
  }

  /** Reads on. `false`: there is no more. */
  async #more(): Promise<boolean> {
    const chunk = await this.#next();
    if (chunk === undefined) return false;
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    return true;
  }

  /** What comes next; `undefined` where there is no more. */
  async #next(): Promise<Buffer | undefined> {
    const { socket } = this;
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (socket.readableEnded || socket.destroyed) return undefined;
      await new Promise<void>((resolve) => {
        const events = ['readable', 'end', 'close'];
        const wake = (): void => {
          for (const event of events) socket.off(event, wake);
          resolve();
        };
        for (const event of events) socket.on(event, wake);
      });
    }
  }
}

/** A TCP server on 127.0.0.1 whose connections are raw peers. */
export class RawServer {
  readonly port: number;
  /** `host:port`, as errors name it. */
  readonly address: string;
  readonly #peers = new Inbox<RawPeer>();

  constructor(server: Server) {
    this.port = (server.address() as AddressInfo).port;
    this.address = `127.0.0.1:${this.port}`;
    server.on('connection', (socket: Socket) => this.#peers.push(new RawPeer(socket)));
  }

  get url(): string {
    return `ws://${this.address}/`;
  }

  /** The next connection. */
  accepted(): Promise<RawPeer> {
    return this.#peers.next();
  }

  /** How many connections nobody has asked for. */
  get waiting(): number {
    return this.#peers.rest.length;
  }
}

/** Listens on any free port. At the end of the scope its connections are cut. */
export async function listenRaw(scope: Scope): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return new RawServer(server);
}

/**
 * Connects to a port of this machine. At the end of the scope the connection is cut.
 *
 * @param from  address of this machine to connect from, all of 127.0.0.0/8 for example
 */
export async function connectRaw(scope: Scope, port: number, host = '127.0.0.1', from?: string): Promise<RawPeer> {
  const socket = connect({ port, host, allowHalfOpen: true, ...(from === undefined ? {} : { localAddress: from }) });
  const peer = new RawPeer(socket);
  scope.defer(async () => {
    socket.destroy();
    if (!socket.closed) await once(socket, 'close');
  });
  await once(socket, 'connect');
  return peer;
}
