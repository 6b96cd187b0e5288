// Objects that are lent for as long as they are needed, so that not every connection has to keep one.

/** Lends items. Give an item back in its initial state, or not at all. */
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

/** The owner of an item that nobody has borrowed. Using such an item is our mistake, and ends in a TypeError. */
export const NOBODY = undefined as never;
