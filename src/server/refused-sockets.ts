// Sockets of refused clients. Each one is answered and then has some time to read the answer and leave.

import type { Duplex } from 'node:stream';
import { nodeHost } from '../node/environment.ts';

/** Milliseconds for a refused client to read its answer and leave. */
const LINGER = 2_000;
/** How many may linger at a time. Further ones are cut right after their answer: it may be lost, but they hold nothing. */
const MAX_LINGERING = 1_000;

export class RefusedSockets {
  readonly #lingering = new Set<Duplex>();

  /**
   * Sends an answer, and ends the socket, which belongs to this object from here on.
   *
   * @param response  the whole response; written as UTF-8
   */
  answer(socket: Duplex, response: string): void {
    socket.on('error', () => socket.destroy());
    try {
      if (this.#lingering.size < MAX_LINGERING) this.#linger(socket, response);
      else socket.end(response, 'utf8', () => socket.destroy());
    } catch {
      socket.destroy(); // a stream that does not do what a stream should
    }
  }

  #linger(socket: Duplex, response: string): void {
    this.#lingering.add(socket);
    const timer = nodeHost.clock.timer({ expired: () => void socket.destroy() });
    timer.set(LINGER);
    socket.on('close', () => {
      timer.clear();
      this.#lingering.delete(socket);
    });
    socket.end(response, 'utf8');
    // Bytes are read and dropped until the client has left: closing with unread bytes would reset the connection, and the
    // client could lose the answer.
    socket.resume();
  }

  /** Destroys those that are still here. */
  destroy(): void {
    for (const socket of this.#lingering) socket.destroy();
  }
}
