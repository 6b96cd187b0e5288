// The bytes that all connections of a server may hold of unfinished messages together. If there are more, the connections
// that hold most fail: nothing else gives this memory back.

import { type Holding, SharedBudget } from './shared-budget.ts';

/** A connection, as this budget sees it. */
export interface UnfinishedHolder {
  /** Bytes that are held of an unfinished message. */
  readonly unfinishedSize: number;
  /** Fails the connection because of the budget. */
  giveUpUnfinished(budget: UnfinishedBudget): void;
}

export class UnfinishedBudget extends SharedBudget {
  /** @param holders  all connections that are counted */
  constructor(limit: number, holders: () => Iterable<UnfinishedHolder>) {
    super(limit, () => Array.from(holders(), (holder) => this.#unfinishedOf(holder)));
  }

  #unfinishedOf(holder: UnfinishedHolder): Holding {
    return { size: holder.unfinishedSize, giveUp: () => holder.giveUpUnfinished(this) };
  }
}
