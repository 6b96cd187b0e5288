// Contenders whose client is measured: a child that makes the load itself, against a bare echo in this process.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { EchoKind, Round } from '../load/echo-load.ts';
import { bareSockets } from '../servers/bare-answers.ts';
import type { ClientTask } from '../servers/task.ts';
import { Child, type Command } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { measure } from './measure.ts';

/** Milliseconds beyond a round for its last answers. */
const PATIENCE = 20_000;

export class LoadingClient implements Contender {
  readonly #command: () => Command;
  readonly #kind: EchoKind;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #child: Child | undefined;

  constructor(command: () => Command, kind: EchoKind) {
    this.#command = command;
    this.#kind = kind;
  }

  async start(): Promise<void> {
    const command = this.#command();
    const { connections, inFlight, size, opcode } = this.#kind;
    const serve = bareSockets(this.#kind, { came: (socket, answers) => void socket.write(answers) });
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      serve(socket);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
    const { port } = server.address() as AddressInfo;
    const task: ClientTask = { kind: 'client', message: { size, opcode }, port, connections, inFlight };
    this.#child = new Child(command, task);
    await this.#child.ready();
  }

  round(milliseconds: number): Promise<Sample> {
    const child = this.#child as Child;
    return measure(child, this.#kind.size, async () => {
      return (await child.ask(`run ${milliseconds}`, milliseconds + PATIENCE)) as Round;
    });
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }
}
