// `List` and `LinkedList`. Both are arrays here.

import { emptyError, missingError, requireElement, requireIndex, requireInteger, requireRange } from './errors.ts';
import { elementsOf, ListSequence, replaceElements, sortElements } from './sequence.ts';

/** What both lists have. */
class LinkedSequence<T> extends ListSequence<T> {
  /**
   * Returns an element, or `undefined` outside the list.
   *
   * @throws BusinessError 401 if the index is not an integer
   */
  get(index: number): T {
    const items = elementsOf<T>(this, 'get');
    requireInteger('index', index);
    return items[index] as T;
  }

  /** Returns the first element, or `undefined`. */
  getFirst(): T {
    return elementsOf<T>(this, 'getFirst')[0] as T;
  }

  /** Returns the last element, or `undefined`. */
  getLast(): T {
    return elementsOf<T>(this, 'getLast').at(-1) as T;
  }
}

/** A singly linked list. */
export class List<T> extends LinkedSequence<T> {
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
   * Replaces an element.
   *
   * @returns the new element
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  set(index: number, element: T): T {
    const items = elementsOf<T>(this, 'set');
    requireElement(index, items.length);
    items[index] = element;
    return element;
  }

  /** Whether it is a list with the same elements in the same order. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  equal(obj: Object): boolean {
    const items = elementsOf<T>(this, 'equal');
    if (!(obj instanceof List)) return false;
    const others = elementsOf<unknown>(obj, 'equal');
    return items.length === others.length && items.every((item, index) => item === others[index]);
  }

  /**
   * Sorts the elements.
   *
   * @throws BusinessError 401 if the comparator is not a function
   */
  sort(comparator: (firstValue: T, secondValue: T) => number): void {
    sortElements(this, comparator);
  }

  /**
   * Returns a list of some of the elements.
   *
   * @param fromIndex  index of the first
   * @param toIndex    index after the last
   * @throws BusinessError 401 if an index is not an integer, 10200001 if it is out of range
   */
  getSubList(fromIndex: number, toIndex: number): List<T> {
    const items = elementsOf<T>(this, 'getSubList');
    requireRange(fromIndex, toIndex, items.length);
    const list = new List<T>();
    for (const item of items.slice(fromIndex, toIndex)) list.add(item);
    return list;
  }

  /**
   * Replaces each element by what a function returns.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  replaceAllElements(callbackFn: (value: T, index?: number, list?: List<T>) => T, thisArg?: Object): void {
    replaceElements<T, List<T>>(this, callbackFn, thisArg);
  }

  /** Whether there are no elements. */
  isEmpty(): boolean {
    return elementsOf<T>(this, 'isEmpty').length === 0;
  }
}

/** A doubly linked list. */
export class LinkedList<T> extends LinkedSequence<T> {
  /**
   * Inserts an element before another.
   *
   * @param index  0 to the length
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  insert(index: number, element: T): void {
    const items = elementsOf<T>(this, 'insert');
    requireIndex('index', index, items.length);
    items.splice(index, 0, element);
  }

  /**
   * Replaces an element.
   *
   * @returns the new element
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  set(index: number, element: T): T {
    const items = elementsOf<T>(this, 'set');
    requireElement(index, items.length);
    items[index] = element;
    return element;
  }

  /** Adds an element at the start. */
  addFirst(element: T): void {
    elementsOf<T>(this, 'addFirst').unshift(element);
  }

  /**
   * Removes the first element, and returns it.
   *
   * @throws BusinessError 10200010 if there is none
   */
  removeFirst(): T {
    return someOf<T>(this, 'removeFirst').shift() as T;
  }

  /**
   * Removes the last element, and returns it.
   *
   * @throws BusinessError 10200010 if there is none
   */
  removeLast(): T {
    return someOf<T>(this, 'removeLast').pop() as T;
  }

  /**
   * Removes the first such element, and returns `true`.
   *
   * @throws BusinessError 10200010 if there are no elements, 10200017 if this one is not among them
   */
  removeFirstFound(element: T): boolean {
    return removeAt(someOf<T>(this, 'removeFirstFound'), (items) => items.indexOf(element));
  }

  /**
   * Removes the last such element, and returns `true`.
   *
   * @throws BusinessError 10200010 if there are no elements, 10200017 if this one is not among them
   */
  removeLastFound(element: T): boolean {
    return removeAt(someOf<T>(this, 'removeLastFound'), (items) => items.lastIndexOf(element));
  }

  /** Returns a list of the same elements. */
  clone(): LinkedList<T> {
    const list = new LinkedList<T>();
    for (const item of elementsOf<T>(this, 'clone')) list.add(item);
    return list;
  }
}

function someOf<T>(list: object, method: string): T[] {
  const items = elementsOf<T>(list, method);
  if (items.length === 0) throw emptyError();
  return items;
}

function removeAt<T>(items: T[], find: (items: T[]) => number): boolean {
  const index = find(items);
  if (index < 0) throw missingError();
  items.splice(index, 1);
  return true;
}
