// Sockets of refused clients: each gets its answer and leaves.

import type { Socket } from 'node:net';
import { nodeHost } from '../node/environment.ts';

/** Milliseconds for a refused client to take its answer and leave. */
const LINGER = 2_000;
/** How many may do so at a time. More are cut behind their answer: it may be lost, but they hold nothing. */
const MAX_LINGERING = 1_000;

export class RefusedSockets {
  readonly #sockets = new Set<Socket>();

  /** Sends an answer, and lets the client go. */
  dismiss(socket: Socket, response: string): void {
    socket.on('error', () => socket.destroy());
    try {
      this.#dismiss(socket, response);
    } catch {
      socket.destroy(); // a stream that does not do what one should
    }
  }

  #dismiss(socket: Socket, response: string): void {
    if (this.#sockets.size >= MAX_LINGERING) {
      socket.end(response, 'utf8', () => socket.destroy());
      return;
    }
    this.#sockets.add(socket);
    const linger = nodeHost.clock.timer({ expired: () => void socket.destroy() });
    linger.set(LINGER);
    socket.on('close', () => {
      linger.clear();
      this.#sockets.delete(socket);
    });
    socket.end(response, 'utf8');
    // Read on (and away) until the client has left: closing with unread bytes would reset the answer out of its hands.
    socket.resume();
  }

  /** Cuts those that are still here. */
  end(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
