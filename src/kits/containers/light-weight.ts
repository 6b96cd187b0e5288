// `LightWeightMap` and `LightWeightSet`, in the order of their hashes.

import { BusinessError } from '../host.ts';
import { argumentError, requireElement, requireInteger } from './errors.ts';
import { HashedStore, signedRank, unsignedRank } from './hashed-store.ts';
import { KeyedMap, KeyedSet, setAllOf } from './keyed.ts';
import { storeOf } from './store.ts';

/** A map with an index. Integers and strings are in the order of a device, other keys in that of insertion. */
export class LightWeightMap<K, V> extends KeyedMap<K, V> {
  constructor() {
    super(new HashedStore<K, V>(signedRank));
  }

  /**
   * Whether all entries of another map are in this one.
   *
   * @throws BusinessError 401 if it is not a LightWeightMap
   */
  hasAll(map: LightWeightMap<K, V>): boolean {
    const store = storeOf<HashedStore<K, V>>(this, 'hasAll');
    if (!(map instanceof LightWeightMap)) throw argumentError('map', 'LightWeightMap', map);
    return [...map].every(([key, value]) => store.has(key) && store.get(key) === value);
  }

  /**
   * Changes the capacity.
   *
   * Off the device: only the type is checked.
   *
   * @throws BusinessError 401 if it is not an integer
   */
  increaseCapacityTo(minimumCapacity: number): void {
    storeOf<HashedStore<K, V>>(this, 'increaseCapacityTo');
    requireInteger('minimumCapacity', minimumCapacity);
  }

  /** Returns the index of a key, or -1. */
  getIndexOfKey(key: K): number {
    return storeOf<HashedStore<K, V>>(this, 'getIndexOfKey').indexOf(key);
  }

  /** Returns the index of the first such value, or -1. */
  getIndexOfValue(value: V): number {
    return [...storeOf<HashedStore<K, V>>(this, 'getIndexOfValue').values()].indexOf(value);
  }

  /**
   * Returns the key at an index.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  getKeyAt(index: number): K {
    return entryAt<K, V>(this, 'getKeyAt', index)[0];
  }

  /**
   * Returns the value at an index.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  getValueAt(index: number): V {
    return entryAt<K, V>(this, 'getValueAt', index)[1];
  }

  /**
   * Replaces the value at an index, and returns `true`.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  setValueAt(index: number, newValue: V): boolean {
    const [key] = entryAt<K, V>(this, 'setValueAt', index);
    storeOf<HashedStore<K, V>>(this, 'setValueAt').set(key, newValue);
    return true;
  }

  /**
   * Adds the entries of another map.
   *
   * @throws BusinessError 401 if it is not a LightWeightMap
   */
  setAll(map: LightWeightMap<K, V>): void {
    setAllOf(this, map, LightWeightMap, 'LightWeightMap');
  }

  /**
   * Removes the entry at an index; returns whether there was one.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  removeAt(index: number): boolean {
    return removeAt(storeOf<HashedStore<K, V>>(this, 'removeAt'), index);
  }

  /** Returns the entries as text: `key:value`, with commas. */
  override toString(): string {
    return [...storeOf<HashedStore<K, V>>(this, 'toString').entries()].map((entry) => pairText(entry)).join(',');
  }
}

/** A set with an index. Integers and strings are in the order of a device, other values in that of insertion. */
export class LightWeightSet<T> extends KeyedSet<T> {
  #capacity = 8;

  constructor() {
    super(new HashedStore<T, T>(unsignedRank));
  }

  /** Adds a value; returns whether it was new. */
  override add(value: T): boolean {
    const isNew = super.add(value);
    if (isNew && this.length >= this.#capacity) this.#capacity *= 2;
    return isNew;
  }

  /**
   * Adds the values of another set; returns whether any was new.
   *
   * @throws BusinessError 401 if it is not a LightWeightSet
   */
  addAll(set: LightWeightSet<T>): boolean {
    storeOf<HashedStore<T, T>>(this, 'addAll');
    if (!(set instanceof LightWeightSet)) throw argumentError('set', 'LightWeightSet', set);
    return [...set].map((value) => this.add(value)).includes(true);
  }

  /**
   * Whether all values of another set are in this one. Without values they are not, as on a device.
   *
   * @throws BusinessError 401 if it is not a LightWeightSet
   */
  hasAll(set: LightWeightSet<T>): boolean {
    const store = storeOf<HashedStore<T, T>>(this, 'hasAll');
    if (!(set instanceof LightWeightSet)) throw argumentError('set', 'LightWeightSet', set);
    return set.length > 0 && [...set].every((value) => store.has(value));
  }

  /** Whether it is a set, or an array, of the same values in the same order. Two without values are not equal, as on a device. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  equal(obj: Object): boolean {
    const values = [...storeOf<HashedStore<T, T>>(this, 'equal').keys()];
    if (!(obj instanceof LightWeightSet) && !Array.isArray(obj)) return false;
    const others: unknown[] = [...obj];
    return (
      values.length > 0 && values.length === others.length && values.every((value, index) => value === others[index])
    );
  }

  /**
   * Changes the capacity.
   *
   * Off the device: a number without an effect, which grows as on a device.
   *
   * @throws BusinessError 401 if it is not an integer, 10200001 if it is not above the capacity, which is 8 at first
   */
  increaseCapacityTo(minimumCapacity: number): void {
    storeOf<HashedStore<T, T>>(this, 'increaseCapacityTo');
    requireInteger('minimumCapacity', minimumCapacity);
    if (minimumCapacity > this.#capacity) return;
    const text = `The value of "minimumCapacity" is out of range. It must be > ${this.#capacity}`;
    throw new BusinessError(10200001, `${text}. Received value is: ${minimumCapacity}`);
  }

  /** Returns the index of a value, or -1. */
  getIndexOf(key: T): number {
    return storeOf<HashedStore<T, T>>(this, 'getIndexOf').indexOf(key);
  }

  /** Removes a value, and returns it, or `undefined`. */
  remove(key: T): T {
    return (storeOf<HashedStore<T, T>>(this, 'remove').delete(key) ? key : undefined) as T;
  }

  /**
   * Removes the value at an index; returns whether there was one.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  removeAt(index: number): boolean {
    return removeAt(storeOf<HashedStore<T, T>>(this, 'removeAt'), index);
  }

  /** Returns the values as text, with commas. */
  override toString(): string {
    return [...storeOf<HashedStore<T, T>>(this, 'toString').keys()].join(',');
  }

  /** Returns the values as an array. */
  toArray(): Array<T> {
    return [...storeOf<HashedStore<T, T>>(this, 'toArray').keys()];
  }

  /**
   * Returns the value at an index, or `undefined`.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  getValueAt(index: number): T {
    const store = storeOf<HashedStore<T, T>>(this, 'getValueAt');
    requireInteger('index', index);
    return store.order()[index] as T;
  }
}

function removeAt<K, V>(store: HashedStore<K, V>, index: number): boolean {
  requireInteger('index', index);
  if (index < 0 || index >= store.size) return false;
  return store.delete(store.order()[index]!);
}

function entryAt<K, V>(map: object, method: string, index: number): [K, V] {
  const store = storeOf<HashedStore<K, V>>(map, method);
  requireElement(index, store.size);
  const key = store.order()[index]!;
  return [key, store.get(key) as V];
}

/** A key and its value as text, which is empty for `undefined` and `null`. */
export function pairText([key, value]: readonly [unknown, unknown]): string {
  return `${key ?? ''}:${value ?? ''}`;
}
