// `Vector`: a list in an array, the predecessor of `ArrayList`. It is older than the error codes: what is wrong throws a
// `TypeError` or a `RangeError` of the language.

import { ArraySequence, capacities } from './array-sequence.ts';
import { elementsOf } from './sequence.ts';

/**
 * A list in an array.
 *
 * @deprecated use `ArrayList`
 */
export class Vector<T> extends ArraySequence<T> {
  /** Makes an empty one. */
  constructor() {
    super(2);
  }

  /**
   * Inserts an element before another.
   *
   * @param index  0 to the length
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is out of range
   */
  override insert(element: T, index: number): void {
    const items = elementsOf<T>(this, 'insert');
    items.splice(elementIndex(index, items.length + 1), 0, element);
  }

  /**
   * Removes an element, and returns it.
   *
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is out of range
   */
  override removeByIndex(index: number): T {
    const items = elementsOf<T>(this, 'removeByIndex');
    return items.splice(elementIndex(index, items.length), 1)[0]!;
  }

  /**
   * Removes elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last; what is beyond the length counts as the length
   * @throws TypeError if an index is not a number
   * @throws RangeError if the first is out of range, or the second is not above it
   */
  override removeByRange(fromIndex: number, toIndex: number): void {
    const items = elementsOf<T>(this, 'removeByRange');
    const [from, to] = [integer(fromIndex, PARAMETER), integer(toIndex, PARAMETER)];
    if (to <= from) throw new RangeError(EMPTY_RANGE);
    if (from < 0 || from >= items.length) throw new RangeError(OUTSIDE_RANGE);
    items.splice(from, to - from);
    this.trimToCurrentLength();
  }

  /**
   * Changes the capacity, if that makes it larger.
   *
   * @throws TypeError if it is not a number
   * @throws RangeError if it is negative
   */
  override increaseCapacityTo(newCapacity: number): void {
    const items = elementsOf<T>(this, 'increaseCapacityTo');
    capacities.get(items)!.growTo(size(newCapacity));
  }

  /**
   * Returns an element.
   *
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is out of range
   */
  get(index: number): T {
    const items = elementsOf<T>(this, 'get');
    return items[elementIndex(index, items.length)] as T;
  }

  /** Returns the first element, or `undefined`. */
  getFirstElement(): T {
    return elementsOf<T>(this, 'getFirstElement')[0] as T;
  }

  /** Returns the last element, or `undefined`. */
  getLastElement(): T {
    return elementsOf<T>(this, 'getLastElement').at(-1) as T;
  }

  /**
   * Replaces an element.
   *
   * @returns `undefined`, as on a device
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is out of range
   */
  set(index: number, element: T): T {
    const items = elementsOf<T>(this, 'set');
    items[elementIndex(index, items.length)] = element;
    return undefined as T;
  }

  /**
   * Returns the index of the last such element at or before an index, or -1.
   *
   * @param index  a negative one counts as 0
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is not below the length
   */
  getLastIndexFrom(element: T, index: number): number {
    const items = elementsOf<T>(this, 'getLastIndexFrom');
    const start = integer(index, INDEX);
    if (start >= items.length) throw new RangeError('index-out-of-bounds');
    return items.lastIndexOf(element, Math.max(0, start));
  }

  /**
   * Returns the index of the first such element at or after an index, or -1.
   *
   * @param index  a negative one counts as 0
   * @throws TypeError if the index is not a number
   * @throws RangeError if it is not below the length
   */
  getIndexFrom(element: T, index: number): number {
    const items = elementsOf<T>(this, 'getIndexFrom');
    const start = integer(index, INDEX);
    if (start >= items.length) throw new RangeError('no-such-element');
    return items.indexOf(element, Math.max(0, start));
  }

  /**
   * Changes the length. New elements are `undefined`.
   *
   * @throws TypeError if it is not a number
   * @throws RangeError if it is negative
   */
  setLength(newSize: number): void {
    const items = elementsOf<T | undefined>(this, 'setLength');
    const length = size(newSize);
    while (items.length < length) items.push(undefined);
    items.length = length;
  }

  /**
   * Calls a function for each element.
   *
   * @param thisArg  `this` of the function
   * @throws TypeError if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  override forEach(callbackFn: (value: T, index?: number, vector?: this) => void, thisArg?: Object): void {
    const items = elementsOf<T>(this, 'forEach');
    requireFunction(callbackFn);
    for (let index = 0; index < items.length; index++) callbackFn.call(thisArg, items[index]!, index, this);
  }

  /**
   * Replaces each element by what a function returns.
   *
   * @param thisArg  `this` of the function
   * @throws TypeError if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  replaceAllElements(callbackFn: (value: T, index?: number, vector?: Vector<T>) => T, thisArg?: Object): void {
    const items = elementsOf<T>(this, 'replaceAllElements');
    requireFunction(callbackFn);
    for (let index = 0; index < items.length; index++) {
      items[index] = callbackFn.call(thisArg, items[index]!, index, this);
    }
  }

  /**
   * Returns a vector of some of the elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last; below the length, so that the last element is never part of it, as on a device
   * @throws TypeError if an index is not a number
   * @throws RangeError if one is out of range, or the second is not above the first
   */
  subVector(fromIndex: number, toIndex: number): Vector<T> {
    const items = elementsOf<T>(this, 'subVector');
    const [from, to] = [integer(fromIndex, PARAMETER), integer(toIndex, PARAMETER)];
    if (Math.min(from, to) < 0 || Math.max(from, to) >= items.length) throw new RangeError(OUTSIDE_RANGE);
    if (to <= from) throw new RangeError(EMPTY_RANGE);
    return vectorOf(items.slice(from, to));
  }

  /** Copies the elements into an array, from its start. Elements of the array behind them become `undefined`. */
  copyToArray(array: Array<T>): void {
    const items = elementsOf<T>(this, 'copyToArray');
    if (!Array.isArray(array)) return;
    array.fill(undefined as T);
    for (const [index, item] of items.entries()) array[index] = item;
  }

  /** Returns the elements as text, with commas; `undefined` and `null` are empty. */
  override toString(): string {
    return elementsOf<T>(this, 'toString')
      .map((item) => String(item ?? ''))
      .join(',');
  }

  /** Returns a vector of the same elements. */
  clone(): Vector<T> {
    return vectorOf(elementsOf<T>(this, 'clone'));
  }
}

function vectorOf<T>(items: readonly T[]): Vector<T> {
  const vector = new Vector<T>();
  for (const item of items) vector.add(item);
  vector.trimToCurrentLength();
  return vector;
}

const INDEX = 'The passed in index needs to be number';
const PARAMETER = 'The passed in parameter needs to be number';
const OUTSIDE_RANGE = 'the fromIndex or the toIndex is out-of-bounds';
const EMPTY_RANGE = 'the fromIndex cannot be less than or equal to toIndex';

/** A number as an integer of 32 bits. */
function integer(value: unknown, text: string): number {
  if (typeof value !== 'number') throw new TypeError(text);
  return value | 0;
}

/** An index, 0 to `length - 1`. */
function elementIndex(value: unknown, length: number): number {
  const index = integer(value, INDEX);
  if (index < 0 || index >= length) throw new RangeError('the index is out-of-bounds');
  return index;
}

function size(value: unknown): number {
  const length = integer(value, PARAMETER);
  if (length < 0) throw new RangeError('An incorrect size was set');
  return length;
}

function requireFunction(value: unknown): void {
  if (typeof value !== 'function') throw new TypeError('the callbackfun is not callable.');
}
