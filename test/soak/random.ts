// Random numbers that a seed determines, so that a run can be repeated and two processes know the same sequence.

/** 32 bits that depend on every bit of `a` and `b`. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((b + 0x7f4a7c15) | 0, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  hash = Math.imul(hash, 0x297a2d39);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A sequence of random numbers. */
export class Random {
  readonly #seed: number;
  #count = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return mix(this.#seed, this.#count++) / 2 ** 32;
  }

  isTrue(probability: number): boolean {
    return this.fraction() < probability;
  }
}
