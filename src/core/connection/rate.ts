// How often something may come from a peer. Counting is all that it costs: the clock is looked at when as many have come
// as a second may have, not for each.

import type { Clock } from '../ports.ts';

const SECOND = 1_000;

/**
 * A bound on events in a second. Counted in windows that end with the event after the last allowed one: a peer that
 * keeps to the bound is never refused, one that does not gets at most twice as much through in any second.
 */
export class Rate {
  readonly #limit: number;
  readonly #clock: Clock;
  /** When the window began. */
  #since: number;
  #count = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Counts one. @returns whether it is one too many */
  exceeds(): boolean {
    if (++this.#count <= this.#limit) return false;
    const now = this.#clock.now();
    const isTooFast = now - this.#since < SECOND;
    this.#since = now;
    this.#count = 1;
    return isTooFast || this.#limit < 1;
  }
}
