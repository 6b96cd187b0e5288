// Where containers of keys keep their entries: in the order of the keys, or in that of their hashes (hashed-store.ts).

import { bindError } from './errors.ts';

/** Entries by key. */
export interface Store<K, V> {
  readonly size: number;
  has(key: K): boolean;
  hasValue(value: V): boolean;
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

/** Whether one value comes before another; or a number, which is negative if it does and positive if it comes after it. */
export type Comparator<K> = (firstValue: K, secondValue: K) => boolean | number;

/** Entries in the order of their keys. */
export class SortedStore<K, V> implements Store<K, V> {
  readonly #comparator: Comparator<K> | undefined;
  readonly #keys: K[] = [];
  readonly #values: V[] = [];

  /** @param comparator  default: numbers from small to large, then others by the code units of their text */
  constructor(comparator?: Comparator<K>) {
    this.#comparator = comparator;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Returns the index of a key, or that where it would be, inverted. */
  indexOf(key: K): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const result = compare(key, this.#keys[middle]!, this.#comparator);
      if (result === 0) return middle;
      if (result > 0) low = middle + 1;
      else high = middle;
    }
    return ~low;
  }

  has(key: K): boolean {
    return this.indexOf(key) >= 0;
  }

  hasValue(value: V): boolean {
    return this.#values.some((other) => Object.is(other, value));
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

/** Negative if the first value comes before the second, positive if after it, 0 if they are the same key. */
function compare<K>(first: K, second: K, comparator: Comparator<K> | undefined): number {
  if (comparator === undefined) return compareByDefault(first, second);
  // No comparator is asked about these: they come last.
  for (const last of [undefined, null]) {
    if (first === last || second === last) return Number(first === last) - Number(second === last);
  }
  const result = comparator(first, second);
  if (typeof result === 'boolean') return result ? -1 : Number(comparator(second, first));
  const number = Number(result);
  if (Number.isNaN(number)) throw new TypeError('CompareFn has illegal return value');
  return number;
}

function compareByDefault(first: unknown, second: unknown): number {
  const isNumber = typeof first === 'number';
  if (isNumber && typeof second === 'number') return first - second;
  if (isNumber && typeof second === 'string') return -1;
  if (typeof first === 'string' && typeof second === 'number') return 1;
  const [text, other] = [String(first), String(second)];
  return Number(text > other) - Number(text < other);
}
