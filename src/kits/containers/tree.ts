// `TreeMap` and `TreeSet`: sorted by key.

import { requireCallable } from './errors.ts';
import { KeyedMap, KeyedSet, replaceIn, setAllOf } from './keyed.ts';
import { type Comparator, SortedStore, storeOf } from './store.ts';

function sorted<K, V>(comparator: Comparator<K> | undefined): SortedStore<K, V> {
  if (comparator !== undefined && comparator !== null) requireCallable('comparator', comparator);
  return new SortedStore<K, V>(comparator ?? undefined);
}

/** A map that is sorted by key. */
export class TreeMap<K, V> extends KeyedMap<K, V> {
  /**
   * @param comparator  whether the first key comes before the second. Default: numbers from small to large, then others as text
   * @throws BusinessError 401 if it is not a function
   */
  constructor(comparator?: (firstValue: K, secondValue: K) => boolean) {
    super(sorted<K, V>(comparator));
  }

  /** Returns the first key, or `undefined`. */
  getFirstKey(): K {
    return storeOf<SortedStore<K, V>>(this, 'getFirstKey').keyAt(0) as K;
  }

  /** Returns the last key, or `undefined`. */
  getLastKey(): K {
    const store = storeOf<SortedStore<K, V>>(this, 'getLastKey');
    return store.keyAt(store.size - 1) as K;
  }

  /** Returns the last key before a key, or `undefined`. */
  getLowerKey(key: K): K {
    return storeOf<SortedStore<K, V>>(this, 'getLowerKey').lower(key) as K;
  }

  /** Returns the first key after a key, or `undefined`. */
  getHigherKey(key: K): K {
    return storeOf<SortedStore<K, V>>(this, 'getHigherKey').higher(key) as K;
  }

  /**
   * Adds the entries of another map.
   *
   * @throws BusinessError 401 if it is not a TreeMap
   */
  setAll(map: TreeMap<K, V>): void {
    setAllOf(this, map, TreeMap, 'TreeMap');
  }

  /** Replaces the value of an existing key; returns whether it exists. */
  replace(key: K, newValue: V): boolean {
    return replaceIn(this, key, newValue);
  }
}

/** A set that is sorted. */
export class TreeSet<T> extends KeyedSet<T> {
  /**
   * @param comparator  whether the first value comes before the second. Default: numbers from small to large, then others as text
   * @throws BusinessError 401 if it is not a function
   */
  constructor(comparator?: (firstValue: T, secondValue: T) => boolean) {
    super(sorted<T, T>(comparator));
  }

  /** Removes a value; returns whether it was there. */
  remove(value: T): boolean {
    return storeOf<SortedStore<T, T>>(this, 'remove').delete(value);
  }

  /** Returns the first value, or `undefined`. */
  getFirstValue(): T {
    return storeOf<SortedStore<T, T>>(this, 'getFirstValue').keyAt(0) as T;
  }

  /** Returns the last value, or `undefined`. */
  getLastValue(): T {
    const store = storeOf<SortedStore<T, T>>(this, 'getLastValue');
    return store.keyAt(store.size - 1) as T;
  }

  /** Returns the last value before a value, or `undefined`. */
  getLowerValue(key: T): T {
    return storeOf<SortedStore<T, T>>(this, 'getLowerValue').lower(key) as T;
  }

  /** Returns the first value after a value, or `undefined`. */
  getHigherValue(key: T): T {
    return storeOf<SortedStore<T, T>>(this, 'getHigherValue').higher(key) as T;
  }

  /** Removes the first value, and returns it, or `undefined`. */
  popFirst(): T {
    return storeOf<SortedStore<T, T>>(this, 'popFirst').deleteAt(0, 1) as T;
  }

  /** Removes the last value, and returns it, or `undefined`. */
  popLast(): T {
    const store = storeOf<SortedStore<T, T>>(this, 'popLast');
    return store.deleteAt(Math.max(0, store.size - 1), 1) as T;
  }
}
