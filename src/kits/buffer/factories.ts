// The functions of `buffer`: how Buffers are made, and what works on any bytes.

import { Buffer as NodeBuffer } from 'node:buffer';
import type { TypedArray } from './blob.ts';
import { type Buffer, type BufferEncoding, bufferOf, bytesFrom, compareBytes } from './buffer-class.ts';
import { bytesOf, isBytes, kindOf } from './bytes.ts';
import {
  checkNumber,
  checkRange,
  checkSize,
  checkString,
  encodingNamed,
  encodingOf,
  isMemory,
  isUint8Array,
  LARGEST_SIZE,
  numberOr,
  typeError,
} from './checks.ts';

/**
 * Makes a Buffer of a size.
 *
 * @param size      bytes, 0 to 4294967296; a device counts in 32 bits and takes the largest of these as 0, and so does this
 * @param fill      what to fill it with, as `Buffer.fill` does; default 0
 * @param encoding  of text, default `'utf8'`
 * @throws BusinessError 401 for another type, a negative size or an unknown encoding
 */
export function alloc(size: number, fill?: string | Buffer | number, encoding?: BufferEncoding): Buffer {
  const buffer = allocUninitialized(size);
  if (fill === undefined || fill === null || fill === 0) return buffer;
  return buffer.fill(fill, undefined, undefined, encoding ?? 'utf8');
}

/**
 * Makes a Buffer of a size, as {@link alloc}, with any bytes. Throws 401.
 *
 * Off the device: the bytes are 0.
 */
export function allocUninitialized(size: number): Buffer {
  checkSize(size, LARGEST_SIZE);
  return bufferOf(new Uint8Array(size >>> 0));
}

/**
 * {@link allocUninitialized}, from a pool of memory.
 *
 * Off the device: there is no pool, and the bytes are 0.
 */
export function allocUninitializedFromPool(size: number): Buffer {
  return allocUninitialized(size);
}

/**
 * The number of bytes that a text takes in an encoding, or that other values have.
 *
 * @param encoding  default `'utf8'`, which also replaces an unknown one
 * @throws BusinessError 401 for a value of another type
 */
export function byteLength(
  string: string | Buffer | TypedArray | DataView | ArrayBuffer | SharedArrayBuffer,
  encoding: BufferEncoding = 'utf8',
): number {
  if (typeof string === 'string') return NodeBuffer.byteLength(string, encodingNamed(encoding) ?? 'utf8');
  if (isBuffer(string)) return bytesFrom('string', string).length;
  if (ArrayBuffer.isView(string) || isMemory(string)) return string.byteLength;
  throw typeError('string', ['string', 'Buffer', 'ArrayBuffer'], string);
}

/**
 * Joins bytes.
 *
 * @param totalLength  bytes of the result, 0 to 4294967296, which is cut off or filled with zeros; default: all
 * @throws BusinessError 401 for another type; 10200001 for a length out of range
 */
export function concat(list: Buffer[] | Uint8Array[], totalLength?: number): Buffer {
  if (!Array.isArray(list)) throw typeError('list', ['Array'], list);
  if (totalLength !== undefined && totalLength !== null) checkNumber('totalLength', totalLength);
  const pieces = list.map((piece) => bytesFrom('list', piece));
  const size = totalLength || pieces.reduce((sum, { length }) => sum + length, 0);
  checkRange('totalLength', size, 0, LARGEST_SIZE);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, Math.max(bytes.length - at, 0));
    bytes.set(part, at);
    at += part.length;
  }
  return bufferOf(bytes);
}

/** A Buffer of these bytes: the lowest byte of each number. */
export function from(array: number[]): Buffer;
/**
 * A Buffer of this memory, which stays shared.
 *
 * @param byteOffset  where to begin, default 0
 * @param length      bytes, default: all that follow
 * @throws BusinessError 10200001 for an offset or length out of range
 */
export function from(arrayBuffer: ArrayBuffer | SharedArrayBuffer, byteOffset?: number, length?: number): Buffer;
/** A copy of a Buffer; a Buffer of the memory of a `Uint8Array`, which stays shared. */
export function from(buffer: Buffer | Uint8Array): Buffer;
/**
 * A Buffer of what `valueOf` or `Symbol.toPrimitive` of the object give: text, memory, an array or bytes.
 *
 * @param offsetOrEncoding  an offset for memory, an encoding for text
 * @param length            bytes, for memory
 * @throws BusinessError 401 for an object that gives something else, and for an unknown encoding
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function from(object: Object, offsetOrEncoding: number | string, length: number): Buffer;
/** A Buffer of a text. `encoding`: default `'utf8'`. Throws 401 for an unknown encoding. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function from(string: String, encoding?: BufferEncoding): Buffer;
export function from(value: unknown, offsetOrEncoding?: unknown, length?: unknown): Buffer {
  if (value === null || value === undefined) {
    throw typeError('value', ['Buffer', 'ArrayBuffer', 'Array', 'Array-like', 'string', 'object'], value);
  }
  if (isMemory(value)) return fromMemory(value, offsetOrEncoding, length);
  if (isBytes(value) && isBuffer(value)) return bufferOf(bytesOf(value).slice());
  if (isUint8Array(value)) return bufferOf(new Uint8Array(value.buffer, value.byteOffset, value.length));
  if (Array.isArray(value)) return bufferOf(Uint8Array.from(value, Number));
  if (typeof value === 'string') return fromText(value, offsetOrEncoding);
  if (typeof value === 'object') {
    const held = (value as { valueOf?: () => unknown }).valueOf?.();
    const isHeld = typeof held === 'string' || (typeof held === 'object' && held !== null);
    if (isHeld && held !== value) return (from as (...values: unknown[]) => Buffer)(held, offsetOrEncoding, length);
    const convert = (value as { [Symbol.toPrimitive]?: unknown })[Symbol.toPrimitive];
    const text: unknown = typeof convert === 'function' ? Reflect.apply(convert, value, ['string']) : undefined;
    if (typeof text === 'string') return fromText(text, offsetOrEncoding);
  }
  // As on a device, whose text names the type of a name.
  throw typeError('value', ['Buffer', 'ArrayBuffer', 'Array', 'Array-like'], typeof value);
}

/** Whether the value is a Buffer of this kit. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function isBuffer(obj: Object): boolean {
  return isBytes(obj) && kindOf(obj) === 'Buffer';
}

/** Whether there is an encoding of this name. */
export function isEncoding(encoding: string): boolean {
  return encodingNamed(encoding) !== undefined;
}

/**
 * Compares bytes, for sorting: 1 if `buf1` comes after `buf2`, -1 if before, 0 if they are the same.
 *
 * @throws BusinessError 401 for another type
 */
export function compare(buf1: Buffer | Uint8Array, buf2: Buffer | Uint8Array): -1 | 0 | 1 {
  return compareBytes(argument('buf1', buf1), argument('buf2', buf2));
}

/**
 * Makes a Buffer of the same text in another encoding. A character that the encoding does not have changes.
 *
 * @param source  the bytes. Of a Uint8Array a device takes the text of its numbers, `1,2,3`, and so does this: pass a Buffer
 * @throws BusinessError 401 for another type or an unknown encoding
 */
export function transcode(source: Buffer | Uint8Array, fromEnc: string, toEnc: string): Buffer {
  const bytes = bytesFrom('source', source);
  checkString('fromEnc', fromEnc);
  checkString('toEnc', toEnc);
  const text = isUint8Array(source) ? String(source) : bufferOf(bytes).toString(fromEnc);
  return fromText(text, toEnc);
}

function fromMemory(memory: ArrayBuffer | SharedArrayBuffer, byteOffset: unknown, length: unknown): Buffer {
  const offset = Math.trunc(numberOr(byteOffset, 0));
  checkRange('byteOffset', offset, 0, memory.byteLength);
  const most = memory.byteLength - offset;
  const size = length === undefined || length === null ? most : Math.trunc(numberOr(length, 0));
  checkRange('length', size, 0, most);
  return bufferOf(new Uint8Array(memory, offset, size), memory as ArrayBuffer);
}

function fromText(text: string, encoding: unknown): Buffer {
  const name = typeof encoding === 'number' ? 'utf8' : encoding || 'utf8';
  return bufferOf(new Uint8Array(NodeBuffer.from(text, encodingOf(name))));
}

/** {@link bytesFrom}, with the text of `compare` on a device, which names the type of a name. */
function argument(name: string, value: unknown): Uint8Array {
  return isBuffer(value as object) || isUint8Array(value) ? bytesFrom(name, value) : bytesFrom(name, String(value));
}
