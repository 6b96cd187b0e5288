// `ArrayList`: a list in an array.

import { Capacity } from './capacity.ts';
import { requireIndex, requireRange } from './errors.ts';
import { elementsOf, ListSequence, replaceElements, sortElements } from './sequence.ts';

const capacities = new WeakMap<unknown[], Capacity>();

function capacityOf(items: unknown[]): Capacity {
  const capacity = capacities.get(items) ?? new Capacity(1.5);
  capacities.set(items, capacity);
  return capacity;
}

/** A list in an array. Elements are read and set by index, as in `list[0]`, which throws 10200001 outside the list. */
export class ArrayList<T> extends ListSequence<T> {
  /**
   * Inserts an element before another.
   *
   * @param index  0 to the length
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  insert(element: T, index: number): void {
    const items = elementsOf<T>(this, 'insert');
    requireIndex('index', index, items.length);
    items.splice(index, 0, element);
  }

  /**
   * Removes elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last
   * @throws BusinessError 401 if an index is not an integer, 10200001 if it is out of range
   */
  removeByRange(fromIndex: number, toIndex: number): void {
    const items = elementsOf<T>(this, 'removeByRange');
    requireRange(fromIndex, toIndex, items.length);
    items.splice(fromIndex, toIndex - fromIndex);
  }

  /**
   * Replaces each element by what a function returns.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  replaceAllElements(callbackFn: (value: T, index?: number, arrlist?: ArrayList<T>) => T, thisArg?: Object): void {
    replaceElements<T, ArrayList<T>>(this, callbackFn, thisArg);
  }

  /**
   * Sorts the elements; without a comparator by their text.
   *
   * @throws BusinessError 401 if it is not a function
   */
  sort(comparator?: (firstValue: T, secondValue: T) => number): void {
    sortElements(this, comparator);
  }

  /**
   * Returns a list of some of the elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last
   * @throws BusinessError 401 if an index is not an integer, 10200001 if it is out of range
   */
  subArrayList(fromIndex: number, toIndex: number): ArrayList<T> {
    const items = elementsOf<T>(this, 'subArrayList');
    requireRange(fromIndex, toIndex, items.length);
    return listOf(items.slice(fromIndex, toIndex));
  }

  /** Returns a list of the same elements. */
  clone(): ArrayList<T> {
    return listOf(elementsOf<T>(this, 'clone'));
  }

  /**
   * Returns how many elements there would be room for.
   *
   * Off the device: a number without an effect, which grows as on a device.
   */
  getCapacity(): number {
    const items = elementsOf<T>(this, 'getCapacity');
    return capacityOf(items).for(items.length);
  }

  /** Whether there are no elements. */
  isEmpty(): boolean {
    return elementsOf<T>(this, 'isEmpty').length === 0;
  }

  /**
   * Changes the capacity, if it is above the length.
   *
   * @throws BusinessError 401 if it is not an integer
   */
  increaseCapacityTo(newCapacity: number): void {
    const items = elementsOf<T>(this, 'increaseCapacityTo');
    capacityOf(items).increaseTo(newCapacity, items.length);
  }

  /** Sets the capacity to the length. */
  trimToCurrentLength(): void {
    const items = elementsOf<T>(this, 'trimToCurrentLength');
    capacityOf(items).trim(items.length);
  }
}

function listOf<T>(items: readonly T[]): ArrayList<T> {
  const list = new ArrayList<T>();
  for (const item of items) list.add(item);
  return list;
}
