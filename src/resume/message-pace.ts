// How many messages of a session its application is given in a second (`limits.maxMessagesPerSecond`). More of them wait, and are not
// acknowledged meanwhile: a client that comes back sends at once what it had to keep, and has broken no rule by that.

import type { Clock, Timer } from '../core/ports.ts';

const SECOND = 1_000;

export class MessagePace {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  /** When the current second began, and how many were given in it. */
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param goOn  called when the next second has begun, after {@link mustWait} has returned `true` */
  constructor(limit: number, clock: Clock, goOn: () => void) {
    this.#limit = limit;
    this.#clock = clock;
    this.#timer = clock.timer({ expired: goOn });
  }

  /** Whether the next message must wait. Otherwise it counts as given. */
  mustWait(): boolean {
    const now = this.#clock.now();
    if (now - this.#since >= SECOND) {
      this.#since = now;
      this.#count = 0;
    }
    if (this.#count < this.#limit) {
      this.#count++;
      return false;
    }
    this.#timer.set(Math.max(1, this.#since + SECOND - now));
    return true;
  }

  stop(): void {
    this.#timer.clear();
  }
}
