// Errors that the kit has made, known from those of the application. A program that forgets to handle one of ours goes on
// and is told in one line; an error of the application itself surfaces as it would without this package.

import { isError } from '../core/brands.ts';
import { thrownText } from './described.ts';
import { diagnostics, warn } from './diagnostics.ts';

/** What is used of a `BusinessError`. */
interface KitError extends Error {
  readonly code: number;
}

/** Each of ours, and the call that it answered, if it did: `WebSocket.send`. */
const calls = new WeakMap<object, string | undefined>();
let isGuarded = false;
/** Of `error` events, which answer no call. */
const EVENT_CODE = 200;

/** Notes that an error is of the kit, and writes it to the debug log. */
export function own<E extends KitError>(error: E): E {
  const { debug, guard } = diagnostics();
  if (!calls.has(error)) calls.set(error, undefined);
  debug?.(`made a BusinessError: ${summary(error)}`);
  if (!isGuarded) {
    isGuarded = true;
    learnAnyText();
    guard((reason) => {
      const errors = isOwn(reason) ? [reason] : gathered(reason);
      if (errors.length === 0) return false;
      reportUnhandled(...errors);
      return true;
    });
  }
  return error;
}

/** Notes that a call is answered with an error. From now on it is one of ours, whoever made it. */
export function answerWith(error: KitError, call: string): void {
  if (calls.get(error) === undefined) calls.set(error, call);
}

/** Whether an error is of the kit. */
export function isOwn(error: unknown): error is KitError {
  return typeof error === 'object' && error !== null && calls.has(error);
}

/**
 * Says that nobody has handled the rejection of a call.
 *
 * @param errors  one, or those of several calls that are rejected as one
 */
export function reportUnhandled(...errors: KitError[]): void {
  const failures = errors.map((error) => {
    const call = calls.get(error) ?? (error.code === EVENT_CODE ? 'a connection' : 'a call');
    return { kind: `${call} ${error.code}`, text: `${call} failed with ${summary(error)}` };
  });
  const text = failures.map((failure) => failure.text).join('; ');
  warn(failures[0]?.kind ?? '', `${text} (nothing handles this rejection: use await in try, or catch)`);
}

/** The host's text of the error that `Promise.any` rejects with. It tells that one from those that an application makes. */
let anyText: string | undefined;

function learnAnyText(): void {
  Promise.any([]).catch((error: AggregateError) => {
    anyText = error.message;
  });
}

/** The errors that `Promise.any` has gathered, if all of them are of the kit. */
function gathered(reason: unknown): KitError[] {
  try {
    if (!isError(reason) || reason.name !== 'AggregateError' || reason.message !== anyText) return [];
    const { errors } = reason as AggregateError;
    return Array.isArray(errors) && errors.every(isOwn) ? errors : [];
  } catch {
    return []; // a revoked proxy, a throwing getter
  }
}

/** Code, text and reason. */
export function summary(error: KitError): string {
  const { cause } = error;
  const reason = cause === undefined ? '' : `: ${isOwn(cause) ? summary(cause) : thrownText(cause)}`;
  return `${error.code} ${JSON.stringify(error.message)}${reason}`;
}

/**
 * For the engine, which closes the connection with 1011: what was thrown is the kit's own, as memory that a copy of a
 * message needs, since listeners of the application are called apart. It must not end the process.
 */
export function reportFailed(error: unknown): void {
  warn('failed', `a connection was closed with 1011, because of an error of the kit's own: ${thrownText(error)}`);
}
