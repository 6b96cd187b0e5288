// Very many client connections of one process, which do nothing but answer pings: the server is a bare socket of this
// process. Clients with the interface of browsers cannot send pings, so it is the server that does.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Wait } from '../load/patience.ts';
import { bareSockets } from '../servers/bare-answers.ts';
import type { ClientTask } from '../servers/task.ts';
import { Child, type Command } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { measure, memoryOf } from './measure.ts';

/** Opened before memory is looked at, so that code and pools are there. */
const PRACTICE = 200;
/** Milliseconds to open all. */
const PATIENCE = 60_000;
/** An unmasked Ping without payload, and the size of the masked Pong that answers it (RFC 6455 §5.5.3). */
const PING = Buffer.from('8900', 'hex');
const PONG_SIZE = 6;

/** Each round is a process of its own. */
export class IdleClients implements Contender {
  readonly #command: () => Command;
  readonly #connections: number;

  constructor(command: () => Command, connections: number) {
    this.#command = command;
    this.#connections = connections;
  }

  async round(milliseconds: number): Promise<Sample> {
    const pinger = new Pinger();
    const port = await pinger.listen();
    const message = { size: PONG_SIZE, opcode: 1 } as const;
    const task: ClientTask = { kind: 'client', message, port, connections: 0, inFlight: 0 };
    const child = new Child(this.#command(), task);
    try {
      await child.ready();
      await child.ask(`open ${PRACTICE}`, PATIENCE);
      const before = await memoryOf(child);
      await child.ask(`open ${this.#connections}`, PATIENCE);
      const kib = ((await memoryOf(child)) - before) / this.#connections / 1024;
      await pinger.run(milliseconds / 4);
      const { rate, cpu, busy, peak } = await measure(child, 0, () => pinger.run(milliseconds));
      return { kib, rate, cpu, busy, peak } as Sample;
    } finally {
      await child.stop();
      pinger.close();
    }
  }
}

/** Pings all connections, and again when all have answered. */
class Pinger {
  readonly #sockets = new Set<Socket>();
  readonly #wait = new Wait();
  readonly #server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  #missing = 0;

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async run(milliseconds: number): Promise<{ count: number; seconds: number }> {
    const start = performance.now();
    let count = 0;
    do {
      this.#missing = this.#sockets.size * PONG_SIZE;
      for (const socket of this.#sockets) socket.write(PING);
      if (this.#missing > 0) await this.#wait.wait('pongs');
      count += this.#sockets.size;
    } while (performance.now() - start < milliseconds);
    return { count, seconds: (performance.now() - start) / 1000 };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** What comes after the handshake is Pongs. */
  #serve(socket: Socket): void {
    bareSockets({ size: 1, opcode: 1 }, { came() {}, opened: () => void this.#sockets.add(socket) })(socket);
    socket.on('data', (chunk) => {
      if (chunk[0] !== 0x8a) return;
      this.#missing -= chunk.length;
      if (this.#missing === 0) this.#wait.done();
    });
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
