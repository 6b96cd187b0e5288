// `Queue`, `Deque` and `Stack`.

import { elementsOf, Sequence } from './sequence.ts';

/** A queue: the element that was added first is taken first. */
export class Queue<T> extends Sequence<T> {
  /** Adds an element at the end, and returns `true`. */
  add(element: T): boolean {
    elementsOf<T>(this, 'add').push(element);
    return true;
  }

  /** Returns the first element, or `undefined`. */
  getFirst(): T {
    return elementsOf<T>(this, 'getFirst')[0] as T;
  }

  /** Removes the first element, and returns it, or `undefined`. */
  pop(): T {
    return elementsOf<T>(this, 'pop').shift() as T;
  }
}

/** A queue with two ends. */
export class Deque<T> extends Sequence<T> {
  /** Adds an element at the start. */
  insertFront(element: T): void {
    elementsOf<T>(this, 'insertFront').unshift(element);
  }

  /** Adds an element at the end. */
  insertEnd(element: T): void {
    elementsOf<T>(this, 'insertEnd').push(element);
  }

  /** Whether there is an element. */
  has(element: T): boolean {
    return elementsOf<T>(this, 'has').indexOf(element) >= 0;
  }

  /** Returns the first element, or `undefined`. */
  getFirst(): T {
    return elementsOf<T>(this, 'getFirst')[0] as T;
  }

  /** Returns the last element, or `undefined`. */
  getLast(): T {
    return elementsOf<T>(this, 'getLast').at(-1) as T;
  }

  /** Removes the first element, and returns it, or `undefined`. */
  popFirst(): T {
    return elementsOf<T>(this, 'popFirst').shift() as T;
  }

  /** Removes the last element, and returns it, or `undefined`. */
  popLast(): T {
    return elementsOf<T>(this, 'popLast').pop() as T;
  }
}

/** A stack: the element that was added last is taken first. */
export class Stack<T> extends Sequence<T> {
  /** Adds an element on top, and returns it. */
  push(item: T): T {
    elementsOf<T>(this, 'push').push(item);
    return item;
  }

  /** Removes the element on top, and returns it, or `undefined`. */
  pop(): T {
    return elementsOf<T>(this, 'pop').pop() as T;
  }

  /** Returns the element on top, or `undefined`. */
  peek(): T {
    return elementsOf<T>(this, 'peek').at(-1) as T;
  }

  /** Returns the index of an element, counted from the bottom, or -1. */
  locate(element: T): number {
    return elementsOf<T>(this, 'locate').indexOf(element);
  }

  /** Whether there are no elements. */
  isEmpty(): boolean {
    return elementsOf<T>(this, 'isEmpty').length === 0;
  }
}
