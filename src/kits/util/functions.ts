// The functions of `util` that have no class: errors of the system, callbacks and promises, UUIDs, hashes, the stack.

import { BusinessError, systemErrorText } from '../host.ts';
import { requireFunction, textOf, typeError } from '../parameter-error.ts';

/**
 * Returns the text of an error number of the system.
 *
 * @param errno  negative, as in `-2` for a missing file. As on a device, its lowest 32 bits are taken
 * @throws BusinessError 401 if it is not a number
 */
export function errnoToString(errno: number): string {
  if (typeof errno !== 'number') throw typeError(errno, 'number');
  const number = errno | 0;
  return systemErrorText(number) ?? `Unknown system error ${number}`;
}

/**
 * The same as `errnoToString`, under its first name.
 *
 * @deprecated use `errnoToString`
 */
export function getErrorString(errno: number): string {
  return errnoToString(errno);
}

/**
 * Makes a function with a callback of an asynchronous function. The callback is the last argument. It gets `null` and the
 * value, or the reason of the rejection and `null`.
 *
 * @param original  an async function; for others a line is printed, as on a device
 * @throws BusinessError 401 if it is not a function
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function callbackWrapper(original: Function): (err: Object, value: Object) => void {
  requireFunction(original);
  if (original.constructor.name !== 'AsyncFunction') {
    console.error('callbackWrapper: The type of Parameter must be AsyncFunction');
  }
  return function withCallback(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    if (typeof callback !== 'function') throw new Error('maybe is not function');
    Promise.resolve(Reflect.apply(original, this, args)).then(
      (value) => callback(null, value),
      (reason) => callback(reason, null),
    );
  };
}

/**
 * Makes a function that returns a promise of a function whose last argument is a callback with an error and a value. Several
 * values become an array.
 *
 * @throws BusinessError 401 if it is not a function
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function promisify(original: (err: Object, value: Object) => void): Function {
  requireFunction(original);
  return function withPromise(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const callback = (error: unknown, ...values: unknown[]): void => {
        if (error) reject(error);
        else resolve(values.length > 1 ? values : values[0]);
      };
      Reflect.apply(original, this, [...args, callback]);
    });
  };
}

/**
 * The same as `promisify`, under its first name.
 *
 * @deprecated use `promisify`
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function promiseWrapper(original: (err: Object, value: Object) => void): Object {
  return promisify(original);
}

/**
 * Returns a random UUID of version 4 as text.
 *
 * @param entropyCache  has no effect on the result. Default `true`
 * @throws BusinessError 401 if it is not a boolean
 */
export function generateRandomUUID(entropyCache?: boolean): string {
  requireBoolean(entropyCache);
  return crypto.randomUUID();
}

/**
 * Returns a random UUID of version 4 as 16 bytes.
 *
 * @param entropyCache  has no effect on the result. Default `true`
 * @throws BusinessError 401 if it is not a boolean
 */
export function generateRandomBinaryUUID(entropyCache?: boolean): Uint8Array {
  requireBoolean(entropyCache);
  return bytesOf(crypto.randomUUID());
}

/**
 * Returns the 16 bytes of a UUID.
 *
 * @param uuid  36 characters, in upper or lower case. As on a device, there may be other text around them
 * @throws BusinessError 10200002 if it has no UUID in it, or is not a string
 */
export function parseUUID(uuid: string): Uint8Array {
  const found = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/i.exec(textOf(uuid));
  if (found === null) throw new BusinessError(10200002, `Syntax Error.Invalid ${textOf(uuid)} string`);
  return bytesOf(found[0]);
}

function bytesOf(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '').match(/../g)!;
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

function requireBoolean(value: unknown): void {
  if (value !== undefined && value !== null && typeof value !== 'boolean') throw typeError(value, 'boolean');
}

const hashes = new WeakMap<object, number>();

/**
 * Returns the hash of an object: a random number, the same for the same object.
 *
 * @returns an integer of 32 bits
 * @throws BusinessError 401 if it is not an object
 */
export function getHash(object: object): number {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null)
    throw typeError(object, 'object');
  let hash = hashes.get(object);
  if (hash === undefined) {
    hash = crypto.getRandomValues(new Int32Array(1))[0]!;
    hashes.set(object, hash);
  }
  return hash;
}

/**
 * Returns the call stack, at most 64 frames, a line each.
 *
 * Off the device: the stack of the calling thread; in a worker, that of the worker.
 */
export function getMainThreadStackTrace(): string {
  const { stackTraceLimit } = Error;
  const holder: { stack?: string } = {};
  Error.stackTraceLimit = 64;
  Error.captureStackTrace(holder, getMainThreadStackTrace);
  Error.stackTraceLimit = stackTraceLimit;
  return textOf(holder.stack).split('\n').slice(1).join('\n');
}
