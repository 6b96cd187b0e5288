// `ArkTSUtils.SendableLruCache`: the cache of `util`, as an object that can be passed to another thread.

import { markSendable } from '../sendable.ts';
import { LRUCache } from '../util/lru-cache.ts';

/** A cache with at most so many entries; the least recently used is dropped first. */
export class SendableLruCache<K, V> {
  readonly #cache: LRUCache<K, V>;

  /**
   * @param capacity  1 to 2147483647. Default 64
   * @throws BusinessError 401 if it is not such an integer
   */
  constructor(capacity?: number) {
    this.#cache = new LRUCache(capacity);
  }

  /** The number of entries. */
  get length(): number {
    return this.#cache.length;
  }

  /**
   * Changes the capacity. The least recently used entries above it are dropped.
   *
   * @param newCapacity  1 to 2147483647
   * @throws BusinessError 401 if it is not such an integer
   */
  updateCapacity(newCapacity: number): void {
    this.#cache.updateCapacity(newCapacity);
  }

  /**
   * Returns the value of a key, which becomes the most recently used, or `undefined`.
   *
   * @throws BusinessError 401 if the key is `undefined` or `null`
   */
  get(key: K): V | undefined {
    return this.#cache.get(key);
  }

  /**
   * Adds or replaces a value. If the cache is full, the least recently used entry is dropped.
   *
   * @returns the value
   * @throws BusinessError 401 if the key or the value is `undefined` or `null`
   */
  put(key: K, value: V): V {
    return this.#cache.put(key, value);
  }

  /**
   * Removes an entry.
   *
   * @returns its value, or `undefined`
   * @throws BusinessError 401 if the key is `undefined` or `null`
   */
  remove(key: K): V | undefined {
    return this.#cache.remove(key);
  }

  /**
   * Whether there is a key, which becomes the most recently used.
   *
   * @throws BusinessError 401 if the key is `undefined`
   */
  contains(key: K): boolean {
    return this.#cache.contains(key);
  }

  /** Removes all entries. */
  clear(): void {
    this.#cache.clear();
  }

  /** Whether there are no entries. */
  isEmpty(): boolean {
    return this.#cache.isEmpty();
  }

  /** Returns the capacity. */
  getCapacity(): number {
    return this.#cache.getCapacity();
  }

  /** Returns how many values were made for keys that were not found: 0, since nothing makes them. */
  getCreateCount(): number {
    return this.#cache.getCreateCount();
  }

  /** Returns how many keys were asked for and not found. */
  getMissCount(): number {
    return this.#cache.getMissCount();
  }

  /** Returns how many entries were dropped because of the capacity. */
  getRemoveCount(): number {
    return this.#cache.getRemovalCount();
  }

  /** Returns how many keys were asked for and found. */
  getMatchCount(): number {
    return this.#cache.getMatchCount();
  }

  /** Returns how many entries were added. */
  getPutCount(): number {
    return this.#cache.getPutCount();
  }

  /** Returns the capacity, the number of hits and misses, and their rate. */
  toString(): string {
    return this.#cache.toString().replace('LRUCache', 'SendableLruCache');
  }

  /** Returns the values, from the least to the most recently used. */
  values(): V[] {
    return this.#cache.values();
  }

  /** Returns the keys, from the least to the most recently used. */
  keys(): K[] {
    return this.#cache.keys();
  }

  /** Returns the entries, from the least to the most recently used. */
  entries(): IterableIterator<[K, V]> {
    return this.#cache.entries();
  }

  /** Returns the entries, from the least to the most recently used. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }
}

markSendable(SendableLruCache);
