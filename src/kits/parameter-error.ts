// Errors for wrong arguments, as the modules of `@kit.ArkTS` throw them. The texts are those of a device.

import { BusinessError } from './host.ts';

/** Makes an error with code 401. */
export function parameterError(text: string): BusinessError {
  return new BusinessError(401, `Parameter error. ${text}`);
}

/** Makes an error with code 401 that names the value and what it must be: `string`, `Uint8Array or string`. */
export function typeError(value: unknown, expected: string): BusinessError {
  return parameterError(`The type of ${textOf(value)} must be ${expected}`);
}

/** Refuses a value that is not a function. */
export function requireFunction(value: unknown): void {
  if (typeof value !== 'function') throw typeError(value, 'function');
}

/** The value as a template string shows it; for values that have no such text, their class. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
