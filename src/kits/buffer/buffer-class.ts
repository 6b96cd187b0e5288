// The class `Buffer` of the kit: text, searching, comparing and copying. Encodings are those of `node:buffer`.

import { Buffer as NodeBuffer } from 'node:buffer';
import { bytesOf, isBytes, type Kind, kindOf, memoryGivenTo, setBytes } from './bytes.ts';
import {
  checkNotNegative,
  checkNumber,
  checkRange,
  checkString,
  encodingOf,
  isUint8Array,
  LARGEST_SIZE,
  numberOr,
  sizeError,
  typeError,
} from './checks.ts';
import { WritableBytes } from './writing.ts';

/** Names of encodings. Letter case does not matter. */
export type BufferEncoding =
  | 'ascii'
  | 'utf8'
  | 'utf-8'
  | 'utf16le'
  | 'ucs2'
  | 'ucs-2'
  | 'base64'
  | 'base64url'
  | 'latin1'
  | 'binary'
  | 'hex';

/** Bytes with methods to read and write them. Made by `buffer.alloc`, `buffer.from` and their relatives. */
export class Buffer extends WritableBytes {
  /**
   * Fills the bytes from `offset` to `end` with a value, again and again.
   *
   * @param value     text, bytes, or a number whose lowest byte is taken; empty text and no bytes stand for 0
   * @param offset    0 to 4294967296, default 0
   * @param end       0 to `length`, default `length`
   * @param encoding  of text; it may take the place of `offset` or `end`
   * @returns this Buffer
   * @throws BusinessError 401 for another type or an unknown encoding; 10200001 for an offset or end out of range
   */
  fill(value: string | Buffer | Uint8Array | number, offset?: number, end?: number, encoding?: BufferEncoding): Buffer;
  fill(value: unknown, offset: unknown = 0, end: unknown = this.length, encoding: unknown = 'utf8'): this {
    if (this.length === 0 || (isFast(this) && (value === null || value === undefined))) return this;
    if (typeof offset === 'string') return this.#fill(value, 0, this.length, offset);
    if (typeof end === 'string') return this.#fill(value, offset ?? 0, this.length, end);
    return this.#fill(value, offset ?? 0, end ?? this.length, encoding ?? 'utf8');
  }

  #fill(value: unknown, offset: unknown, end: unknown, encoding: unknown): this {
    checkNumber('offset', offset);
    checkNumber('end', end);
    checkString('encoding', encoding);
    const known = encodingOf(encoding);
    checkRange('offset', offset, 0, isFast(this) ? this.length : LARGEST_SIZE);
    checkRange('end', end, 0, this.length);
    const pattern = patternOf(value, known, kindOf(this));
    if (offset < end) nodeBuffer(bytesOf(this)).fill(pattern, offset, end);
    return this;
  }

  /**
   * Compares bytes, for sorting.
   *
   * @param target       bytes to compare with
   * @param targetStart  first byte of `target`, default 0; `targetEnd` is one past the last, default its length
   * @param sourceStart  first byte of this Buffer, default 0; `sourceEnd` is one past the last, default `length`
   * @returns 1 if these bytes come after those of `target`, -1 if before, 0 if they are the same
   * @throws BusinessError 401 for another type; 10200001 for a position out of range
   */
  compare(
    target: Buffer | Uint8Array,
    targetStart?: number,
    targetEnd?: number,
    sourceStart?: number,
    sourceEnd?: number,
  ): -1 | 0 | 1;
  compare(
    target: unknown,
    targetStart?: unknown,
    targetEnd?: unknown,
    sourceStart?: unknown,
    sourceEnd?: unknown,
  ): -1 | 0 | 1 {
    const other = bytesFrom('target', target, kindOf(this));
    const [otherStart, otherEnd] = [targetStart ?? 0, targetEnd ?? other.length];
    const [start, end] = [sourceStart ?? 0, sourceEnd ?? this.length];
    checkNumber('targetStart', otherStart);
    checkNumber('targetEnd', otherEnd);
    checkNumber('sourceStart', start);
    checkNumber('sourceEnd', end);
    checkRange('targetStart', otherStart, 0, isFast(this) ? other.length : LARGEST_SIZE);
    checkRange('sourceStart', start, 0, isFast(this) ? this.length : LARGEST_SIZE);
    checkRange('targetEnd', otherEnd, 0, other.length);
    checkRange('sourceEnd', end, 0, this.length);
    return compareBytes(bytesOf(this).subarray(start, end), other.subarray(otherStart, otherEnd));
  }

  /**
   * Copies bytes into another Buffer or array, as many as there is room for. They may overlap.
   *
   * @param targetStart  where to begin in `target`, default 0
   * @param sourceStart  first byte to copy, default 0; `sourceEnd` is one past the last, default `length`
   * @returns how many bytes were copied
   * @throws BusinessError 401 for a target of another type; 10200001 for a negative position
   */
  copy(target: Buffer | Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number;
  copy(target: unknown, targetStart: unknown = 0, sourceStart: unknown = 0, sourceEnd: unknown = this.length): number {
    const other = bytesFrom('target', target, kindOf(this));
    const [to, from] = [numberOr(targetStart, 0), numberOr(sourceStart, 0)];
    const end = numberOr(sourceEnd, isFast(this) ? this.length : 0);
    checkPosition(this, 'targetStart', to, LARGEST_SIZE - 1);
    checkPosition(this, 'sourceStart', from, LARGEST_SIZE - 1);
    checkPosition(this, 'sourceEnd', end, this.length);
    if (to >= other.length || end <= from || from >= this.length) return 0;
    const piece = bytesOf(this).subarray(from, Math.min(end, from + other.length - Math.trunc(to)));
    other.set(piece, to);
    return piece.length;
  }

  /** Whether the bytes are the same. Throws 401 for another type. */
  equals(otherBuffer: Uint8Array | Buffer): boolean {
    return compareBytes(bytesOf(this), bytesFrom('otherBuffer', otherBuffer, kindOf(this))) === 0;
  }

  /** Whether {@link indexOf} finds the value. */
  includes(value: string | number | Buffer | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): boolean {
    return this.indexOf(value, byteOffset, encoding) !== -1;
  }

  /**
   * Where a value occurs first.
   *
   * @param value       text, bytes, or a byte; no byte is equal to a number outside 0 to 255
   * @param byteOffset  where to begin, default 0; a negative value counts from the end
   * @param encoding    of text; it may take the place of `byteOffset`
   * @returns the index of the first byte; -1 if the value does not occur, or is empty
   * @throws BusinessError 401 for another type or an unknown encoding
   */
  indexOf(value: string | number | Buffer | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number;
  indexOf(value: unknown, byteOffset: unknown = 0, encoding?: unknown): number {
    return find(this, 'indexOf', value, byteOffset, encoding);
  }

  /** An iterator over the indices. */
  keys(): IterableIterator<number> {
    return bytesOf(this).keys();
  }

  /** An iterator over the bytes. */
  values(): IterableIterator<number> {
    return bytesOf(this).values();
  }

  /** An iterator over pairs of an index and its byte. */
  entries(): IterableIterator<[number, number]> {
    return bytesOf(this).entries();
  }

  /** Where a value occurs last. As {@link indexOf}, but from `byteOffset` backwards; the default is `length`. */
  lastIndexOf(value: string | number | Buffer | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number;
  lastIndexOf(value: unknown, byteOffset: unknown = this.length, encoding?: unknown): number {
    return find(this, 'lastIndexOf', value, byteOffset, encoding);
  }

  /**
   * A Buffer of the same memory.
   *
   * @param start  first byte, default 0; `end` is one past the last, default `length`
   * @returns an empty Buffer if `start` or `end` is negative, or `end` is not behind `start`
   */
  subarray(start?: number, end?: number): Buffer;
  subarray(start: unknown = 0, end: unknown = this.length): Buffer {
    const [from, to] = [numberOr(start, 0), Math.min(numberOr(end, 0), this.length)];
    if (from < 0 || to <= from) return bufferOf(new Uint8Array(0));
    return bufferOf(bytesOf(this).subarray(from, to), memoryGivenTo(this));
  }

  /** Reverses each pair of bytes. Throws 10200009 if the number of bytes is odd. Returns this Buffer. */
  swap16(): Buffer {
    return this.#swap(2);
  }

  /** Reverses each four bytes. Throws 10200009 if the number of bytes is not a multiple of 4. Returns this Buffer. */
  swap32(): Buffer {
    return this.#swap(4);
  }

  /** Reverses each eight bytes. Throws 10200009 if the number of bytes is not a multiple of 8. Returns this Buffer. */
  swap64(): Buffer {
    return this.#swap(8);
  }

  #swap(size: number): this {
    const bytes = bytesOf(this);
    if (bytes.length % size !== 0) throw sizeError(size * 8);
    for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
    return this;
  }

  /** The form for `JSON.stringify`: `{ type, data: [ … ] }` with the name of the class and the bytes as numbers. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  toJSON(): Object {
    return { type: kindOf(this), data: [...bytesOf(this)] };
  }

  /**
   * The bytes as text.
   *
   * @param encoding  default `'utf8'`
   * @param start     first byte, default 0; `end` is one past the last, default `length`
   * @throws BusinessError 401 for an unknown encoding
   */
  override toString(encoding?: string, start?: number, end?: number): string;
  override toString(encoding: unknown = 'utf8', start: unknown = 0, end: unknown = this.length): string {
    const known = encodingOf(encoding === null || encoding === '' ? 'utf8' : encoding);
    const from = Math.max(numberOr(start, 0), 0);
    const to = Math.min(numberOr(end, 0), this.length);
    return from >= to ? '' : nodeBuffer(bytesOf(this)).toString(known, from, to);
  }

  /**
   * Writes text. A character of which not all bytes have room is not written.
   *
   * @param offset    0 to `length - 1`, default 0
   * @param length    the most bytes to write, 0 to `length`; default: all that have room
   * @param encoding  default `'utf8'`; it may take the place of `offset` or `length`
   * @returns how many bytes were written
   * @throws BusinessError 401 for another type or an unknown encoding; 10200001 for an offset or length out of range
   */
  write(str: string, offset?: number, length?: number, encoding?: string): number;
  write(str: unknown, offset?: unknown, length?: unknown, encoding?: unknown): number {
    checkString('str', str);
    if (typeof offset === 'string') return this.#write(str, undefined, undefined, offset);
    if (typeof length === 'string') return this.#write(str, offset, undefined, length);
    return this.#write(str, offset, length, encoding ?? 'utf8');
  }

  #write(str: string, offset: unknown, length: unknown, encoding: unknown): number {
    const from = offset ?? 0;
    checkNumber('offset', from);
    if (offset !== undefined) checkRange('offset', from, 0, this.length - 1);
    const room = this.length - from;
    const most = length ?? room;
    checkNumber('length', most);
    if (length !== undefined) checkRange('length', most, 0, isFast(this) ? room : this.length);
    const known = encodingOf(encoding);
    return nodeBuffer(bytesOf(this)).write(str, from, Math.min(most, room), known);
  }
}

// What `console.log` prints: as a device does, at most 50 bytes.
Object.defineProperty(Buffer.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Buffer): string {
    const shown = nodeBuffer(bytesOf(this).subarray(0, 50)).toString('hex').replace(/../g, ' $&');
    const rest = this.length > 50 ? ` ... ${this.length - 50} more bytes` : '';
    return `<Buffer${shown}${rest}>`;
  },
});

/** Makes a Buffer of these bytes. `given`: the memory that the application passed. */
export function bufferOf(bytes: Uint8Array, given?: ArrayBuffer): Buffer {
  const buffer = new Buffer();
  setBytes(buffer, bytes, given);
  return buffer;
}

/** The bytes of a parameter, not of a copy. Throws 401 for another type. */
export function bytesFrom(name: string, value: unknown, kind: Kind = 'Buffer'): Uint8Array {
  if (isBytes(value) && kindOf(value) === kind) return bytesOf(value);
  if (isUint8Array(value)) return value;
  throw typeError(name, [kind, 'Uint8Array'], value);
}

/** Compares as `memcmp`; the shorter one comes first if it is the beginning of the other. */
export function compareBytes(left: Uint8Array, right: Uint8Array): -1 | 0 | 1 {
  return NodeBuffer.compare(left, right);
}

/** The same memory, with the methods of `node:buffer`. */
function nodeBuffer(bytes: Uint8Array): NodeBuffer {
  return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Whether it is a FastBuffer, some of whose ranges are its own. */
function isFast(buffer: Buffer): boolean {
  return kindOf(buffer) === 'FastBuffer';
}

/** Throws 10200001 for a negative position. A FastBuffer has an upper bound, too. */
function checkPosition(buffer: Buffer, name: string, value: number, most: number): void {
  if (isFast(buffer)) checkRange(name, value, 0, most);
  else checkNotNegative(name, value);
}

/** What to fill with. */
function patternOf(value: unknown, encoding: NodeJS.BufferEncoding, kind: Kind): Uint8Array {
  if (typeof value === 'number') return Uint8Array.of(value);
  const pattern =
    typeof value === 'string'
      ? NodeBuffer.from(value, encoding)
      : bytesOrText(value, ['string', kind, 'Uint8Array', 'number'], kind);
  return pattern.length === 0 ? Uint8Array.of(0) : pattern;
}

/** Bytes of a value that might also be of the other types. */
function bytesOrText(value: unknown, types: readonly string[], kind: Kind): Uint8Array {
  const isOfKind = isBytes(value) && kindOf(value) === kind;
  if (!isOfKind && !isUint8Array(value)) throw typeError('value', types, value);
  return bytesFrom('value', value, kind);
}

function find(
  buffer: Buffer,
  method: 'indexOf' | 'lastIndexOf',
  value: unknown,
  byteOffset: unknown,
  encoding: unknown,
): number {
  const bytes = nodeBuffer(bytesOf(buffer));
  const from = typeof byteOffset === 'number' ? byteOffset : 0;
  if (typeof value === 'string') {
    const known = encodingOf(typeof byteOffset === 'string' ? byteOffset : (encoding ?? 'utf8'));
    return value === '' ? -1 : bytes[method](value, from, known);
  }
  if (typeof value === 'number') return value >= 0 && value <= 255 ? bytes[method](value, from) : -1;
  const kind = kindOf(buffer);
  const pattern = bytesOrText(value, ['string', 'number', kind, 'Uint8Array'], kind);
  // As on a device, where this offset is an integer of 32 bits: infinity is 0.
  return pattern.length === 0 ? -1 : bytes[method](pattern, from | 0);
}
