// The time and the waits of scripted peers: those of a network in memory (traffic.ts), or those of real sockets.

// Imported, because test runners replace the global functions with clocks of their own.
import { clearTimeout, setTimeout } from 'node:timers';
import type { Clock, Timer, TimerOwner } from '../core/ports.ts';

export interface Pace {
  readonly clock: Clock;
  /** Whether an assertion of a scripted peer has failed. */
  hasFailed: boolean;
  /** Waits until nothing is on its way any more. */
  settle(): Promise<void>;
  /**
   * Waits until `isThere` returns true.
   *
   * @returns `false` if it is still false when nothing more is expected
   */
  wait(isThere: () => boolean): Promise<boolean>;
}

/** Milliseconds between two looks at what has arrived. */
const CHECK_INTERVAL = 5;
/** Nothing is on its way over a real network when nothing has arrived for so many milliseconds. */
const QUIET = 200;

/** The time of the system. */
export class RealPace implements Pace {
  readonly clock: Clock = {
    now: () => performance.now(),
    timer: (owner) => new RealTimer(owner),
  };
  hasFailed = false;
  readonly #patience: number;

  /** @param patience  milliseconds that a wait takes at most */
  constructor(patience: number) {
    this.#patience = patience;
  }

  settle(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, QUIET));
  }

  async wait(isThere: () => boolean): Promise<boolean> {
    const deadline = performance.now() + this.#patience;
    while (!isThere()) {
      if (performance.now() >= deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL));
    }
    return true;
  }
}

class RealTimer implements Timer {
  readonly #owner: TimerOwner;
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: TimerOwner) {
    this.#owner = owner;
  }

  set(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#owner.expired(), delay);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
