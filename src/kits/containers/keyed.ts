// What containers of keys have in common: maps and sets, over a store.

import { markConfined } from '../sendable.ts';
import { argumentError, requireCallable } from './errors.ts';
import { keep, type Store, storeOf } from './store.ts';

/** What errors of a device call each method that returns an iterator. */
const ITERATOR = 'Symbol.iterator';

/** A container of values by key. */
export class KeyedMap<K, V> {
  constructor(store: Store<K, V>) {
    keep(this, store);
  }

  /** The number of entries. */
  get length(): number {
    return storeOf<Store<K, V>>(this, 'length').size;
  }

  /** Whether there are no entries. */
  isEmpty(): boolean {
    return storeOf<Store<K, V>>(this, 'isEmpty').size === 0;
  }

  /** Whether there is a key. */
  hasKey(key: K): boolean {
    return storeOf<Store<K, V>>(this, 'hasKey').has(key);
  }

  /** Whether there is a value. */
  hasValue(value: V): boolean {
    return storeOf<Store<K, V>>(this, 'hasValue').hasValue(value);
  }

  /** Returns the value of a key, or `undefined`. */
  get(key: K): V {
    return storeOf<Store<K, V>>(this, 'get').get(key) as V;
  }

  /** Sets the value of a key, and returns this container. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  set(key: K, value: V): Object {
    storeOf<Store<K, V>>(this, 'set').set(key, value);
    return this;
  }

  /** Removes a key, and returns its value, or `undefined`. */
  remove(key: K): V {
    const store = storeOf<Store<K, V>>(this, 'remove');
    const value = store.get(key);
    store.delete(key);
    return value as V;
  }

  /** Removes all entries. */
  clear(): void {
    storeOf<Store<K, V>>(this, 'clear').clear();
  }

  /** Returns the keys. */
  keys(): IterableIterator<K> {
    return storeOf<Store<K, V>>(this, ITERATOR).keys();
  }

  /** Returns the values. */
  values(): IterableIterator<V> {
    return storeOf<Store<K, V>>(this, ITERATOR).values();
  }

  /** Returns pairs of keys and values. */
  entries(): IterableIterator<[K, V]> {
    return storeOf<Store<K, V>>(this, ITERATOR).entries();
  }

  /** Returns pairs of keys and values. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return storeOf<Store<K, V>>(this, ITERATOR).entries();
  }

  /**
   * Calls a function for each entry.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value?: V, key?: K, map?: this) => void, thisArg?: Object): void {
    const entries = [...storeOf<Store<K, V>>(this, 'forEach').entries()];
    requireCallable('callbackfn', callbackFn);
    for (const [key, value] of entries) callbackFn.call(thisArg, value, key, this);
  }
}

/** Adds the entries of another map of the same class. */
export function setAllOf<K, V>(
  map: KeyedMap<K, V>,
  other: unknown,
  type: { readonly prototype: object },
  name: string,
): void {
  const store = storeOf<Store<K, V>>(map, 'setAll');
  if (!Object.prototype.isPrototypeOf.call(type.prototype, Object(other))) throw argumentError('map', name, other);
  for (const [key, value] of other as KeyedMap<K, V>) store.set(key, value);
}

/** Replaces the value of an existing key; returns whether it exists. */
export function replaceIn<K, V>(map: KeyedMap<K, V>, key: K, value: V): boolean {
  const store = storeOf<Store<K, V>>(map, 'replace');
  const isFound = store.has(key);
  if (isFound) store.set(key, value);
  return isFound;
}

/** A container of different values. */
export class KeyedSet<T> {
  constructor(store: Store<T, T>) {
    keep(this, store);
  }

  /** The number of values. */
  get length(): number {
    return storeOf<Store<T, T>>(this, 'length').size;
  }

  /** Whether there are no values. */
  isEmpty(): boolean {
    return storeOf<Store<T, T>>(this, 'isEmpty').size === 0;
  }

  /** Whether there is a value. */
  has(value: T): boolean {
    return storeOf<Store<T, T>>(this, 'has').has(value);
  }

  /** Adds a value; returns whether it was new. */
  add(value: T): boolean {
    const store = storeOf<Store<T, T>>(this, 'add');
    if (store.has(value)) return false;
    store.set(value, value);
    return true;
  }

  /** Removes all values. */
  clear(): void {
    storeOf<Store<T, T>>(this, 'clear').clear();
  }

  /** Returns the values. */
  values(): IterableIterator<T> {
    return storeOf<Store<T, T>>(this, ITERATOR).keys();
  }

  /** Returns pairs of each value with itself. */
  entries(): IterableIterator<[T, T]> {
    return storeOf<Store<T, T>>(this, ITERATOR).entries();
  }

  /** Returns the values. */
  [Symbol.iterator](): IterableIterator<T> {
    return storeOf<Store<T, T>>(this, ITERATOR).keys();
  }

  /**
   * Calls a function for each value.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value?: T, key?: T, set?: this) => void, thisArg?: Object): void {
    const values = [...storeOf<Store<T, T>>(this, 'forEach').keys()];
    requireCallable('callbackfn', callbackFn);
    for (const value of values) callbackFn.call(thisArg, value, value, this);
  }
}

// As on a device.
markConfined(KeyedMap, KeyedSet);
