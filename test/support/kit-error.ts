// What tests of kits expect of an error.

import assert from 'node:assert/strict';
import { BusinessError } from '../../src/kit/index.ts';

/** Asserts that a call throws a `BusinessError` with a code and a text. */
export function throwsKitError(call: () => unknown, code: number, message?: string | RegExp): void {
  assert.throws(call, (error) => isKitError(error, code, message));
}

/** Asserts that a promise is rejected with a `BusinessError` with a code and a text. */
export async function rejectsKitError(
  promise: Promise<unknown>,
  code: number,
  message?: string | RegExp,
): Promise<void> {
  await assert.rejects(promise, (error) => isKitError(error, code, message));
}

function isKitError(error: unknown, code: number, message: string | RegExp | undefined): true {
  assert.ok(error instanceof BusinessError, `${String(error)} is a BusinessError`);
  assert.equal(error.code, code);
  if (typeof message === 'string') assert.equal(error.message, message);
  if (message instanceof RegExp) assert.match(error.message, message);
  return true;
}
