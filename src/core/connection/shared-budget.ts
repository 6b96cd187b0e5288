// A bound on the bytes that all connections of a server hold together. A bound for each connection is not enough: ten
// thousand peers may each stay within theirs. When the budget is exceeded, those that hold most give up first.

import type { ByteCount } from '../message/outbox.ts';

/** A collection frees this part of the limit in addition, so that the next one is not due at once. */
const SPARE = 1 / 16;

/** What one connection holds. */
export interface Holding {
  /** Bytes that it can give up. */
  readonly size: number;
  /** Gives up `excess` bytes, or all that it can. */
  giveUp(excess: number): void;
}

export class SharedBudget implements ByteCount {
  /** Bytes. */
  readonly limit: number;
  readonly #holdings: () => Iterable<Holding>;
  #used = 0;
  #highest = 0;
  /** Bytes used from which the next collection is due. It rises when a collection did not free enough. */
  #collectFrom: number;
  #isCollecting = false;

  /** @param holdings  those of all connections that are counted. It is called only when the budget is exceeded */
  constructor(limit: number, holdings: () => Iterable<Holding>) {
    this.limit = limit;
    this.#holdings = holdings;
    this.#collectFrom = limit;
  }

  /** Bytes that all connections hold together. */
  get used(): number {
    return this.#used;
  }

  /** The most that they ever held together, in bytes. */
  get highest(): number {
    return this.#highest;
  }

  add(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.#highest) this.#highest = this.#used;
    if (this.#used <= this.limit) this.#collectFrom = this.limit;
  }

  /** Whether the budget is exceeded, even after connections gave up what they can. */
  isExceeded(): boolean {
    if (this.#used > this.#collectFrom && !this.#isCollecting) this.#collect();
    return this.#used > this.limit;
  }

  #collect(): void {
    this.#isCollecting = true;
    const spare = this.limit * SPARE;
    const holdings = [...this.#holdings()].filter(({ size }) => size > 0);
    holdings.sort((one, other) => other.size - one.size);
    for (const holding of holdings) {
      const excess = this.#used - (this.limit - spare);
      if (excess <= 0) break;
      holding.giveUp(excess);
    }
    this.#collectFrom = Math.max(this.limit, this.#used + spare);
    this.#isCollecting = false;
  }
}
