// What an application gives as a body, as bytes.

import { isArrayBuffer } from '../host.ts';

/**
 * Returns the bytes of a body: a string in UTF-8, an ArrayBuffer copied, any other object as JSON. As on a device, a typed
 * array is such an object.
 *
 * @returns `undefined` for values that cannot be a body
 */
export function bodyOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  if (isArrayBuffer(value)) return Buffer.from(new Uint8Array(value));
  if (typeof value !== 'object' || value === null) return undefined;
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? undefined : Buffer.from(text);
}
