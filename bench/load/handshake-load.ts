// Handshakes over raw sockets: a number of them at a time, each from a new connection that is closed when the 101
// response has come.

import type { Round } from './echo-load.ts';
import { openRaw, sourceAddress } from './raw-client.ts';

const AT_A_TIME = 16;

export class HandshakeLoad {
  readonly #port: number;
  #opened = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws when one fails */
  async run(milliseconds: number): Promise<Round> {
    const start = performance.now();
    const before = this.#opened;
    const openSome = async (): Promise<void> => {
      while (performance.now() - start < milliseconds) {
        const from = sourceAddress(this.#opened++);
        const socket = await openRaw({ port: this.#port, from }, { received() {}, lost() {} });
        socket.destroy();
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, openSome));
    return { count: this.#opened - before, seconds: (performance.now() - start) / 1000 };
  }
}
