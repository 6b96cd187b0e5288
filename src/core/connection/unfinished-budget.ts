// What all connections of a server may hold of messages that have begun and are not whole, together. Where it is exceeded,
// the connections that hold most are failed: nothing else gives this memory back.

import { type Holding, SharedBudget } from './shared-budget.ts';

/** A connection, as this budget sees it. */
export interface UnfinishedHolder {
  /** Bytes that are kept of a message that is not whole. */
  readonly unfinishedSize: number;
  /** Fails because of the budget. */
  giveUpUnfinished(budget: UnfinishedBudget): void;
}

export class UnfinishedBudget extends SharedBudget {
  /** @param holders  all that are counted */
  constructor(limit: number, holders: () => Iterable<UnfinishedHolder>) {
    super(limit, () => Array.from(holders(), (holder) => this.#unfinishedOf(holder)));
  }

  #unfinishedOf(holder: UnfinishedHolder): Holding {
    return { size: holder.unfinishedSize, giveUp: () => holder.giveUpUnfinished(this) };
  }
}
