// `PlainArray`: values by number, sorted by it.

import { BusinessError } from '../host.ts';
import { markConfined } from '../sendable.ts';
import { requireCallable, requireElement, requireInteger } from './errors.ts';
import { pairText } from './light-weight.ts';
import { keep, SortedStore, storeOf } from './store.ts';

/** Values by number, sorted by it. */
export class PlainArray<T> {
  constructor() {
    keep(this, new SortedStore<number, T>());
  }

  /** The number of entries. */
  get length(): number {
    return entriesOf<T>(this, 'length').size;
  }

  /**
   * Sets the value of a key.
   *
   * @throws BusinessError 401 if the key is not an integer of 32 bits
   */
  add(key: number, value: T): void {
    entriesOf<T>(this, 'add').set(checkedKey(key), value);
  }

  /** Removes all entries. */
  clear(): void {
    entriesOf<T>(this, 'clear').clear();
  }

  /** Returns a PlainArray with the same entries. */
  clone(): PlainArray<T> {
    const made = new PlainArray<T>();
    for (const [key, value] of entriesOf<T>(this, 'clone').entries()) made.add(key, value);
    return made;
  }

  /**
   * Whether there is a key.
   *
   * @throws BusinessError 401 if it is not an integer of 32 bits
   */
  has(key: number): boolean {
    return entriesOf<T>(this, 'has').has(checkedKey(key));
  }

  /**
   * Returns the value of a key, or `undefined`.
   *
   * @throws BusinessError 401 if it is not an integer of 32 bits
   */
  get(key: number): T {
    return entriesOf<T>(this, 'get').get(checkedKey(key)) as T;
  }

  /**
   * Returns the index of a key, or -1.
   *
   * @throws BusinessError 401 if it is not an integer of 32 bits
   */
  getIndexOfKey(key: number): number {
    return Math.max(-1, entriesOf<T>(this, 'getIndexOfKey').indexOf(checkedKey(key)));
  }

  /** Returns the index of the first such value, or -1. */
  getIndexOfValue(value: T): number {
    return [...entriesOf<T>(this, 'getIndexOfValue').values()].indexOf(value);
  }

  /** Whether there are no entries. */
  isEmpty(): boolean {
    return entriesOf<T>(this, 'isEmpty').size === 0;
  }

  /**
   * Returns the key at an index, or `undefined`.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  getKeyAt(index: number): number {
    const store = entriesOf<T>(this, 'getKeyAt');
    requireInteger('index', index);
    return store.keyAt(index) as number;
  }

  /**
   * Removes a key, and returns its value, or `undefined`.
   *
   * @throws BusinessError 401 if it is not an integer of 32 bits
   */
  remove(key: number): T {
    const store = entriesOf<T>(this, 'remove');
    const index = store.indexOf(checkedKey(key));
    return (index < 0 ? undefined : store.deleteAt(index, 1)) as T;
  }

  /**
   * Removes the entry at an index, and returns its value, or `undefined`.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  removeAt(index: number): T {
    const store = entriesOf<T>(this, 'removeAt');
    requireInteger('index', index);
    return (index < 0 ? undefined : store.deleteAt(index, 1)) as T;
  }

  /**
   * Removes entries, starting at an index.
   *
   * @param size  how many
   * @returns how many there were
   * @throws BusinessError 401 if an argument is not an integer, 10200001 if the index is out of range or the size is below 1
   */
  removeRangeFrom(index: number, size: number): number {
    const store = entriesOf<T>(this, 'removeRangeFrom');
    requireInteger('size', size);
    requireElement(index, store.size);
    if (size < 1) {
      throw new BusinessError(
        10200001,
        `The value of "size" is out of range. It must be > 0. Received value is: ${size}`,
      );
    }
    const count = Math.min(size, store.size - index);
    store.deleteAt(index, count);
    return count;
  }

  /**
   * Replaces the value at an index.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  setValueAt(index: number, value: T): void {
    const store = entriesOf<T>(this, 'setValueAt');
    requireElement(index, store.size);
    store.setAt(index, value);
  }

  /** Returns the entries as text: `key:value`, with commas. */
  toString(): string {
    return [...entriesOf<T>(this, 'toString').entries()].map((entry) => pairText(entry)).join(',');
  }

  /**
   * Returns the value at an index.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  getValueAt(index: number): T {
    const store = entriesOf<T>(this, 'getValueAt');
    requireElement(index, store.size);
    return store.valueAt(index) as T;
  }

  /**
   * Calls a function for each entry, with its value and its key.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value: T, index?: number, PlainArray?: PlainArray<T>) => void, thisArg?: Object): void {
    const entries = [...entriesOf<T>(this, 'forEach').entries()];
    requireCallable('callbackfn', callbackFn);
    for (const [key, value] of entries) callbackFn.call(thisArg, value, key, this);
  }

  /** Returns pairs of keys and values. */
  [Symbol.iterator](): IterableIterator<[number, T]> {
    return entriesOf<T>(this, 'Symbol.iterator').entries();
  }
}

function entriesOf<T>(container: object, method: string): SortedStore<number, T> {
  return storeOf<SortedStore<number, T>>(container, method);
}

function checkedKey(key: number): number {
  requireInteger('key', key);
  return key;
}

// As on a device.
markConfined(PlainArray);
