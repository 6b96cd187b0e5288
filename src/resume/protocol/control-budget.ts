// Bounds how many control messages a peer may send: two for each data message in either direction, and also
// 20 in ten seconds. They cost nothing to send and each has an effect, so a peer could keep an end busy with them.

import type { Clock } from '../../core/ports.ts';

const PER_DATA = 2;
const FREE = 20;
const FREE_EVERY = 10_000;
/** What may be saved: acknowledgements of messages may come later than these. */
const MOST = 8192;

export class ControlBudget {
  readonly #clock: Clock;
  #left = FREE * 2;
  #filledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  /** A data message has passed, in either direction. */
  earn(): void {
    this.#left = Math.min(MOST, this.#left + PER_DATA);
  }

  /** A control message came. Returns whether it may. */
  spend(): boolean {
    if (this.#left < 1) this.#fill();
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#left = Math.min(FREE, this.#left + ((now - this.#filledAt) / FREE_EVERY) * FREE);
    this.#filledAt = now;
  }
}
