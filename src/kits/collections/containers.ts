// `collections.Array`, `Map` and `Set`: the containers of the language with additional members. Threads share nothing here, so that
// changes by another thread need not be looked for; those by a function that the container is calling are (guards.ts).

import { parameterError } from '../parameter-error.ts';
import { markSendable } from '../sendable.ts';
import { guardMethods, refuseWhileWalking } from './guards.ts';

/**
 * An array whose elements can be passed to another thread. Methods throw a BusinessError: 10200011 for something else than such an
 * array, and 10200201 where a function that `forEach`, `map` or another method is calling changes the array.
 */
export class SendableArray<T> extends globalThis.Array<T> {
  /** Makes an array of the arguments. One number is an element, too. */
  constructor(...elements: T[]) {
    super();
    for (const element of elements) this.push(element);
  }

  /**
   * Makes an array of equal elements.
   *
   * @throws BusinessError 401 if the length is not an integer from 0
   */
  static create<T>(arrayLength: number, initialValue: T): SendableArray<T> {
    const made = new SendableArray<T>();
    made.extendTo(arrayLength, initialValue);
    return made;
  }

  /**
   * Makes the array shorter, if it is longer than this.
   *
   * @throws BusinessError 401 if the length is not an integer from 0; 10200201 in a function that the array is calling
   */
  shrinkTo(arrayLength: number): void {
    refuseWhileWalking(this);
    requireLength(arrayLength);
    this.length = Math.min(this.length, arrayLength);
  }

  /**
   * Makes the array longer, if it is shorter than this.
   *
   * @param initialValue  value of the new elements
   * @throws BusinessError 401 if the length is not an integer from 0; 10200201 in a function that the array is calling
   */
  extendTo(arrayLength: number, initialValue: T): void {
    refuseWhileWalking(this);
    requireLength(arrayLength);
    while (this.length < arrayLength) this.push(initialValue);
  }
}

// `map`, `filter` and others give the class a length, which the constructor would take for an element.
Object.defineProperty(SendableArray, Symbol.species, {
  configurable: true,
  value: new Proxy(SendableArray, {
    construct: (_target, lengths) => Reflect.construct(globalThis.Array, lengths, SendableArray),
  }),
});

/** A map whose entries can be passed to another thread. Methods throw as those of {@link SendableArray}. */
export class SendableMap<K, V> extends globalThis.Map<K, V> {}

/** A set whose values can be passed to another thread. Methods throw as those of {@link SendableArray}. */
export class SendableSet<T> extends globalThis.Set<T> {}

markSendable(SendableArray, SendableMap, SendableSet);

guardMethods(SendableArray, {
  walking: ['every', 'filter', 'find', 'findIndex', 'forEach', 'map', 'reduce', 'reduceRight', 'some', 'sort'],
  changing: ['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'splice', 'unshift'],
  reading: ['at', 'concat', 'entries', 'includes', 'indexOf', 'join', 'keys', 'lastIndexOf', 'slice', 'values'],
});
guardMethods(SendableMap, {
  walking: ['forEach'],
  changing: ['clear', 'delete', 'set'],
  reading: ['entries', 'get', 'has', 'keys', 'values'],
});
guardMethods(SendableSet, {
  walking: ['forEach'],
  changing: ['add', 'clear', 'delete'],
  reading: ['entries', 'has', 'keys', 'values'],
});

function requireLength(length: unknown): void {
  if (!Number.isInteger(length) || (length as number) < 0) throw parameterError('Invalid array length');
}
