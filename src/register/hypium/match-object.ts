// How `assertMatchObj` compares: only the properties that are expected, each by value, matcher or object within.

import { inspect } from 'node:util';
import { matcherOf } from './argument-matchers.ts';

/** Objects within objects that are compared. */
const DEPTH = 6;

/** What does not match, each with its place: `user.name is 'a', not 'b'`. */
export function mismatches(expected: unknown, actual: unknown, place = '', depth = 0): string[] {
  if (!isObject(expected)) return [`${place || 'what is expected'} is ${show(expected)}, not an object`];
  if (!isObject(actual)) return [`${place || 'the value'} is ${show(actual)}, not an object`];
  if (depth > DEPTH) return [`${place} is too deep: assertMatchObj compares ${DEPTH} objects within one another`];
  return Object.entries(expected).flatMap(([key, wanted]) => {
    const path = place === '' ? key : `${place}.${key}`;
    if (!Object.hasOwn(actual, key)) return [`${path} is missing`];
    const value: unknown = Reflect.get(actual, key);
    const matcher = matcherOf(wanted);
    if (matcher === undefined && isObject(wanted) && !Array.isArray(wanted))
      return mismatches(wanted, value, path, depth + 1);
    const isMatch = matcher === undefined ? value === wanted : matcher.accepts(value);
    return isMatch ? [] : [`${path} is ${show(value)}, not ${show(matcher ?? wanted)}`];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return inspect(value, { depth: 1, compact: true, breakLength: Number.POSITIVE_INFINITY });
}
