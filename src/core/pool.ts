// Objects that are lent for as long as they are needed, instead of being kept by everyone who may need one some day.

/** Whoever takes an item gives it back as it was, or not at all. */
export class Pool<Item> {
  readonly #make: () => Item;
  readonly #capacity: number;
  readonly #items: Item[] = [];

  /** @param capacity  how many are kept; more are made, and let go again */
  constructor(capacity: number, make: () => Item) {
    this.#capacity = capacity;
    this.#make = make;
  }

  take(): Item {
    return this.#items.pop() ?? this.#make();
  }

  giveBack(item: Item): void {
    if (this.#items.length < this.#capacity) this.#items.push(item);
  }
}

/** Whom an item serves that is in no one's hands. Using it then is a mistake of ours, and a TypeError. */
export const NOBODY = undefined as never;
