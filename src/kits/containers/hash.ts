// `HashMap` and `HashSet`, in the order of insertion. On a device the order is that of the hashes.

import { KeyedMap, KeyedSet, replaceIn, setAllOf } from './keyed.ts';
import { type Store, storeOf } from './store.ts';

/** A map by hash. */
export class HashMap<K, V> extends KeyedMap<K, V> {
  constructor() {
    super(new Map<K, V>());
  }

  /**
   * Adds the entries of another map.
   *
   * @throws BusinessError 401 if it is not a HashMap
   */
  setAll(map: HashMap<K, V>): void {
    setAllOf(this, map, HashMap, 'HashMap');
  }

  /** Replaces the value of an existing key; returns whether it exists. */
  replace(key: K, newValue: V): boolean {
    return replaceIn(this, key, newValue);
  }
}

/** A set by hash. */
export class HashSet<T> extends KeyedSet<T> {
  constructor() {
    super(new Map<T, T>());
  }

  /** Removes a value; returns whether it was there. */
  remove(value: T): boolean {
    return storeOf<Store<T, T>>(this, 'remove').delete(value);
  }
}
