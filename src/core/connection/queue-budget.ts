// What all connections of a server may keep waiting, together. A bound for each one is no bound for all: ten thousand
// peers that read slowly are each within theirs. The longest queues pay first, each by its connection's policy.

import type { ByteCount } from '../message/outbox.ts';
import type { SlowConsumerPolicy } from './options.ts';

/** A collection frees this part of the limit beyond what is due, so that the next one is not due at once. */
const SPARE = 1 / 16;

/** One who owes: a connection. */
export interface Debtor {
  /** Bytes that wait for its peer. */
  readonly bufferedAmount: number;
  readonly slowConsumer: SlowConsumerPolicy;
  /** Gives up `excess` bytes of its queue where its policy has a way. */
  pay(excess: number, budget: QueueBudget): void;
}

export class QueueBudget implements ByteCount {
  /** Bytes. */
  readonly limit: number;
  readonly #debtors: () => Iterable<Debtor>;
  #used = 0;
  /** What has to be used for the next collection: there is no use in one after the other when nothing can be had. */
  #collectFrom: number;
  #isCollecting = false;

  /** @param debtors  all that are counted */
  constructor(limit: number, debtors: () => Iterable<Debtor>) {
    this.limit = limit;
    this.#debtors = debtors;
    this.#collectFrom = limit;
  }

  /** Bytes that wait in all queues. */
  get used(): number {
    return this.#used;
  }

  add(bytes: number): void {
    this.#used += bytes;
    if (this.#used <= this.limit) this.#collectFrom = this.limit;
  }

  /** Whether more waits than may, after those were called on who can pay. */
  isExceeded(): boolean {
    if (this.#used > this.#collectFrom && !this.#isCollecting) this.#collect();
    return this.#used > this.limit;
  }

  #collect(): void {
    this.#isCollecting = true;
    const spare = this.limit * SPARE;
    const queues: { readonly debtor: Debtor; readonly size: number }[] = [];
    for (const debtor of this.#debtors()) {
      // Those who drop what is newest have nothing to give: they send nothing more until there is room again.
      if (debtor.bufferedAmount > 0 && debtor.slowConsumer !== 'drop-newest') {
        queues.push({ debtor, size: debtor.bufferedAmount });
      }
    }
    queues.sort((one, other) => other.size - one.size);
    for (const { debtor } of queues) {
      const excess = this.#used - (this.limit - spare);
      if (excess <= 0) break;
      debtor.pay(excess, this);
    }
    this.#collectFrom = Math.max(this.limit, this.#used + spare);
    this.#isCollecting = false;
  }
}
