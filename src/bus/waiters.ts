// Those who wait until the bus is ready: `listen`, and `ready` of a publisher.

import type { WebSocketError } from '../core/errors.ts';
import type { Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';

const MAX_DELAY = 2 ** 31 - 1;

interface Waiter {
  readonly timer: Timer;
  settle(error: WebSocketError | undefined): void;
}

export class Waiters {
  readonly #all = new Set<Waiter>();

  get size(): number {
    return this.#all.size;
  }

  /**
   * Waits for {@link settle}.
   *
   * @param timeout   milliseconds
   * @param late      makes the error of waiting too long
   * @param mayPass   whether waiting ends without its error
   */
  wait(timeout: number, late: () => WebSocketError, mayPass: (error: WebSocketError) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      // Nothing else may keep the process: a driver waits between its attempts, and the server does not listen yet.
      const awake = setInterval(() => {}, MAX_DELAY);
      const timer = nodeHost.clock.timer({ expired: () => waiter.settle(late()) });
      const waiter: Waiter = {
        timer,
        settle: (error) => {
          timer.clear();
          clearInterval(awake);
          this.#all.delete(waiter);
          if (error === undefined || mayPass(error)) resolve();
          else reject(error);
        },
      };
      this.#all.add(waiter);
      timer.set(timeout);
    });
  }

  settle(error: WebSocketError | undefined): void {
    for (const waiter of [...this.#all]) waiter.settle(error);
  }
}

/** Settles after a time. */
export function passed(milliseconds: number): Promise<void> {
  return new Promise((resolve) => nodeHost.clock.timer({ expired: resolve }).set(milliseconds));
}
