// `util.LRUCache` and its predecessor `util.LruBuffer`: a bounded cache that drops what was used least recently. The calls of
// `afterRemoval`, with their arguments, and the counts are those of a device.

import { parameterError, typeError } from '../parameter-error.ts';

const LARGEST = 2_147_483_647;

/** A cache with at most so many entries; the least recently used is dropped first. Subclasses may override two methods. */
export class LRUCache<K, V> {
  /** The number of entries. */
  length = 0;
  readonly #rules: Rules = this instanceof LruBuffer ? ofBuffer : ofCache;
  readonly #entries = new Map<K, V>();
  #capacity = 64;
  readonly #counts = { created: 0, missed: 0, removed: 0, matched: 0, put: 0 };

  /**
   * @param capacity  1 to 2147483647. Default 64
   * @throws BusinessError 401 if it is not such an integer
   */
  constructor(capacity?: number) {
    if (capacity !== undefined && capacity !== null) this.#capacity = this.#checked(capacity);
  }

  /**
   * Changes the capacity. The least recently used entries above it are dropped.
   *
   * @param newCapacity  1 to 2147483647
   * @throws BusinessError 401 if it is not such an integer
   */
  updateCapacity(newCapacity: number): void {
    if (typeof newCapacity !== 'number') throw this.#rules.capacityError(`The type of ${newCapacity} must be number`);
    const capacity = this.#checked(newCapacity);
    while (this.#entries.size > capacity) {
      this.#entries.delete(this.#oldest()[0]);
      this.#counts.removed++;
      this.afterRemoval(true, this.#entries.keys() as K, this.#entries.values() as V, null as V);
    }
    this.length = this.#entries.size;
    this.#capacity = capacity;
  }

  /** Returns the capacity, the number of hits and misses, and their rate. */
  toString(): string {
    const { matched, missed } = this.#counts;
    const rate = matched + missed === 0 ? 0 : (100 * matched) / (matched + missed);
    return `${this.#rules.title}[ maxSize = ${this.#capacity}, hits = ${matched}, misses = ${missed}, hitRate = ${rate}% ]`;
  }

  /** Returns the capacity. */
  getCapacity(): number {
    return this.#capacity;
  }

  /** Removes all entries, after one call of `afterRemoval` with iterators over keys and values. */
  clear(): void {
    this.afterRemoval(false, this.#entries.keys() as K, this.#entries.values() as V, null as V);
    this.#entries.clear();
    this.length = 0;
  }

  /** Returns how many values `createDefault` made. */
  getCreateCount(): number {
    return this.#counts.created;
  }

  /** Returns how many keys were asked for and not found. */
  getMissCount(): number {
    return this.#counts.missed;
  }

  /** Returns how many entries were dropped because of the capacity. */
  getRemovalCount(): number {
    return this.#counts.removed;
  }

  /** Returns how many keys were asked for and found. */
  getMatchCount(): number {
    return this.#counts.matched;
  }

  /** Returns how many entries were added. One that `createDefault` made counts as two, as on a device. */
  getPutCount(): number {
    return this.#counts.put;
  }

  /** Whether there are no entries. */
  isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /**
   * Returns the value of a key, which becomes the most recently used. Without one, what `createDefault` returns is added.
   *
   * @throws BusinessError 401 if the key is `undefined` or `null`
   */
  get(key: K): V | undefined {
    this.#rules.requireKey(key);
    if (this.#entries.has(key)) {
      this.#counts.matched++;
      return this.#use(key);
    }
    this.#counts.missed++;
    const created = this.createDefault(key);
    if (created === undefined) return undefined;
    const value = this.put(key, created);
    this.#counts.created++;
    this.put(key, value);
    this.afterRemoval(false, key, created, value);
    return value;
  }

  /**
   * Adds or replaces a value. If the cache is full, the least recently used entry is dropped.
   *
   * @returns the value
   * @throws BusinessError 401 if the key or the value is `undefined` or `null`
   */
  put(key: K, value: V): V {
    this.#rules.requireEntry(key, value);
    this.#counts.put++;
    if (this.#entries.has(key)) {
      const former = this.#entries.get(key) as V;
      this.#entries.delete(key);
      this.afterRemoval(false, key, former, value);
    } else if (this.#entries.size >= this.#capacity) {
      const [oldestKey, oldestValue] = this.#oldest();
      this.afterRemoval(true, oldestKey, oldestValue, null as V);
      this.#entries.delete(oldestKey);
      this.#counts.removed++;
    }
    this.#entries.set(key, value);
    this.length = this.#entries.size;
    return value;
  }

  /** Returns the values, from the least to the most recently used. */
  values(): V[] {
    return [...this.#entries.values()];
  }

  /** Returns the keys, from the least to the most recently used. */
  keys(): K[] {
    return [...this.#entries.keys()];
  }

  /**
   * Removes an entry.
   *
   * @returns its value, or `undefined`
   * @throws BusinessError 401 if the key is `undefined` or `null`
   */
  remove(key: K): V | undefined {
    this.#rules.requireKey(key);
    if (!this.#entries.has(key)) return undefined;
    const former = this.#entries.get(key) as V;
    this.#entries.delete(key);
    this.afterRemoval(false, key, former, null as V);
    this.length = this.#entries.size;
    return former;
  }

  /**
   * Is called after an entry was removed or replaced. To be overridden; does nothing.
   *
   * @param isEvict   whether the capacity was the reason
   * @param newValue  the new value of the key, or `null`
   */
  afterRemoval(_isEvict: boolean, _key: K, _value: V, _newValue: V): void {}

  /**
   * Whether there is a key, which becomes the most recently used.
   *
   * @throws BusinessError 401 if the key is `undefined`
   */
  contains(key: K): boolean {
    this.#rules.requireGiven(key);
    const isFound = this.#entries.has(key);
    this.#counts[isFound ? 'matched' : 'missed']++;
    if (isFound) this.#use(key);
    return isFound;
  }

  /**
   * Is called for a key that is not found, and returns its value. To be overridden; returns `undefined`.
   *
   * @throws BusinessError 401 if the key is `undefined`
   */
  createDefault(key: K): V {
    this.#rules.requireGiven(key);
    return undefined as V;
  }

  /** Returns the entries, from the least to the most recently used. */
  entries(): IterableIterator<[K, V]> {
    return this.#entries.entries();
  }

  /** Returns the entries, from the least to the most recently used. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  #checked(capacity: number): number {
    if (capacity <= 0 || capacity % 1 !== 0 || capacity > LARGEST) {
      throw this.#rules.capacityError(`The type of ${capacity} must be small integer`);
    }
    return capacity;
  }

  #oldest(): [K, V] {
    return this.#entries.entries().next().value as [K, V];
  }

  #use(key: K): V {
    const value = this.#entries.get(key) as V;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }
}

/**
 * The first form of `LRUCache`: its errors have no code.
 *
 * @deprecated use `LRUCache`
 */
export class LruBuffer<K, V> extends LRUCache<K, V> {}

/** What the two classes refuse, and how. */
interface Rules {
  readonly title: string;
  capacityError(text: string): Error;
  requireGiven(key: unknown): void;
  requireKey(key: unknown): void;
  requireEntry(key: unknown, value: unknown): void;
}

const ofCache: Rules = {
  title: 'LRUCache',
  capacityError: parameterError,
  requireGiven(key) {
    if (key === undefined) throw typeError(key, 'Object');
  },
  requireKey(key) {
    if (key === undefined || key === null) throw typeError(key, 'Object');
  },
  requireEntry(key, value) {
    if (key === undefined) throw typeError(key, 'Object');
    if (value === undefined) throw typeError(value, 'Object');
    if (key === null || value === null) throw parameterError('The type of key and value must be Object');
  },
};

const ofBuffer: Rules = {
  title: 'Lrubuffer',
  capacityError: () => new Error('data error'),
  requireGiven() {},
  requireKey(key) {
    if (key === null) throw new Error('key not be null');
  },
  requireEntry(key, value) {
    if (key === null || value === null) throw new Error('key or value not be null');
  },
};
