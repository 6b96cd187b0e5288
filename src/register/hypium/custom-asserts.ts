// Assertions that an application adds to `expect`: `Hypium.registerAssert`.

import { inspect } from 'node:util';
import type { AnyFunction } from './any-function.ts';

/** What an assertion of an application gives. */
export interface AssertResult {
  /** Whether it holds. */
  readonly pass: boolean;
  /** Why not. */
  readonly message: string;
}

/** `undefined`: it was there. */
const asserts = new Map<string, AnyFunction | undefined>();

/**
 * Adds an assertion under the name of the function.
 *
 * @param customAssertion  gets the value and what the assertion is called with, and returns an {@link AssertResult} or a
 *                         promise of one
 */
export function registerAssert(customAssertion: AnyFunction): void {
  if (typeof customAssertion !== 'function' || customAssertion.name === '') {
    throw new Error(
      `registerAssert got ${inspect(customAssertion)}; give it a function with a name, which expect() then has`,
    );
  }
  asserts.set(customAssertion.name, customAssertion);
}

/** Takes an assertion away, by its function or name. Calling it throws from now on. */
export function unregisterAssert(customAssertion: string | AnyFunction): void {
  const name = typeof customAssertion === 'function' ? customAssertion.name : customAssertion;
  if (!asserts.has(name)) {
    throw new Error(
      `unregisterAssert got ${inspect(customAssertion)}; give it what registerAssert was given, or its name`,
    );
  }
  asserts.set(name, undefined);
}

/** The assertions by name; `undefined` for those that were taken away. */
export function customAsserts(): Iterable<readonly [name: string, assertion: AnyFunction | undefined]> {
  return asserts;
}
