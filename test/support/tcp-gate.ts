// A way to a port of 127.0.0.1 that a test cuts and mends.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpGate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #isSilent = false;

  private constructor(target: number) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy());
      if (this.#isCut) return void socket.resetAndDestroy();
      const onward = connect(target, '127.0.0.1');
      this.#sockets.add(onward);
      onward.on('close', () => this.#sockets.delete(onward)).on('error', () => onward.destroy());
      // Pipes of streams forward neither errors nor resets.
      socket.on('close', () => onward.destroy());
      onward.on('close', () => socket.destroy());
      if (this.#isSilent) return;
      socket.pipe(onward);
      onward.pipe(socket);
    });
  }

  static async start(target: number): Promise<TcpGate> {
    const gate = new TcpGate(target);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections; new ones are reset. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#isCut = false;
    if (!this.#isSilent) return;
    this.#isSilent = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Forwards nothing more, in both directions; connections stay open (half open). */
  silence(): void {
    this.#isSilent = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
