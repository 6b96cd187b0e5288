// Where containers of keys keep their entries: a `Map`, in the order of insertion, or sorted arrays.

import { argumentError, bindError } from './errors.ts';

/** Entries by key; a `Map` is one. */
export interface Store<K, V> {
  readonly size: number;
  has(key: K): boolean;
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
  delete(key: K): boolean;
  clear(): void;
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[K, V]>;
}

const stores = new WeakMap<object, Store<unknown, unknown>>();

/** Gives a container its entries. */
export function keep<K, V>(container: object, store: Store<K, V>): void {
  stores.set(container, store as unknown as Store<unknown, unknown>);
}

/**
 * Returns the entries of a container.
 *
 * @param method  name of the calling method, for the error
 * @throws BusinessError 10200011 if it is not a container
 */
export function storeOf<Kept extends object>(container: object, method: string): Kept {
  const found = stores.get(container);
  if (found === undefined) throw bindError(method);
  return found as unknown as Kept;
}

/** Whether one value comes before another. */
export type Before<K> = (firstValue: K, secondValue: K) => boolean;

/** Entries in the order of their keys. */
export class SortedStore<K, V> implements Store<K, V> {
  readonly #isBefore: Before<K>;
  readonly #keys: K[] = [];
  readonly #values: V[] = [];

  /** @param isBefore  default: numbers from small to large, then strings by their code units */
  constructor(isBefore: Before<K> = byDefault) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Returns the index of a key, or that where it would be, inverted. */
  indexOf(key: K): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(this.#keys[middle]!, key)) low = middle + 1;
      else high = middle;
    }
    const isFound = low < this.#keys.length && (this.#keys[low] === key || !this.#isBefore(key, this.#keys[low]!));
    return isFound ? low : ~low;
  }

  has(key: K): boolean {
    return this.indexOf(key) >= 0;
  }

  get(key: K): V | undefined {
    return this.#values[this.indexOf(key)];
  }

  set(key: K, value: V): void {
    const index = this.indexOf(key);
    if (index >= 0) {
      this.#values[index] = value;
      return;
    }
    // The first key is compared with itself, so that a key without an order is refused.
    if (this.#keys.length === 0) this.#isBefore(key, key);
    this.#keys.splice(~index, 0, key);
    this.#values.splice(~index, 0, value);
  }

  delete(key: K): boolean {
    const index = this.indexOf(key);
    if (index >= 0) this.deleteAt(index, 1);
    return index >= 0;
  }

  /** Removes entries, starting at an index. */
  deleteAt(index: number, count: number): V | undefined {
    this.#keys.splice(index, count);
    return this.#values.splice(index, count)[0];
  }

  clear(): void {
    this.#keys.length = 0;
    this.#values.length = 0;
  }

  /** Returns the key at an index. */
  keyAt(index: number): K | undefined {
    return this.#keys[index];
  }

  /** Returns the value at an index. */
  valueAt(index: number): V | undefined {
    return this.#values[index];
  }

  /** Replaces the value at an index. */
  setAt(index: number, value: V): void {
    this.#values[index] = value;
  }

  /** Returns the largest key before a key. */
  lower(key: K): K | undefined {
    const index = this.indexOf(key);
    return this.#keys[(index >= 0 ? index : ~index) - 1];
  }

  /** Returns the smallest key after a key. */
  higher(key: K): K | undefined {
    const index = this.indexOf(key);
    return this.#keys[index >= 0 ? index + 1 : ~index];
  }

  keys(): IterableIterator<K> {
    return this.#keys.values();
  }

  values(): IterableIterator<V> {
    return this.#values.values();
  }

  *entries(): IterableIterator<[K, V]> {
    for (let index = 0; index < this.#keys.length; index++) yield [this.#keys[index]!, this.#values[index]!];
  }
}

function byDefault(first: unknown, second: unknown): boolean {
  const [kind, other] = [typeof first, typeof second];
  for (const value of [first, second]) {
    if (typeof value !== 'number' && typeof value !== 'string') throw argumentError('key', 'number or string', value);
  }
  return kind === other ? (first as string) < (second as string) : kind === 'number';
}
