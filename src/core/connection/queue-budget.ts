// What all connections of a server may keep waiting for their peers, together. The longest queues give up first, each by the
// policy of its connection.

import type { SlowConsumerPolicy } from './options.ts';
import { type Holding, SharedBudget } from './shared-budget.ts';

/** One who owes: a connection. */
export interface Debtor {
  /** Bytes that wait for its peer. */
  readonly bufferedAmount: number;
  readonly slowConsumer: SlowConsumerPolicy;
  /** Gives up `excess` bytes of its queue where its policy has a way. */
  pay(excess: number, budget: QueueBudget): void;
}

export class QueueBudget extends SharedBudget {
  /** @param debtors  all that are counted */
  constructor(limit: number, debtors: () => Iterable<Debtor>) {
    super(limit, () => Array.from(debtors(), (debtor) => this.#queueOf(debtor)));
  }

  #queueOf(debtor: Debtor): Holding {
    return {
      // Those who drop what is newest have nothing to give: they send nothing more until there is room again.
      size: debtor.slowConsumer === 'drop-newest' ? 0 : debtor.bufferedAmount,
      giveUp: (excess) => debtor.pay(excess, this),
    };
  }
}
