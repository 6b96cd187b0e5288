// Deep equality as hypium's `assertDeepEquals` means it. It differs from `util.isDeepStrictEqual` in errors (equal by
// their message alone), in functions and promises (by identity) and in the keys of maps (by identity).

/** Whether the two are deeply equal on a device. */
export function deepEquals(left: unknown, right: unknown): boolean {
  return compare(left, right, []);
}

/** @param pairs  Pairs of objects under comparison further out: cycles are equal where they close alike. */
function compare(left: unknown, right: unknown, pairs: ReadonlyArray<readonly [object, object]>): boolean {
  if (left instanceof Error && right instanceof Error) return left.message === right.message;
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const tag = Object.prototype.toString.call(left);
  if (tag !== Object.prototype.toString.call(right) || left instanceof Promise) return false;
  const met = pairs.find(([outer]) => outer === left);
  if (met !== undefined) return met[1] === right;
  if (isBoxed(left)) return Object.is(left.valueOf(), right.valueOf());
  if (left instanceof ArrayBuffer) return compare(new Uint8Array(left), new Uint8Array(right as ArrayBuffer), pairs);
  if (left instanceof RegExp) return String(left) === String(right);

  const inner = [...pairs, [left, right] as const];
  if (Array.isArray(left)) {
    if (left.length !== (right as unknown[]).length) return false;
  } else if (left instanceof Map) {
    if (!equalMaps(left, right as Map<unknown, unknown>, inner)) return false;
  } else if (left instanceof Set) {
    if (!equalSets(left, right as Set<unknown>, inner)) return false;
  } else if (left.constructor !== right.constructor) {
    return false;
  }
  const keys = ownKeys(left);
  return (
    keys.length === ownKeys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && compare(left[key as never], right[key as never], inner))
  );
}

function isBoxed(value: object): boolean {
  return value instanceof Date || value instanceof String || value instanceof Number || value instanceof Boolean;
}

function equalMaps(
  left: ReadonlyMap<unknown, unknown>,
  right: ReadonlyMap<unknown, unknown>,
  pairs: ReadonlyArray<readonly [object, object]>,
): boolean {
  if (left.size !== right.size) return false;
  return [...left].every(([key, value]) => right.has(key) && compare(value, right.get(key), pairs));
}

function equalSets(
  left: ReadonlySet<unknown>,
  right: ReadonlySet<unknown>,
  pairs: ReadonlyArray<readonly [object, object]>,
): boolean {
  if (left.size !== right.size) return false;
  const has = (set: ReadonlySet<unknown>, wanted: unknown) => [...set].some((value) => compare(wanted, value, pairs));
  // Both ways: two elements of one may equal the same element of the other.
  return [...left].every((value) => has(right, value)) && [...right].every((value) => has(left, value));
}

function ownKeys(value: object): Array<string | symbol> {
  const symbols = Object.getOwnPropertySymbols(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  return [...Object.keys(value), ...symbols];
}
