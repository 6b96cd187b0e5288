// The errors of `buffer`, with the texts of a device, and the checks of its parameters. Each function that checks is told
// the parameter's name, which the text contains.

import { types } from 'node:util';
import { BusinessError } from '../host.ts';

const PARAMETER = 401;
const OUT_OF_RANGE = 10200001;
const SIZE_NOT_MULTIPLE = 10200009;
const READ_ONLY = 10200013;

/** The bound of sizes and offsets in texts of a device. */
export const LARGEST_SIZE = 2 ** 32;

/** The encodings, by the name of each in `node:buffer`. */
const encodings: Readonly<Record<string, NodeJS.BufferEncoding>> = {
  ascii: 'ascii',
  utf8: 'utf8',
  'utf-8': 'utf8',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  base64: 'base64',
  base64url: 'base64url',
  latin1: 'latin1',
  binary: 'latin1',
  hex: 'hex',
};

/** The encoding for `node:buffer`; `undefined` for a name that is not one, in any letter case. */
export function encodingNamed(name: unknown): NodeJS.BufferEncoding | undefined {
  if (typeof name !== 'string') return undefined;
  const key = name.toLowerCase();
  return Object.hasOwn(encodings, key) ? encodings[key] : undefined;
}

/** {@link encodingNamed}, or 401. */
export function encodingOf(name: unknown): NodeJS.BufferEncoding {
  const encoding = encodingNamed(name);
  if (encoding !== undefined) return encoding;
  const text = `The type of "encoding" must be BufferEncoding. the encoding ${String(name)} is unknown`;
  throw new BusinessError(PARAMETER, `Parameter error. ${text}`);
}

/** How a device names the type of a value. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const { constructor: kind } = value as { constructor?: { name?: unknown } };
  return typeof kind?.name === 'string' ? kind.name : 'unknown';
}

/**
 * The error for a parameter of another type.
 *
 * @param expected  names of types
 */
export function typeError(name: string, expected: readonly string[], value: unknown): BusinessError {
  const list = expected.join(', ').replace(',', ' or');
  const text = `The type of "${name}" must be ${list}. Received value is: ${typeName(value)}`;
  return new BusinessError(PARAMETER, `Parameter error. ${text}`);
}

/** Throws 401 for a value that is not a number. */
export function checkNumber(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number') throw typeError(name, ['number'], value);
}

/** Throws 401 for a value that is not a bigint. */
export function checkBigint(name: string, value: unknown): asserts value is bigint {
  if (typeof value !== 'bigint') throw typeError(name, ['bigint'], value);
}

/** Throws 401 for a value that is not a string. */
export function checkString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw typeError(name, ['string'], value);
}

/** Throws 401 for a value that is not a size, 0 to `most` bytes. */
export function checkSize(value: unknown, most: number): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value <= most) return;
  const received = typeof value === 'number' ? String(value) : typeName(value);
  const text = `The type of "size" must be number and the value cannot be negative. Received value is: ${received}`;
  throw new BusinessError(PARAMETER, `Parameter error. ${text}`);
}

/**
 * Throws 10200001 for a value outside a range, whose ends belong to it.
 *
 * @param lowest   the lower end in the text, if it differs
 * @param highest  the upper end in the text, if it differs
 */
export function checkRange<Value extends number | bigint>(
  name: string,
  value: Value,
  least: Value,
  most: Value,
  lowest: number | bigint | string = least,
  highest: number | bigint | string = most,
): void {
  if (value >= least && value <= most) return;
  if (typeof value === 'number' && Number.isNaN(value)) return; // As on a device: it counts as 0.
  const text = `The value of "${name}" is out of range. It must be >= ${lowest} and <= ${highest}.`;
  throw new BusinessError(OUT_OF_RANGE, `${text} Received value is: ${value}`);
}

/** Throws 10200001 for a negative value. */
export function checkNotNegative(name: string, value: number): void {
  if (value >= 0) return;
  const text = `The value of "${name}" is out of range. It must be >= 0. Received value is: ${value}`;
  throw new BusinessError(OUT_OF_RANGE, text);
}

/** The error of `swap16`, `swap32` and `swap64`. */
export function sizeError(bits: number): BusinessError {
  return new BusinessError(SIZE_NOT_MULTIPLE, `The buffer size must be a multiple of ${bits}-bits`);
}

/** The error of an assignment to a property that can only be read. */
export function readOnlyError(property: string): BusinessError {
  return new BusinessError(READ_ONLY, `${property} cannot be set for the buffer that has only a getter`);
}

/** A number for a parameter that a device converts; `fallback` for what is not a number. */
export function numberOr(value: unknown, fallback: number): number {
  const number = Number(value);
  return Number.isNaN(number) ? fallback : number;
}

/** Whether the value is an `ArrayBuffer` or a `SharedArrayBuffer`, of any realm. */
export function isMemory(value: unknown): value is ArrayBuffer | SharedArrayBuffer {
  return types.isAnyArrayBuffer(value);
}

/** Whether the value is a `Uint8Array`, of any realm. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return types.isUint8Array(value);
}
