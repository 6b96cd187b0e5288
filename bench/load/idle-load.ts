// Connections that do nothing.

import type { Socket } from 'node:net';
import { openRaw, sourceAddress } from './raw-client.ts';

const OPENING = 64;

export class IdleLoad {
  readonly #sockets: Socket[] = [];
  #lost: Error | undefined;

  async open(port: number, connections: number): Promise<void> {
    const events = { received() {}, lost: (error: Error) => (this.#lost ??= error) };
    let next = 0;
    const openSome = async (): Promise<void> => {
      while (next < connections) this.#sockets.push(await openRaw({ port, from: sourceAddress(next++) }, events));
    };
    await Promise.all(Array.from({ length: OPENING }, openSome));
  }

  /** @throws when a connection has ended */
  check(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
