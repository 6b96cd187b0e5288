// What tests ask of the engine's failures: which one, that its text helps, and that it came on the right channel.

import assert from 'node:assert/strict';
import { type ErrorCode, WebSocketError } from '../../src/core/errors.ts';
import type { DrainResult } from '../../src/server/options.ts';
import type { Scope } from './handles.ts';
import { Inbox } from './inbox.ts';

/** The error that `promise` rejects with: a WebSocketError of this code whose text has all of `parts`. */
export async function rejectsWith(
  promise: Promise<unknown>,
  code: ErrorCode,
  ...parts: readonly (string | RegExp)[]
): Promise<WebSocketError> {
  let error: unknown;
  try {
    await promise;
  } catch (reason) {
    error = reason;
  }
  return isError(error, code, ...parts);
}

/** Checks an error that was reported in another way. */
export function isError(error: unknown, code: ErrorCode, ...parts: readonly (string | RegExp)[]): WebSocketError {
  assert.ok(error instanceof WebSocketError, `expected ${code}, got ${error === undefined ? 'no error' : error}`);
  assert.equal(error.code, code, error.message);
  for (const part of parts) {
    if (typeof part === 'string') assert.ok(error.message.includes(part), `${error.message}\n  lacks ${part}`);
    else assert.match(error.message, part);
  }
  return error;
}

/** Takes the uncaught exceptions of the process for the rest of the test. */
export function uncaughtExceptions(scope: Scope): Inbox<Error> {
  const inbox = new Inbox<Error>();
  process.setUncaughtExceptionCaptureCallback(null); // of a test that failed
  process.setUncaughtExceptionCaptureCallback(inbox.push);
  scope.defer(() => process.setUncaughtExceptionCaptureCallback(null));
  return inbox;
}

/** Takes the rejections that nobody handles for the rest of the test, away from other listeners: those of the test runner. */
export function unhandledRejections(scope: Pick<Scope, 'defer'>): Inbox<unknown> {
  const inbox = new Inbox<unknown>();
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', inbox.push);
  scope.defer(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  return inbox;
}

/** How the connections of a drain ended, without codes and time. */
export function ends(result: DrainResult | undefined): Pick<DrainResult, 'closed' | 'terminated'> {
  assert.ok(result);
  return { closed: result.closed, terminated: result.terminated };
}
