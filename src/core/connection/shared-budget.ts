// Bytes that all connections of a server may hold together. A bound for each connection is not a bound for all of them: ten
// thousand peers may each stay within theirs. When the budget is exceeded, those that hold most give up first.

import type { ByteCount } from '../message/outbox.ts';

/** A collection frees this part of the limit beyond what is due, so that the next one is not due at once. */
const SPARE = 1 / 16;

/** What one connection holds. */
export interface Holding {
  /** Bytes that it could give up. */
  readonly size: number;
  /** Gives up `excess` bytes, or all that it can. */
  giveUp(excess: number): void;
}

export class SharedBudget implements ByteCount {
  /** Bytes. */
  readonly limit: number;
  readonly #holdings: () => Iterable<Holding>;
  #used = 0;
  /** What has to be used for the next collection: there is no use in one after the other when nothing can be had. */
  #collectFrom: number;
  #isCollecting = false;

  /** @param holdings  of all connections that are counted; asked for only when the budget is exceeded */
  constructor(limit: number, holdings: () => Iterable<Holding>) {
    this.limit = limit;
    this.#holdings = holdings;
    this.#collectFrom = limit;
  }

  /** Bytes that all connections hold. */
  get used(): number {
    return this.#used;
  }

  add(bytes: number): void {
    this.#used += bytes;
    if (this.#used <= this.limit) this.#collectFrom = this.limit;
  }

  /** Whether more is held than may be, after those that can give something up did. */
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
