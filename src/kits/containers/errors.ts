// Errors of containers, with a device's codes and texts.

import { BusinessError } from '../host.ts';
import { textOf } from '../parameter-error.ts';

/** A method was called on something else than its container. */
export function bindError(method: string): BusinessError {
  return new BusinessError(10200011, `The ${method} method cannot be bound`);
}

/** There is nothing to remove. */
export function emptyError(): BusinessError {
  return new BusinessError(10200010, 'Container is empty');
}

/** The element to remove is not there. */
export function missingError(): BusinessError {
  return new BusinessError(10200017, 'The element does not exist in this container');
}

/** An argument has another type. */
export function argumentError(name: string, expected: string, value: unknown): BusinessError {
  return new BusinessError(401, `The type of "${name}" must be ${expected}. Received value is: ${textOf(value)}`);
}

/** Refuses a value that is not a function. */
export function requireCallable(name: string, value: unknown): void {
  if (typeof value !== 'function') throw argumentError(name, 'callable', value);
}

/** Refuses a value that is not an integer of 32 bits. */
export function requireInteger(name: string, value: unknown): asserts value is number {
  if ((Number(value) | 0) !== value) throw argumentError(name, 'small integer', value);
}

/** Refuses a value that is not an integer, with another text. */
export function requireNumber(name: string, value: unknown): void {
  if (!Number.isInteger(value)) throw argumentError(name, 'number', value);
}

/** Refuses a value that is not an integer from 0 to a bound. */
export function requireIndex(name: string, value: number, last: number): void {
  requireInteger(name, value);
  if (value >= 0 && value <= last) return;
  const text = `The value of "${name}" is out of range. It must be >= 0 && <= ${last}. Received value is: ${value}`;
  throw new BusinessError(10200001, text);
}

/** Refuses a value that is not the index of one of so many elements. */
export function requireElement(index: number, length: number): void {
  requireInteger('index', index);
  if (length === 0) throw new BusinessError(10200001, 'Container is empty');
  requireIndex('index', index, length - 1);
}

/** Refuses a range that is not within so many elements. */
export function requireRange(from: number, to: number, length: number): void {
  requireInteger('fromIndex', from);
  requireInteger('toIndex', to);
  if (length === 0) throw new BusinessError(10200001, 'Container is empty');
  requireIndex('fromIndex', from, Math.min(to, length) - 1);
  requireIndex('toIndex', to, length);
}

/** Makes the call of a class without `new` throw a device's error. */
export function refuseCalls<Class extends object>(type: Class, name: string): Class {
  const text = `The ${name}'s constructor cannot be directly invoked`;
  return throwOnCall(type, () => new BusinessError(10200012, text));
}

/** {@link refuseCalls} for `Vector`, which has no error codes. */
export function refuseCallsOfVector<Class extends object>(type: Class): Class {
  return throwOnCall(type, () => new TypeError("new target can't be undefined"));
}

function throwOnCall<Class extends object>(type: Class, error: () => Error): Class {
  return new Proxy(type, {
    apply() {
      throw error();
    },
  });
}
