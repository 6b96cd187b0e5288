// The capacity that `ArrayList` and `Vector` report. It has no effect: the memory is the engine's.

import { requireNumber } from './errors.ts';

/** What a container would have room for. */
export class Capacity {
  readonly #growth: number;
  #value = 10;

  /** @param growth  by what it grows when it does not suffice */
  constructor(growth: number) {
    this.#growth = growth;
  }

  /** Returns the capacity for so many elements. */
  for(length: number): number {
    while (this.#value < length) this.#value = Math.max(1, Math.floor(this.#value * this.#growth), this.#value + 1);
    return this.#value;
  }

  /** Sets it, unless there are more elements. */
  increaseTo(capacity: number, length: number): void {
    requireNumber('newCapacity', capacity);
    if (capacity > length) this.#value = capacity;
  }

  /** Sets it, if it is larger. */
  growTo(capacity: number): void {
    this.#value = Math.max(this.#value, capacity);
  }

  /** Sets it to the number of elements. */
  trim(length: number): void {
    this.#value = length;
  }
}
