// `LightWeightMap` and `LightWeightSet`, in the order of insertion. On a device the order, and so the index, is that of the
// hashes.

import { argumentError, requireIndex, requireInteger } from './errors.ts';
import { KeyedMap, KeyedSet, setAllOf } from './keyed.ts';
import { type Store, storeOf } from './store.ts';

/** A map with an index. */
export class LightWeightMap<K, V> extends KeyedMap<K, V> {
  constructor() {
    super(new Map<K, V>());
  }

  /**
   * Whether all entries of another map are in this one.
   *
   * @throws BusinessError 401 if it is not a LightWeightMap
   */
  hasAll(map: LightWeightMap<K, V>): boolean {
    const store = storeOf<Store<K, V>>(this, 'hasAll');
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
    storeOf<Store<K, V>>(this, 'increaseCapacityTo');
    requireInteger('minimumCapacity', minimumCapacity);
  }

  /** Returns the index of a key, or -1. */
  getIndexOfKey(key: K): number {
    return [...storeOf<Store<K, V>>(this, 'getIndexOfKey').keys()].indexOf(key);
  }

  /** Returns the index of the first such value, or -1. */
  getIndexOfValue(value: V): number {
    return [...storeOf<Store<K, V>>(this, 'getIndexOfValue').values()].indexOf(value);
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
    storeOf<Store<K, V>>(this, 'setValueAt').set(key, newValue);
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
    return removeAt(storeOf<Store<K, V>>(this, 'removeAt'), index);
  }

  /** Returns the entries as text: `key:value`, with commas. */
  override toString(): string {
    return [...storeOf<Store<K, V>>(this, 'toString').entries()].map(([key, value]) => `${key}:${value}`).join(',');
  }
}

/** A set with an index. */
export class LightWeightSet<T> extends KeyedSet<T> {
  constructor() {
    super(new Map<T, T>());
  }

  /**
   * Adds the values of another set; returns whether any was new.
   *
   * @throws BusinessError 401 if it is not a LightWeightSet
   */
  addAll(set: LightWeightSet<T>): boolean {
    storeOf<Store<T, T>>(this, 'addAll');
    if (!(set instanceof LightWeightSet)) throw argumentError('set', 'LightWeightSet', set);
    return [...set].map((value) => this.add(value)).includes(true);
  }

  /**
   * Whether all values of another set are in this one.
   *
   * @throws BusinessError 401 if it is not a LightWeightSet
   */
  hasAll(set: LightWeightSet<T>): boolean {
    const store = storeOf<Store<T, T>>(this, 'hasAll');
    if (!(set instanceof LightWeightSet)) throw argumentError('set', 'LightWeightSet', set);
    return [...set].every((value) => store.has(value));
  }

  /** Whether it is a set, or an array, of the same values in the same order. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  equal(obj: Object): boolean {
    const values = [...storeOf<Store<T, T>>(this, 'equal').keys()];
    if (!(obj instanceof LightWeightSet) && !Array.isArray(obj)) return false;
    const others: unknown[] = [...obj];
    return values.length === others.length && values.every((value, index) => value === others[index]);
  }

  /**
   * Changes the capacity.
   *
   * Off the device: only the type is checked.
   *
   * @throws BusinessError 401 if it is not an integer
   */
  increaseCapacityTo(minimumCapacity: number): void {
    storeOf<Store<T, T>>(this, 'increaseCapacityTo');
    requireInteger('minimumCapacity', minimumCapacity);
  }

  /** Returns the index of a value, or -1. */
  getIndexOf(key: T): number {
    return [...storeOf<Store<T, T>>(this, 'getIndexOf').keys()].indexOf(key);
  }

  /** Removes a value, and returns it, or `undefined`. */
  remove(key: T): T {
    return (storeOf<Store<T, T>>(this, 'remove').delete(key) ? key : undefined) as T;
  }

  /**
   * Removes the value at an index; returns whether there was one.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  removeAt(index: number): boolean {
    return removeAt(storeOf<Store<T, T>>(this, 'removeAt'), index);
  }

  /** Returns the values as text, with commas. */
  override toString(): string {
    return [...storeOf<Store<T, T>>(this, 'toString').keys()].join(',');
  }

  /** Returns the values as an array. */
  toArray(): Array<T> {
    return [...storeOf<Store<T, T>>(this, 'toArray').keys()];
  }

  /**
   * Returns the value at an index, or `undefined`.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  getValueAt(index: number): T {
    const store = storeOf<Store<T, T>>(this, 'getValueAt');
    requireInteger('index', index);
    return [...store.keys()][index] as T;
  }
}

function removeAt<K, V>(store: Store<K, V>, index: number): boolean {
  requireInteger('index', index);
  if (index < 0 || index >= store.size) return false;
  return store.delete([...store.keys()][index]!);
}

function entryAt<K, V>(map: object, method: string, index: number): [K, V] {
  const entries = [...storeOf<Store<K, V>>(map, method).entries()];
  requireIndex('index', index, entries.length - 1);
  return entries[index]!;
}
