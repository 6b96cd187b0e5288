// hypium's `expect`. The rules are those of a device, even where they are peculiar, because a test that passes here has to
// pass there. The texts are ours.

import { inspect } from 'node:util';
import { isError } from '../../core/brands.ts';
import { AssertException } from './assert-exception.ts';
import { type AssertResult, customAsserts } from './custom-asserts.ts';
import { deepEquals } from './deep-equals.ts';
import { mismatches } from './match-object.ts';

/** Assertions about one value. Those about promises look at the state that the promise has now. */
export interface Assert {
  /** The opposite of the assertion that follows. */
  not(): Assert;
  /** A text to put before that of the failure. */
  message(text: string): Assert;
  /** The difference to `expected` is less than `precision` times the value. */
  assertClose(expected: number, precision: number): void;
  /** A string contains another; an array or object has an equal (`==`) element. */
  assertContain(expected: unknown): void;
  /** `===`. */
  assertEqual(expected: unknown): void;
  assertDeepEquals(expected: unknown): void;
  /**
   * An object has these properties itself, with these values (`===`): objects within are compared in the same way, arrays by
   * identity. A member of `ArgumentMatchers` stands for the values that it accepts.
   */
  assertMatchObj(expected: object): void;
  /** Fails. */
  assertFail(): void;
  assertFalse(): void;
  assertTrue(): void;
  /** The name that `Object.prototype.toString` shows: `'String'`, `'Array'`, `'ArrayBuffer'`; `'Object'` for classes. */
  assertInstanceOf(name: string): void;
  assertLarger(expected: number): void;
  assertLess(expected: number): void;
  assertLargerOrEqual(expected: number): void;
  assertLessOrEqual(expected: number): void;
  assertNaN(): void;
  /** -Infinity. */
  assertNegUnlimited(): void;
  /** Infinity. */
  assertPosUnlimited(): void;
  assertNull(): void;
  assertUndefined(): void;
  /** Calling the value throws an error with this message, or of this class. */
  assertThrowError(expected: string | (abstract new (...parameters: never[]) => unknown)): void;
  assertPromiseIsPending(): Promise<void>;
  assertPromiseIsRejected(): Promise<void>;
  /** The reason is the same as JSON. */
  assertPromiseIsRejectedWith(expected?: unknown): Promise<void>;
  /** A class, a message, or both. The class is compared by the name that its errors have. */
  assertPromiseIsRejectedWithError(...expected: unknown[]): Promise<void>;
  assertPromiseIsResolved(): Promise<void>;
  /** The value is the same as JSON. */
  assertPromiseIsResolvedWith(expected?: unknown): Promise<void>;
}

/** The test that runs, as far as assertions speak to it. */
export interface AssertionListener {
  /** An assertion has failed; it throws the error as well. */
  failed(error: Error): void;
  /** An assertion about a promise is being made. */
  pending(assertion: Promise<void>): void;
}

/**
 * Whether the assertion holds, and what was expected, to follow "expected X to" or "expected X not to"; or the whole text of
 * the failure.
 */
type Verdict = readonly [holds: boolean, expectation: string, text?: string | undefined];
type Check = (actual: unknown, ...expected: never[]) => Verdict | Promise<Verdict>;

const checks: Omit<{ [Name in keyof Assert]: Check }, 'not' | 'message'> = {
  assertClose(actual, expected: number, precision: number) {
    if (actual === null && expected === null) throw new Error('assertClose compares numbers; both values are null');
    const value = actual as number;
    const difference = Math.abs(expected - value);
    const holds = value === 0 ? difference === 0 : difference / Math.abs(value) < precision;
    return [holds, `be within ${show(precision)} of ${show(expected)}, in proportion`];
  },
  assertContain: (actual, expected: unknown) => [contains(actual, expected), `contain ${show(expected)}`],
  assertEqual: (actual, expected: unknown) => [actual === expected, `equal ${show(expected)}`],
  assertMatchObj(actual, expected: object) {
    const found = mismatches(expected, actual);
    return [found.length === 0, [`match ${show(expected)}`, ...found].join('; ')];
  },
  assertDeepEquals: (actual, expected: unknown) => [deepEquals(actual, expected), `deeply equal ${show(expected)}`],
  assertFail: () => [false, 'never be reached'],
  assertFalse: (actual) => [actual === false, 'be false'],
  assertTrue: (actual) => [actual === true, 'be true'],
  assertInstanceOf(actual, name: string) {
    const tag = Object.prototype.toString.call(actual);
    return [tag === `[object ${name}]`, `be of type ${name}; it is ${tag}`];
  },
  assertLarger: (actual, expected: number) => [(actual as number) > expected, `be larger than ${show(expected)}`],
  assertLess: (actual, expected: number) => [(actual as number) < expected, `be less than ${show(expected)}`],
  assertLargerOrEqual: (actual, expected: number) => [(actual as number) >= expected, `be at least ${show(expected)}`],
  assertLessOrEqual: (actual, expected: number) => [(actual as number) <= expected, `be at most ${show(expected)}`],
  assertNaN: (actual) => [Number.isNaN(actual), 'be NaN'],
  assertNegUnlimited: (actual) => [actual === Number.NEGATIVE_INFINITY, 'be -Infinity'],
  assertPosUnlimited: (actual) => [actual === Number.POSITIVE_INFINITY, 'be Infinity'],
  assertNull: (actual) => [actual === null, 'be null'],
  assertUndefined: (actual) => [actual === undefined, 'be undefined'],
  assertThrowError(actual, expected: string | (new () => unknown)) {
    if (typeof actual !== 'function') throw new Error(`assertThrowError needs a function, not ${show(actual)}`);
    const wanted = typeof expected === 'function' ? expected.name : show(expected);
    try {
      actual();
    } catch (error) {
      const holds =
        typeof expected === 'function' ? isInstance(error, expected) : isError(error) && error.message === expected;
      return [holds, `throw ${wanted}; it threw ${show(error)}`];
    }
    return [false, `throw ${wanted}; it threw nothing`];
  },
  assertPromiseIsPending: (actual) => settled(actual, 'be pending', () => false, true),
  assertPromiseIsRejected: (actual) => settled(actual, 'be rejected', (outcome) => 'reason' in outcome),
  assertPromiseIsRejectedWith: (actual, expected?: unknown) =>
    settled(
      actual,
      `be rejected with ${show(expected)}`,
      (outcome) => 'reason' in outcome && sameJson(outcome.reason, expected),
    ),
  assertPromiseIsRejectedWithError: (actual, ...expected: unknown[]) =>
    settled(
      actual,
      `be rejected with the error ${expected.map(errorName).join(', ')}`,
      (outcome) => 'reason' in outcome && isExpectedError(outcome.reason, expected),
    ),
  assertPromiseIsResolved: (actual) => settled(actual, 'be resolved', (outcome) => 'value' in outcome),
  assertPromiseIsResolvedWith: (actual, expected?: unknown) =>
    settled(
      actual,
      `be resolved with ${show(expected)}`,
      (outcome) => 'value' in outcome && sameJson(outcome.value, expected),
    ),
};

/** Makes `expect`. */
export function createExpect(listener: AssertionListener): (actual?: unknown) => Assert {
  return (actual) => {
    let isNegated = false;
    let prefix = '';

    const judge = ([holds, expectation, ownText]: Verdict, from: () => unknown): void => {
      if (holds !== isNegated) return;
      const sentence = `expected ${show(actual)} ${isNegated ? 'not ' : ''}to ${expectation}`;
      const text = isNegated ? sentence : (ownText ?? sentence);
      const error = new AssertException(prefix === '' ? text : `${prefix}: ${text}`);
      Error.captureStackTrace(error, from); // The first frame is the assertion in the test.
      listener.failed(error);
      throw error;
    };

    const assertions = [...Object.entries(checks), ...customChecks()].map(([name, check]) => {
      const assertion = (...expected: unknown[]): unknown => {
        const verdict = (check as (...values: unknown[]) => Verdict | Promise<Verdict>)(actual, ...expected);
        if (Array.isArray(verdict)) return judge(verdict as Verdict, assertion);
        // Where the test called: the stack of a promise's reaction does not show it.
        const place = new Error();
        Error.captureStackTrace(place, assertion);
        const judged = (verdict as Promise<Verdict>).then((settledVerdict) => {
          try {
            judge(settledVerdict, assertion);
          } catch (error) {
            (error as Error).stack = `${error}\n${place.stack?.split('\n').slice(1).join('\n')}`;
            throw error;
          }
        });
        // A test that awaits it sees the failure there; for any other test it is the failure of the test.
        judged.catch(() => {});
        listener.pending(judged);
        return judged;
      };
      return [name, assertion] as const;
    });

    const face: Assert = Object.assign(Object.fromEntries(assertions) as unknown as Assert, {
      not: () => {
        isNegated = true;
        return face;
      },
      message: (text: string) => {
        prefix = text;
        return face;
      },
    });
    return face;
  };
}

/** Checks of the application's own assertions, as of now: `expect` makes an object with all of them. */
function customChecks(): Array<readonly [name: string, check: Check]> {
  return [...customAsserts()].map(([name, assertion]) => [
    name,
    (actual, ...expected) => {
      // The text of a device.
      if (assertion === undefined) throw new Error(`${name} is unregistered`);
      const result: unknown = Reflect.apply(assertion, undefined, [actual, ...expected]);
      return isPromiseLike(result) ? result.then((settled) => verdictOf(name, settled)) : verdictOf(name, result);
    },
  ]);
}

function verdictOf(name: string, result: unknown): Verdict {
  const { pass, message } = (result ?? {}) as Partial<AssertResult>;
  if (typeof pass !== 'boolean') {
    throw new Error(
      `${name} returned ${show(result)}; an assertion of the application returns { pass: boolean, message: string }`,
    );
  }
  return [pass, `hold for ${name}`, message === undefined || message === '' ? undefined : String(message)];
}

function isPromiseLike(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function show(value: unknown): string {
  return inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY, compact: true });
}

function contains(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'string') return actual.includes(String(expected));
  // biome-ignore lint/suspicious/noDoubleEquals: the device compares so
  return Object.values(actual ?? {}).some((value) => value == expected);
}

type Outcome = { readonly value: unknown } | { readonly reason: unknown };

/** Judges a promise by its present state: one that settles later counts as pending. */
async function settled(
  actual: unknown,
  expectation: string,
  holds: (outcome: Outcome) => boolean,
  holdsPending = false,
): Promise<Verdict> {
  if (!isPromiseLike(actual)) {
    return [false, `${expectation}; it is not a promise`];
  }
  const pending = Symbol('pending');
  const outcome: Outcome | typeof pending = (await Promise.race([
    actual.then(
      (value) => ({ value }),
      (reason: unknown) => ({ reason }),
    ),
    // As late as the reaction above to a promise that has settled.
    Promise.resolve().then(() => pending),
  ])) as Outcome | typeof pending;
  if (outcome === pending) return [holdsPending, `${expectation}; it is pending`];
  const state = 'value' in outcome ? `resolved with ${show(outcome.value)}` : `rejected with ${show(outcome.reason)}`;
  return [holds(outcome), `${expectation}; it is ${state}`];
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isExpectedError(reason: unknown, [first, second, ...more]: unknown[]): boolean {
  const { name, message } = reason as Error;
  if (more.length > 0) return false;
  if (second === undefined) {
    if (typeof first === 'function') return first.name === (Object.getPrototypeOf(reason) as Error).name;
    return typeof first === 'string' && first === message;
  }
  return typeof first === 'function' && first.name === name && second === message;
}

/** As `instanceof`; the errors that the language has are also of their class when they come from another realm. */
function isInstance(error: unknown, expected: abstract new () => unknown): boolean {
  if (error instanceof expected) return true;
  if (!isError(error) || Reflect.get(globalThis, expected.name) !== expected) return false;
  for (let level: object | null = error; level !== null; level = Object.getPrototypeOf(level)) {
    if (Object.hasOwn(level, 'constructor') && level.constructor.name === expected.name) return true;
  }
  return false;
}

function errorName(expected: unknown): string {
  return typeof expected === 'function' ? expected.name : show(expected);
}
