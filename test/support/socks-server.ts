// A SOCKS server for tests, versions 4, 4A and 5. It notes what it is asked for, connects to a port of this machine whatever the
// host is, and can write its answers byte by byte, refuse, or stop at any point.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Scope } from './handles.ts';
import { toHex } from './hex.ts';

export interface SocksBehaviour {
  /** Asks for these. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Reply of version 5 (0: succeeded), or of version 4 (90: granted). */
  readonly reply?: number;
  /** Bytes of the method selection instead of the right ones. */
  readonly greeting?: readonly number[];
  /** Ends the connection after so many bytes of its answers. */
  readonly endsAfter?: number;
  /** The address in its answer: 1, 3 or 4, each with an address of this type; another has none. */
  readonly boundType?: number;
}

export interface SocksServer {
  readonly port: number;
  /** What was asked for: `5 name example.org:80`, and what was said before. */
  readonly requests: string[];
}

export async function listenSocks(scope: Scope, port: number, behaviour: SocksBehaviour = {}): Promise<SocksServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    keep(socket);
    new Client(socket, port, behaviour, requests, keep).serve().catch((error: unknown) => {
      if (!socket.destroyed) socket.destroy(error as Error);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

const BOUND: Readonly<Record<number, readonly number[]>> = {
  1: [127, 0, 0, 1],
  3: [3, 97, 98, 99],
  4: new Array<number>(16).fill(1),
};

class Client {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #behaviour: SocksBehaviour;
  readonly #requests: string[];
  readonly #keep: (socket: Socket) => void;
  #written = 0;

  constructor(
    socket: Socket,
    port: number,
    behaviour: SocksBehaviour,
    requests: string[],
    keep: (socket: Socket) => void,
  ) {
    this.#socket = socket;
    this.#port = port;
    this.#behaviour = behaviour;
    this.#requests = requests;
    this.#keep = keep;
  }

  async serve(): Promise<void> {
    const [version = 0] = await this.#read(1);
    const isGranted = version === 4 ? await this.#serveVersion4() : await this.#serveVersion5();
    if (!isGranted) {
      this.#socket.end();
      return;
    }
    const target = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    this.#keep(target);
    await once(target, 'connect');
    this.#socket.pipe(target).pipe(this.#socket);
  }

  async #serveVersion5(): Promise<boolean> {
    const { login, reply = 0, greeting, boundType = 1 } = this.#behaviour;
    const [count = 0] = await this.#read(1);
    const methods = await this.#read(count);
    if (greeting !== undefined) {
      await this.#write(...greeting);
      return false;
    }
    const wanted = login === undefined ? 0 : 2;
    const offers = methods.includes(wanted);
    await this.#write(5, offers ? wanted : 255);
    if (!offers) return false;
    if (login !== undefined) {
      await this.#read(1);
      const username = String(await this.#read((await this.#read(1))[0] ?? 0));
      const password = String(await this.#read((await this.#read(1))[0] ?? 0));
      this.#requests.push(`login ${username}:${password}`);
      const isRight = username === login.username && password === login.password;
      await this.#write(1, isRight ? 0 : 1);
      if (!isRight) return false;
    }
    const [, command, , type = 0] = await this.#read(4);
    const size = type === 1 ? 4 : type === 4 ? 16 : ((await this.#read(1))[0] ?? 0);
    const address = await this.#read(size);
    const host = type === 3 ? `name ${address}` : `address ${type === 1 ? address.join('.') : toHex(address)}`;
    this.#requests.push(
      `${command === 1 ? 5 : `5 command ${command}`} ${host}:${(await this.#read(2)).readUInt16BE()}`,
    );
    await this.#write(5, reply, 0, boundType, ...(BOUND[boundType] ?? []), 0, 0);
    return reply === 0;
  }

  async #serveVersion4(): Promise<boolean> {
    const { reply = 90, greeting } = this.#behaviour;
    await this.#read(1);
    const port = (await this.#read(2)).readUInt16BE();
    const address = await this.#read(4);
    const user = await this.#readText();
    const isNamed = address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] !== 0;
    const host = isNamed ? `name ${await this.#readText()}` : `address ${address.join('.')}`;
    this.#requests.push(`4 ${user === '' ? '' : `${user}@`}${host}:${port}`);
    await this.#write(...(greeting ?? [0, reply, 0, 0, 0, 0, 0, 0]));
    return greeting === undefined && reply === 90;
  }

  async #readText(): Promise<string> {
    let text = '';
    for (;;) {
      const byte = await this.#read(1);
      if (byte[0] === 0) return text;
      text += String(byte);
    }
  }

  /** Each byte on its own, so that the answer is cut everywhere. */
  async #write(...bytes: readonly number[]): Promise<void> {
    for (const byte of bytes) {
      if (this.#written === this.#behaviour.endsAfter) {
        this.#socket.end();
        throw new Error('ended');
      }
      this.#written++;
      await new Promise<void>((resolve) => this.#socket.write(Uint8Array.of(byte), () => resolve()));
    }
  }

  async #read(size: number): Promise<Buffer> {
    if (size === 0) return Buffer.alloc(0);
    for (;;) {
      const chunk = this.#socket.read(size) as Buffer | null;
      if (chunk !== null && chunk.length === size) return chunk;
      if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the client has left');
      await new Promise<void>((resolve) => {
        for (const event of ['readable', 'end', 'close']) this.#socket.once(event, () => resolve());
      });
    }
  }
}
