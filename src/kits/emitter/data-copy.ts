// Copies of the data of events. A device serializes data, so that the receiver gets its own object; instances of
// `@Sendable` classes are shared. Here the decorator is gone when a program runs, so every instance of a class is shared.

/**
 * Copies plain objects, arrays, Map, Set and the values that `structuredClone` knows. Shared references and cycles stay.
 *
 * @throws TypeError for functions and symbols
 * @throws DataCloneError for objects of the host that cannot be copied, such as a Promise
 */
export function copyOf(value: unknown, known = new Map<object, unknown>()): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`a ${typeof value} cannot be sent; send data only`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (known.has(value)) return known.get(value);
  const keep = <Copy extends object>(copy: Copy): Copy => {
    known.set(value, copy);
    return copy;
  };
  if (Array.isArray(value)) {
    const copy = keep(new Array<unknown>(value.length));
    for (const [index, element] of value.entries()) copy[index] = copyOf(element, known);
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    const copy = keep<Record<string, unknown>>({});
    for (const [name, member] of Object.entries(value)) {
      // `__proto__` as a name of data must not set the prototype.
      Object.defineProperty(copy, name, {
        value: copyOf(member, known),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return copy;
  }
  if (prototype === Map.prototype) {
    const copy = keep(new Map<unknown, unknown>());
    for (const [key, member] of value as Map<unknown, unknown>) copy.set(copyOf(key, known), copyOf(member, known));
    return copy;
  }
  if (prototype === Set.prototype) {
    const copy = keep(new Set<unknown>());
    for (const member of value as Set<unknown>) copy.add(copyOf(member, known));
    return copy;
  }
  return isOfHost(value, prototype) ? keep(structuredClone(value)) : value;
}

/** Whether an object is a direct instance of a built-in class: a `Date`, a `Uint8Array`; not a subclass, not an error. */
function isOfHost(value: object, prototype: unknown): boolean {
  const brand = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const builtin = (globalThis as Record<string, unknown>)[brand] as { prototype?: unknown } | undefined;
  return brand !== 'Error' && brand !== 'Object' && builtin?.prototype === prototype;
}
