// `ArrayList`: a list in an array.

import { ArraySequence } from './array-sequence.ts';
import { requireRange } from './errors.ts';
import { elementsOf, replaceElements } from './sequence.ts';

/** A list in an array. Elements are read and set by index, as in `list[0]`, which throws 10200001 outside the list. */
export class ArrayList<T> extends ArraySequence<T> {
  /** Makes an empty one. */
  constructor() {
    super(1.5);
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
}

function listOf<T>(items: readonly T[]): ArrayList<T> {
  const list = new ArrayList<T>();
  for (const item of items) list.add(item);
  list.trimToCurrentLength();
  return list;
}
