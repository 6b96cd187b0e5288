// `HashMap` and `HashSet`, in the order of the buckets of their tables.

import { argumentError } from './errors.ts';
import { bucketRank, HashedStore } from './hashed-store.ts';
import { KeyedMap, KeyedSet, replaceIn, setAllOf } from './keyed.ts';
import { type Store, storeOf } from './store.ts';

/** A map by hash. Integers and strings are in the order of a device, other keys in that of insertion. */
export class HashMap<K, V> extends KeyedMap<K, V> {
  constructor() {
    super(new HashedStore<K, V>(bucketRank));
  }

  /**
   * Sets the value of a key, and returns this map.
   *
   * @throws BusinessError 401 if the key is `undefined`
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  override set(key: K, value: V): Object {
    storeOf(this, 'set');
    if (key === undefined) throw argumentError('key', 'Key of JS', key);
    return super.set(key, value);
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

/** A set by hash. Integers and strings are in the order of a device, other values in that of insertion. */
export class HashSet<T> extends KeyedSet<T> {
  constructor() {
    super(new HashedStore<T, T>(bucketRank));
  }

  /** Removes a value; returns whether it was there. */
  remove(value: T): boolean {
    return storeOf<Store<T, T>>(this, 'remove').delete(value);
  }
}
