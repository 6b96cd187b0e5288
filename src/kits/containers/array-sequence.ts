// What `ArrayList` and `Vector` have in common: lists in an array, with a capacity.

import { Capacity } from './capacity.ts';
import { requireIndex, requireRange } from './errors.ts';
import { elementsOf, ListSequence, sortElements } from './sequence.ts';

/** The capacity of each list, by its elements. */
export const capacities = new WeakMap<unknown[], Capacity>();

/** A list in an array. */
export abstract class ArraySequence<T> extends ListSequence<T> {
  /** @param growth  by what the capacity grows when it does not suffice */
  protected constructor(growth: number) {
    super();
    capacities.set(elementsOf(this, 'constructor'), new Capacity(growth));
  }

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
    this.trimToCurrentLength();
  }

  /**
   * Sorts the elements; without a comparator by their text.
   *
   * @throws BusinessError 401 if it is not a function
   */
  sort(comparator?: (firstValue: T, secondValue: T) => number): void {
    sortElements(this, comparator);
  }

  /** Whether there are no elements. */
  isEmpty(): boolean {
    return elementsOf<T>(this, 'isEmpty').length === 0;
  }

  /**
   * Returns how many elements there would be room for.
   *
   * Off the device: a number without an effect, which grows as on a device.
   */
  getCapacity(): number {
    const items = elementsOf<T>(this, 'getCapacity');
    return capacities.get(items)!.for(items.length);
  }

  /**
   * Changes the capacity, if it is above the length.
   *
   * @throws BusinessError 401 if it is not an integer
   */
  increaseCapacityTo(newCapacity: number): void {
    const items = elementsOf<T>(this, 'increaseCapacityTo');
    capacities.get(items)!.increaseTo(newCapacity, items.length);
  }

  /** Sets the capacity to the length. */
  trimToCurrentLength(): void {
    const items = elementsOf<T>(this, 'trimToCurrentLength');
    capacities.get(items)!.trim(items.length);
  }
}
