// Entries in the order of their hashes, as on a device, where programs and tests see it: `getKeyAt(0)`, `toString()`, iteration.
// The hashes are those of the runtime of a device: an integer is its own hash, a string has the usual one (31 times the hash
// of the text before, plus the next code unit). Other keys have no hash that is the same in two runs; they come last, in the
// order of insertion.

import type { Store } from './store.ts';

/** The bit that marks the hash of a string like `'42'`, whose hash is the number. */
const INTEGER = 0x8000_0000;
const integerText = /^(?:0|[1-9]\d{0,8})$/;

/** The hash of a key, 0 to 2^32 - 1, or `undefined` if it has none that is the same in each run. */
function hashOf(key: unknown): number | undefined {
  if (typeof key === 'number') return (key | 0) === key ? key >>> 0 : undefined;
  if (typeof key !== 'string') return undefined;
  if (integerText.test(key)) return (Number(key) | INTEGER) >>> 0;
  let hash = 0;
  for (let index = 0; index < key.length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
  return hash & ~INTEGER;
}

/**
 * Returns where a hash belongs: smaller numbers come first.
 *
 * @param tableLength  for tables: the number of buckets
 */
export type Rank = (hash: number, tableLength: number) => number;

/** The order of a `LightWeightMap`, which searches hashes as signed numbers. */
export const signedRank: Rank = (hash) => hash | 0;
/** The order of a `LightWeightSet`, which searches hashes as unsigned numbers. */
export const unsignedRank: Rank = (hash) => hash;
/** The order of `HashMap` and `HashSet`: bucket by bucket. */
export const bucketRank: Rank = (hash, tableLength) => hash & (tableLength - 1);

/** Entries in the order of their hashes. Keys with the same rank are in the order of insertion. */
export class HashedStore<K, V> implements Store<K, V> {
  readonly #rank: Rank;
  readonly #entries = new Map<K, V>();
  #tableLength = 16;
  /** The keys in order, until there is another key. */
  #ordered: readonly K[] | undefined;

  constructor(rank: Rank) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  hasValue(value: V): boolean {
    for (const other of this.#entries.values()) if (Object.is(other, value)) return true;
    return false;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    const { size } = this;
    this.#entries.set(key, value);
    if (this.size === size) return;
    this.#ordered = undefined;
    // A table grows when three quarters are full. It does not shrink.
    if (this.size > this.#tableLength * 0.75) this.#tableLength *= 2;
  }

  delete(key: K): boolean {
    const isFound = this.#entries.delete(key);
    if (isFound) this.#ordered = undefined;
    return isFound;
  }

  clear(): void {
    this.#entries.clear();
    this.#ordered = undefined;
  }

  /** Returns the keys in order. */
  order(): readonly K[] {
    if (this.#ordered === undefined) {
      const ranks = new Map<K, number>();
      for (const key of this.#entries.keys()) {
        const hash = hashOf(key);
        ranks.set(key, hash === undefined ? 2 ** 32 : this.#rank(hash, this.#tableLength));
      }
      this.#ordered = [...ranks.keys()].sort((first, second) => ranks.get(first)! - ranks.get(second)!);
    }
    return this.#ordered;
  }

  /** Returns the index of a key, or -1. */
  indexOf(key: K): number {
    return this.has(key) ? this.order().findIndex((other) => Object.is(other, key)) : -1;
  }

  *keys(): IterableIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  *entries(): IterableIterator<[K, V]> {
    for (const key of this.order()) if (this.has(key)) yield [key, this.get(key) as V];
  }
}
