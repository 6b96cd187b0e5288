// The bytes that may wait for the peers of a server, in all connections together. If there are more, the longest queues
// give up first, each by the policy of its connection.

import { type Holding, SharedBudget } from './shared-budget.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

/** A connection, as this budget sees it. */
export interface QueueHolder {
  /** Bytes that wait for its peer. */
  readonly bufferedAmount: number;
  readonly slowConsumer: SlowConsumerPolicy;
  /** Gives up `excess` bytes of its queue, as far as its policy allows. */
  shed(excess: number, budget: QueueBudget): void;
}

export class QueueBudget extends SharedBudget {
  /** @param holders  all connections that are counted */
  constructor(limit: number, holders: () => Iterable<QueueHolder>) {
    super(limit, () => Array.from(holders(), (holder) => this.#queueOf(holder)));
  }

  #queueOf(holder: QueueHolder): Holding {
    return {
      // 'drop-newest' has nothing to give: such a connection sends nothing more until there is room.
      size: holder.slowConsumer === 'drop-newest' ? 0 : holder.bufferedAmount,
      giveUp: (excess) => holder.shed(excess, this),
    };
  }
}
