// The functions of `fastbuffer`: how FastBuffers are made, and what works on any bytes.

import type { TypedArray } from './blob.ts';
import { type BufferEncoding, bytesFrom, compareBytes } from './buffer-class.ts';
import { bytesOf } from './bytes.ts';
import { checkRange, checkSize, checkString, isMemory, isUint8Array, LARGEST_SIZE, typeError } from './checks.ts';
import { byteLength as byteLengthOf } from './factories.ts';
import { FastBuffer, isFast } from './fast-buffer.ts';

/** The memory that small FastBuffers share, as on a device, and its first free byte. */
const POOL_SIZE = 8192;
let pool = new ArrayBuffer(0);
let free = 0;

/**
 * Makes a FastBuffer of a size.
 *
 * @param size      bytes, 0 to 4294967295
 * @param fill      what to fill it with, as `FastBuffer.fill` does; default 0
 * @param encoding  of text, default `'utf8'`
 * @throws BusinessError 401 for another type, a size out of range or an unknown encoding
 */
export function alloc(size: number, fill?: string | FastBuffer | number, encoding?: BufferEncoding): FastBuffer {
  const made = allocUninitialized(size);
  if (fill === undefined || fill === null || fill === 0) return made;
  return made.fill(fill, undefined, undefined, encoding ?? 'utf8');
}

/**
 * Makes a FastBuffer of a size, in separate memory, with any bytes. Throws 401.
 *
 * Off the device: the bytes are 0.
 */
export function allocUninitialized(size: number): FastBuffer {
  checkSize(size, LARGEST_SIZE - 1);
  return new FastBuffer(size);
}

/**
 * Makes a FastBuffer of a size. One of less than 4096 bytes shares memory of 8192 bytes with others: its `buffer` is all of
 * that, and `byteOffset` says where its own bytes begin. Throws 401.
 */
export function allocUninitializedFromPool(size: number): FastBuffer {
  checkSize(size, LARGEST_SIZE - 1);
  if (size >= POOL_SIZE / 2) return new FastBuffer(size);
  if (size > pool.byteLength - free) {
    pool = new ArrayBuffer(POOL_SIZE);
    free = 0;
  }
  const made = new FastBuffer(pool, free, size);
  free = Math.ceil((free + size) / 8) * 8;
  return made;
}

/**
 * The number of bytes that a text takes in an encoding, or that other values have.
 *
 * @param encoding  default `'utf8'`, which also replaces an unknown one
 * @throws BusinessError 401 for a value of another type
 */
export function byteLength(
  value: string | FastBuffer | TypedArray | DataView | ArrayBuffer | SharedArrayBuffer,
  encoding: BufferEncoding = 'utf8',
): number {
  if (isFast(value)) return value.length;
  if (typeof value === 'string' || ArrayBuffer.isView(value) || isMemory(value)) return byteLengthOf(value, encoding);
  throw typeError('string', ['string', 'FastBuffer', 'ArrayBuffer'], value);
}

/**
 * Compares bytes, for sorting: 1 if `buf1` comes after `buf2`, -1 if before, 0 if they are the same.
 *
 * @throws BusinessError 401 for another type
 */
export function compare(buf1: FastBuffer | Uint8Array, buf2: FastBuffer | Uint8Array): -1 | 0 | 1 {
  return compareBytes(argument('buf1', buf1), argument('buf2', buf2));
}

/**
 * Joins bytes. A result of less than 4096 bytes is in shared memory, see {@link allocUninitializedFromPool}: `buffer` has more
 * than its bytes.
 *
 * @param totalLength  bytes of the result, 0 to 4294967296, which is cut off or filled with zeros; default: all
 * @throws BusinessError 401 for another type; 10200001 for a length out of range
 */
export function concat(list: FastBuffer[] | Uint8Array[], totalLength?: number): FastBuffer {
  if (!Array.isArray(list)) throw typeError('list', ['Array'], list);
  const pieces = list.map((piece) => bytesFrom('list', piece, 'FastBuffer'));
  const size = totalLength || pieces.reduce((sum, { length }) => sum + length, 0);
  checkRange('totalLength', size, 0, LARGEST_SIZE);
  const joined = list.length === 0 ? new FastBuffer(0) : allocUninitializedFromPool(size);
  const bytes = bytesOf(joined);
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A FastBuffer of these bytes: the lowest byte of each number. */
export function from(array: number[]): FastBuffer;
/**
 * A FastBuffer of this memory, which stays shared.
 *
 * @param byteOffset  where to begin, default 0
 * @param length      bytes, default: all that follow
 * @throws BusinessError 10200001 for an offset or length out of range; 10200068 for memory that has been moved
 */
export function from(arrayBuffer: ArrayBuffer | SharedArrayBuffer, byteOffset?: number, length?: number): FastBuffer;
/** A copy of a FastBuffer; a FastBuffer of the memory of a `Uint8Array`, which stays shared. */
export function from(buffer: FastBuffer | Uint8Array): FastBuffer;
/** A FastBuffer of a text. `encoding`: default `'utf8'`. Throws 401 for an unknown encoding. */
export function from(value: string, encoding?: BufferEncoding): FastBuffer;
export function from(value: unknown, offsetOrEncoding?: unknown, length?: unknown): FastBuffer {
  const isBytes = isFast(value) || isUint8Array(value) || isMemory(value);
  if (isBytes || Array.isArray(value) || typeof value === 'string') {
    const encoding = typeof offsetOrEncoding === 'number' ? undefined : (offsetOrEncoding as string | undefined);
    return new FastBuffer(
      value as string,
      typeof value === 'string' ? encoding || 'utf8' : (offsetOrEncoding as number),
      length as number,
    );
  }
  const types = ['FastBuffer', 'ArrayBuffer', 'Array', 'Array-like'];
  throw typeError('value', value === null || value === undefined ? [...types, 'string', 'object'] : types, value);
}

/** Whether the value is a FastBuffer. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function isBuffer(obj: Object): boolean {
  return isFast(obj);
}

/**
 * Makes a FastBuffer of the same text in another encoding. A character that the encoding does not have changes.
 *
 * @param source  the bytes. Of a Uint8Array a device takes the text of its numbers, `1,2,3`, and so does this: pass a FastBuffer
 * @throws BusinessError 401 for another type or an unknown encoding
 */
export function transcode(source: FastBuffer | Uint8Array, fromEnc: string, toEnc: string): FastBuffer {
  const bytes = bytesFrom('source', source, 'FastBuffer');
  checkString('fromEnc', fromEnc);
  checkString('toEnc', toEnc);
  const text = isUint8Array(source) ? String(source) : new FastBuffer(bytes).toString(fromEnc);
  return new FastBuffer(text, toEnc);
}

/** The bytes of a parameter of `compare`, whose text on a device names the type of a name. */
function argument(name: string, value: unknown): Uint8Array {
  return bytesFrom(name, isFast(value) || isUint8Array(value) ? value : String(value), 'FastBuffer');
}
