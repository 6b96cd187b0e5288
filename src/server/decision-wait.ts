// What is watched while a decision on a handshake takes its time: the client, who may leave, and the clock. Both, and a
// server that is going away, are told in the context that the decision was asked for in.

import type { Socket } from 'node:net';
import type { Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';

const ENDINGS = ['error', 'close', 'end'] as const;

/** A socket and a time that are watched until a decision is there. Most are made at once and need neither. */
export class DecisionWait {
  readonly #socket: Socket;
  readonly #lost: () => void;
  readonly #timer: Timer | undefined;
  readonly #context = nodeHost.contexts.capture();

  /** @param timeout  milliseconds; 0: no bound */
  constructor(socket: Socket, timeout: number, lost: () => void, timedOut: () => void) {
    this.#socket = socket;
    this.#lost = lost;
    for (const event of ENDINGS) socket.on(event, lost);
    if (timeout > 0) {
      this.#timer = nodeHost.clock.timer({ expired: timedOut });
      this.#timer.set(timeout);
    }
  }

  /** Calls `task` where the decision was asked for. */
  run(task: () => void): void {
    nodeHost.contexts.run(this.#context, task);
  }

  end(): void {
    this.#timer?.clear();
    for (const event of ENDINGS) this.#socket.off(event, this.#lost);
  }
}
