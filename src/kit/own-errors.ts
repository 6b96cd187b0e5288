// Which errors the kit has made. A program that does not handle one of them goes on, and one line is printed. Errors of
// the application itself are treated as they would be without this package.

import { isError } from '../core/brands.ts';
import { thrownText } from './described.ts';
import { diagnostics, warn } from './diagnostics.ts';

/** The part of a `BusinessError` that is used here. */
interface KitError extends Error {
  readonly code: number;
}

/** Each error of the kit, and the call that it answered, if any: `WebSocket.send`. */
const calls = new WeakMap<object, string | undefined>();
let isGuarded = false;
/** The code of `error` events, which do not answer a call. */
const EVENT_CODE = 200;

/** Remembers that the kit made an error, and writes it to the debug log. */
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

/** Remembers that an error answers a call. It then counts as one of the kit, even if the application made it. */
export function answerWith(error: KitError, call: string): void {
  if (calls.get(error) === undefined) calls.set(error, call);
}

/** Whether the kit made an error. */
export function isOwn(error: unknown): error is KitError {
  return typeof error === 'object' && error !== null && calls.has(error);
}

/**
 * Warns that nothing has handled the rejection of a call.
 *
 * @param errors  one, or the errors of several calls that `Promise.any` gathered
 */
export function reportUnhandled(...errors: KitError[]): void {
  const failures = errors.map((error) => {
    const call = calls.get(error) ?? (error.code === EVENT_CODE ? 'a connection' : 'a call');
    return { kind: `${call} ${error.code}`, text: `${call} failed with ${summary(error)}` };
  });
  const text = failures.map((failure) => failure.text).join('; ');
  warn(failures[0]?.kind ?? '', `${text} (nothing handles this rejection: use await in try, or catch)`);
}

/**
 * The host's text for an error of `Promise.any`. By it such an error differs from an AggregateError of the application.
 */
let anyText: string | undefined;

function learnAnyText(): void {
  Promise.any([]).catch((error: AggregateError) => {
    anyText = error.message;
  });
}

/** The errors that `Promise.any` gathered, if the kit made all of them. */
function gathered(reason: unknown): KitError[] {
  try {
    if (!isError(reason) || reason.name !== 'AggregateError' || reason.message !== anyText) return [];
    const { errors } = reason as AggregateError;
    return Array.isArray(errors) && errors.every(isOwn) ? errors : [];
  } catch {
    return []; // a revoked proxy, a throwing getter
  }
}

/** Code, text and reason of an error in one line. */
export function summary(error: KitError): string {
  const { cause } = error;
  const reason = cause === undefined ? '' : `: ${isOwn(cause) ? summary(cause) : thrownText(cause)}`;
  return `${error.code} ${JSON.stringify(error.message)}${reason}`;
}

/**
 * For the `failed` option of the engine, which has closed the connection with 1011. Listeners of the application run
 * elsewhere, so the kit itself has thrown, for example for lack of memory. That must not end the process.
 */
export function reportFailed(error: unknown): void {
  warn('failed', `a connection was closed with 1011 after an error inside the kit: ${thrownText(error)}`);
}
