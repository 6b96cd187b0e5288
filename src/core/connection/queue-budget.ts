// What all connections of a server may keep waiting for their peers, together. The longest queues give up first, each by the
// policy of its connection.

import { type Holding, SharedBudget } from './shared-budget.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

/** One who owes: a connection. */
export interface QueueHolder {
  /** Bytes that wait for its peer. */
  readonly bufferedAmount: number;
  readonly slowConsumer: SlowConsumerPolicy;
  /** Gives up `excess` bytes of its queue where its policy has a way. */
  shed(excess: number, budget: QueueBudget): void;
}

export class QueueBudget extends SharedBudget {
  /** @param holders  all that are counted */
  constructor(limit: number, holders: () => Iterable<QueueHolder>) {
    super(limit, () => Array.from(holders(), (holder) => this.#queueOf(holder)));
  }

  #queueOf(holder: QueueHolder): Holding {
    return {
      // Those who drop what is newest have nothing to give: they send nothing more until there is room again.
      size: holder.slowConsumer === 'drop-newest' ? 0 : holder.bufferedAmount,
      giveUp: (excess) => holder.shed(excess, this),
    };
  }
}
