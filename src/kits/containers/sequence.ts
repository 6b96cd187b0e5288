// What containers of elements in a row have in common: where the elements are, access by index (`list[0]`), and the methods
// that all of them have.

import { bindError, requireCallable, requireElement, requireIndex } from './errors.ts';

/** The elements of each container, by the container and by the proxy around it. */
const elements = new WeakMap<object, unknown[]>();

/**
 * Returns the elements of a container. Changes of the array change the container.
 *
 * @param method  name of the calling method, for the error
 * @throws BusinessError 10200011 if it is not a container
 */
export function elementsOf<T>(container: object, method: string): T[] {
  const found = elements.get(container);
  if (found === undefined) throw bindError(method);
  return found as T[];
}

/** Elements in a row, which are read and set by index. */
export class Row<T> {
  [index: number]: T;

  constructor() {
    const items: unknown[] = [];
    const proxy = new Proxy<this>(this, handlerOf(items));
    elements.set(this, items);
    elements.set(proxy, items);
    // biome-ignore lint/correctness/noConstructorReturn: elements are read by index
    return proxy;
  }

  /** The number of elements. */
  get length(): number {
    return elementsOf(this, 'length').length;
  }

  /** Returns the elements in their order. */
  [Symbol.iterator](): IterableIterator<T> {
    return elementsOf<T>(this, 'Symbol.iterator').values();
  }
}

/** A container of elements in a row. */
export class Sequence<T> extends Row<T> {
  /**
   * Calls a function for each element.
   *
   * @param thisArg  `this` of the function
   * @throws BusinessError 401 if it is not a function
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  forEach(callbackFn: (value: T, index?: number, container?: this) => void, thisArg?: Object): void {
    const items = elementsOf<T>(this, 'forEach');
    requireCallable('callbackfn', callbackFn);
    for (let index = 0; index < items.length; index++) callbackFn.call(thisArg, items[index]!, index, this);
  }
}

/** A container whose elements can be found and removed. */
export class ListSequence<T> extends Sequence<T> {
  /** Adds an element at the end, and returns `true`. */
  add(element: T): boolean {
    elementsOf<T>(this, 'add').push(element);
    return true;
  }

  /** Whether there is an element. */
  has(element: T): boolean {
    return elementsOf<T>(this, 'has').indexOf(element) >= 0;
  }

  /** Returns the index of the first such element, or -1. */
  getIndexOf(element: T): number {
    return elementsOf<T>(this, 'getIndexOf').indexOf(element);
  }

  /** Returns the index of the last such element, or -1. */
  getLastIndexOf(element: T): number {
    return elementsOf<T>(this, 'getLastIndexOf').lastIndexOf(element);
  }

  /**
   * Removes an element, and returns it.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  removeByIndex(index: number): T {
    const items = elementsOf<T>(this, 'removeByIndex');
    requireElement(index, items.length);
    return items.splice(index, 1)[0]!;
  }

  /** Removes the first such element; returns whether there was one. */
  remove(element: T): boolean {
    const items = elementsOf<T>(this, 'remove');
    const index = items.indexOf(element);
    if (index >= 0) items.splice(index, 1);
    return index >= 0;
  }

  /** Removes all elements. */
  clear(): void {
    elementsOf<T>(this, 'clear').length = 0;
  }

  /** Returns the elements as an array. */
  convertToArray(): Array<T> {
    return [...elementsOf<T>(this, 'convertToArray')];
  }
}

/** Replaces each element by what a function returns. */
export function replaceElements<T, Container extends object>(
  container: Container,
  callback: (value: T, index?: number, container?: Container) => T,
  self: unknown,
): void {
  const items = elementsOf<T>(container, 'replaceAllElements');
  requireCallable('callbackfn', callback);
  for (let index = 0; index < items.length; index++) {
    items[index] = callback.call(self, items[index]!, index, container);
  }
}

/** Sorts the elements; without a comparator by their text. */
export function sortElements<T>(container: object, comparator?: (firstValue: T, secondValue: T) => number): void {
  const items = elementsOf<T>(container, 'sort');
  if (comparator !== undefined && comparator !== null) requireCallable('comparator', comparator);
  items.sort(comparator ?? undefined);
}

function handlerOf(items: unknown[]): ProxyHandler<object> {
  return {
    get(target, key, receiver) {
      const index = indexOf(key);
      if (index === undefined) return Reflect.get(target, key, receiver);
      requireIndex('index', index, items.length - 1);
      return items[index];
    },
    set(target, key, value, receiver) {
      const index = indexOf(key);
      if (index === undefined) return Reflect.set(target, key, value, receiver);
      requireIndex('index', index, items.length - 1);
      items[index] = value;
      return true;
    },
    has(target, key) {
      const index = indexOf(key);
      return index === undefined ? Reflect.has(target, key) : index < items.length;
    },
    ownKeys(target) {
      return [...items.keys()].map(String).concat(Reflect.ownKeys(target) as string[]);
    },
    getOwnPropertyDescriptor(target, key) {
      const index = indexOf(key);
      if (index === undefined) return Reflect.getOwnPropertyDescriptor(target, key);
      if (index >= items.length) return undefined;
      return { value: items[index], writable: true, enumerable: true, configurable: true };
    },
  };
}

function indexOf(key: string | symbol): number | undefined {
  return typeof key === 'string' && /^-?\d+$/.test(key) ? Number(key) : undefined;
}
