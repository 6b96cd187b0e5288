// Pseudo-random numbers that a seed repeats, for choices made many thousand times a second. What an input is made of in
// the first place comes from fast-check; this picks and changes.

/** mulberry32: 32 bits of state, good enough to choose with. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `bound` - 1; 0 when there is none. */
  below(bound: number): number {
    return bound <= 0 ? 0 : this.next() % bound;
  }

  /** True once in `times`. */
  isOneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Value>(list: ArrayLike<Value>): Value {
    return list[this.below(list.length)] as Value;
  }

  bytes(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.below(256));
  }
}

/** A separate seed for each name. */
export function seedFor(seed: number, name: string): number {
  let mixed = seed | 0;
  for (let at = 0; at < name.length; at++) mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x01000193);
  return mixed;
}

/**
 * Reads an input as a list of choices: each takes a byte or two, and where none are left it is the first possibility.
 * So any bytes are a valid input, and removing some leaves one that is simpler.
 */
export class Choices {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** The next byte, 0 after the end. */
  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  below(bound: number): number {
    return (bound > 256 ? this.byte() * 256 + this.byte() : this.byte()) % bound;
  }

  isTrue(): boolean {
    return (this.byte() & 1) === 1;
  }

  pick<Value>(list: readonly Value[]): Value {
    return list[this.below(list.length)] as Value;
  }

  /** The bytes not read yet. */
  rest(): Uint8Array {
    const rest = this.#bytes.subarray(this.#at);
    this.#at = this.#bytes.length;
    return rest;
  }
}
