// A TCP server whose tests say byte for byte what it answers: for peers that refuse, lie, keep silent or vanish.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { switchingProtocols } from '../support/handshake.ts';
import { unmasked } from './wire.ts';

/** The server's end of one connection. */
export class Peer {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isEnded = false;
  #changed = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isEnded = true;
        this.#changed();
      });
    }
  }

  /** Reads the request, up to its empty line. */
  async request(): Promise<string> {
    const end = await this.#find(() => {
      const at = this.#received.indexOf('\r\n\r\n');
      return at < 0 ? undefined : at + 4;
    });
    return this.#take(end).toString('latin1');
  }

  /** Reads the request and answers it as a WebSocket server does. */
  async open(...headers: string[]): Promise<string> {
    const request = await this.request();
    this.write(switchingProtocols(request, ...headers));
    return request;
  }

  /** Reads one short frame of the client. */
  async frame(): Promise<{ first: number; payload: Buffer }> {
    const end = await this.#find(() => {
      if (this.#received.length < 2) return undefined;
      const size = 6 + (this.#received[1]! & 0x7f);
      return this.#received.length < size ? undefined : size;
    });
    return unmasked(this.#take(end));
  }

  write(data: Buffer | string): void {
    this.socket.write(data);
  }

  /** Resolves when the client has ended TCP. */
  async closed(): Promise<void> {
    while (!this.#isEnded) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  async #find(search: () => number | undefined): Promise<number> {
    for (;;) {
      const end = search();
      if (end !== undefined) return end;
      if (this.#isEnded) throw new Error(`the client left; unread: ${this.#received.toString('hex')}`);
      await this.#change();
    }
  }

  #take(end: number): Buffer {
    const taken = this.#received.subarray(0, end);
    this.#received = this.#received.subarray(end);
    return taken;
  }
}

export class ScriptedServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a port of 127.0.0.1 and runs the script for each connection. */
  static async listen(script: (peer: Peer) => Promise<void> | void): Promise<ScriptedServer> {
    const server = createServer({ allowHalfOpen: true });
    const scripted = new ScriptedServer(server);
    server.on('connection', (socket) => {
      scripted.#sockets.add(socket);
      void script(new Peer(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return scripted;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Drops everything. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
