// `Vector`: a list in an array, the predecessor of `ArrayList`.

import { ArraySequence } from './array-sequence.ts';
import { requireIndex, requireInteger, requireRange } from './errors.ts';
import { elementsOf, replaceElements } from './sequence.ts';

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
   * Returns an element.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  get(index: number): T {
    const items = elementsOf<T>(this, 'get');
    requireIndex('index', index, items.length - 1);
    return items[index] as T;
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
   * @returns the new element
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  set(index: number, element: T): T {
    const items = elementsOf<T>(this, 'set');
    requireIndex('index', index, items.length - 1);
    items[index] = element;
    return element;
  }

  /** Returns the index of the last such element at or before an index, or -1. */
  getLastIndexFrom(element: T, index: number): number {
    const items = elementsOf<T>(this, 'getLastIndexFrom');
    requireIndex('index', index, items.length - 1);
    return items.lastIndexOf(element, index);
  }

  /** Returns the index of the first such element at or after an index, or -1. */
  getIndexFrom(element: T, index: number): number {
    const items = elementsOf<T>(this, 'getIndexFrom');
    requireIndex('index', index, items.length - 1);
    return items.indexOf(element, index);
  }

  /**
   * Changes the length. New elements are `undefined`.
   *
   * @throws BusinessError 401 if it is not an integer
   */
  setLength(newSize: number): void {
    const items = elementsOf<T | undefined>(this, 'setLength');
    requireInteger('newSize', newSize);
    while (items.length < newSize) items.push(undefined);
    items.length = Math.max(0, newSize);
  }

  /**
   * Replaces each element by what a function returns.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  replaceAllElements(callbackFn: (value: T, index?: number, vector?: Vector<T>) => T, thisArg?: Object): void {
    replaceElements<T, Vector<T>>(this, callbackFn, thisArg);
  }

  /**
   * Returns a vector of some of the elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last
   * @throws BusinessError 401 if an index is not an integer, 10200001 if it is out of range
   */
  subVector(fromIndex: number, toIndex: number): Vector<T> {
    const items = elementsOf<T>(this, 'subVector');
    requireRange(fromIndex, toIndex, items.length);
    return vectorOf(items.slice(fromIndex, toIndex));
  }

  /** Copies the elements into an array, from its start. */
  copyToArray(array: Array<T>): void {
    for (const [index, item] of elementsOf<T>(this, 'copyToArray').entries()) array[index] = item;
  }

  /** Returns the elements as text, with commas. */
  override toString(): string {
    return elementsOf<T>(this, 'toString').map(String).join(',');
  }

  /** Returns a vector of the same elements. */
  clone(): Vector<T> {
    return vectorOf(elementsOf<T>(this, 'clone'));
  }
}

function vectorOf<T>(items: readonly T[]): Vector<T> {
  const vector = new Vector<T>();
  for (const item of items) vector.add(item);
  return vector;
}
