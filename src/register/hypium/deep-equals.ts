// Deep equality as hypium's `assertDeepEquals` means it. It differs from `util.isDeepStrictEqual` in errors (equal when
// their messages are), in functions and promises (by identity) and in the keys of maps (by identity). Node's own checks tell
// what a value is, since they know values of every realm: under Jest or Vitest the tests have another one than this file.

import { types } from 'node:util';
import { isError, plainBytesOf } from '../../core/brands.ts';

/** Whether the two are deeply equal on a device. */
export function deepEquals(left: unknown, right: unknown): boolean {
  return compare(left, right, []);
}

/** @param pairs  Pairs of objects under comparison further out: cycles are equal where they close alike. */
function compare(left: unknown, right: unknown, pairs: ReadonlyArray<readonly [object, object]>): boolean {
  if (isError(left) && isError(right)) return left.message === right.message;
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const kind = kindOf(left);
  if (kind !== kindOf(right) || kind === 'promise') return false;
  if (tagOf(left) !== tagOf(right)) return false;
  const met = pairs.find(([outer]) => outer === left);
  if (met !== undefined) return met[1] === right;
  const inner = [...pairs, [left, right] as const];
  switch (kind) {
    case 'boxed':
      return Object.is(unbox(left), unbox(right));
    case 'regexp':
      return String(left) === String(right);
    case 'bytes':
      return equalBytes(left, right);
    case 'array':
      if ((left as unknown[]).length !== (right as unknown[]).length) return false;
      break;
    case 'map':
      if (!equalMaps(left as Map<unknown, unknown>, right as Map<unknown, unknown>, inner)) return false;
      break;
    case 'set':
      if (!equalSets(left as Set<unknown>, right as Set<unknown>, inner)) return false;
      break;
    default:
      if (!isSameClass(left, right)) return false;
  }
  const keys = ownKeys(left);
  return (
    keys.length === ownKeys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && compare(left[key as never], right[key as never], inner))
  );
}

type Kind = 'array' | 'boxed' | 'bytes' | 'map' | 'promise' | 'regexp' | 'set' | 'other';

function kindOf(value: object): Kind {
  if (Array.isArray(value)) return 'array';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return 'bytes';
  if (types.isDate(value) || types.isBoxedPrimitive(value)) return 'boxed';
  if (types.isMap(value)) return 'map';
  if (types.isSet(value)) return 'set';
  if (types.isRegExp(value)) return 'regexp';
  return types.isPromise(value) ? 'promise' : 'other';
}

/** The tag that `Object.prototype.toString` shows: for binary data its class, in every realm. */
function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function unbox(value: object): unknown {
  return types.isDate(value) ? Number(value) : value.valueOf();
}

function equalBytes(left: object, right: object): boolean {
  if (classNameOf(left) !== classNameOf(right)) return false;
  const [ours, theirs] = [plainBytesOf(left), plainBytesOf(right)];
  if (typeof ours !== 'object' || typeof theirs !== 'object') return ours === theirs;
  return ours.length === theirs.length && ours.every((byte, index) => byte === theirs[index]);
}

/** Whether they are of one class. Plain objects of two realms are. */
function isSameClass(left: object, right: object): boolean {
  return left.constructor === right.constructor || (isPlain(left) && isPlain(right));
}

function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) !== null) return false;
  return classNameOf(value) === 'Object' && Object.hasOwn(prototype, 'isPrototypeOf');
}

function classNameOf(value: object): string | undefined {
  return (value.constructor as { readonly name?: string } | undefined)?.name;
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
