// The class `FastBuffer` of the kit. Its methods are those of `Buffer`; its memory can be seen from outside.

import { Buffer as NodeBuffer } from 'node:buffer';
import { BusinessError } from '../host.ts';
import { Buffer, type BufferEncoding } from './buffer-class.ts';
import { bytesOf, setBytes } from './bytes.ts';
import { checkRange, encodingOf, isMemory, isUint8Array, LARGEST_SIZE } from './checks.ts';

const RELEASED = 10200068;

/** Whether a value is a FastBuffer. */
export let isFast: (value: unknown) => value is FastBuffer;

/**
 * Bytes with methods to read and write them, as {@link Buffer}. Either class refuses objects of the other with 401. As on a
 * device, more positions are out of range (10200001) than in a Buffer: those after the end in `fill`, `compare` and `copy`, and
 * a length in `write` that has no room.
 */
export class FastBuffer extends Buffer {
  /** The memory of its bytes, and perhaps of others. */
  readonly #memory: ArrayBuffer;

  static {
    isFast = (value): value is FastBuffer => typeof value === 'object' && value !== null && #memory in value;
  }

  /**
   * @param value                 a size in bytes, 0 to 4294967295; text; numbers, of which the lowest byte is taken; a FastBuffer,
   *                              which is copied; memory or a `Uint8Array`, which stays shared
   * @param byteOffsetOrEncoding  the first byte of memory, default 0; the encoding of text, default `'utf8'`
   * @param length                bytes of memory, default: all that follow
   * @throws BusinessError 401 for an unknown encoding; 10200001 for a size, offset or length out of range; 10200068 for memory
   *   that has been moved
   */
  constructor(
    value: number | FastBuffer | Uint8Array | ArrayBuffer | SharedArrayBuffer | Array<number> | string,
    byteOffsetOrEncoding?: number | string,
    length?: number,
  );
  constructor(value: unknown, byteOffsetOrEncoding?: unknown, length?: unknown) {
    super();
    const bytes = bytesOfValue(value, byteOffsetOrEncoding, length);
    this.#memory = bytes.buffer as ArrayBuffer;
    setBytes(this, bytes, this.#memory, 'FastBuffer');
  }

  /** As `Buffer.fill`. */
  override fill(
    value: string | FastBuffer | Uint8Array | number,
    offset?: number,
    end?: number,
    encoding?: BufferEncoding,
  ): FastBuffer {
    return super.fill(value, offset, end, encoding) as FastBuffer;
  }

  /** As `Buffer.subarray`. */
  override subarray(start?: number, end?: number): FastBuffer {
    const bytes = bytesOf(super.subarray(start, end));
    return bytes.length === 0 ? new FastBuffer(0) : new FastBuffer(bytes);
  }

  /** As `Buffer.swap16`. */
  override swap16(): FastBuffer {
    return super.swap16() as FastBuffer;
  }

  /** As `Buffer.swap32`. */
  override swap32(): FastBuffer {
    return super.swap32() as FastBuffer;
  }

  /** As `Buffer.swap64`. */
  override swap64(): FastBuffer {
    return super.swap64() as FastBuffer;
  }
}

function bytesOfValue(value: unknown, byteOffsetOrEncoding: unknown, length: unknown): Uint8Array {
  if (value === undefined || value === null) {
    throw new BusinessError(401, 'The parameter should not be null or undefined.');
  }
  if (typeof value === 'number') {
    checkRange('value', value, 0, LARGEST_SIZE - 1);
    return new Uint8Array(value);
  }
  if (typeof value === 'string') {
    return new Uint8Array(NodeBuffer.from(value, encodingOf(byteOffsetOrEncoding ?? 'utf8')));
  }
  if (isFast(value)) return bytesOf(value).slice();
  if (isUint8Array(value)) return new Uint8Array(value.buffer, value.byteOffset, value.length);
  if (isMemory(value)) return bytesOfMemory(value, byteOffsetOrEncoding, length);
  return Array.isArray(value) ? Uint8Array.from(value, Number) : new Uint8Array(0);
}

function bytesOfMemory(memory: ArrayBuffer | SharedArrayBuffer, byteOffset: unknown, length: unknown): Uint8Array {
  const offset = typeof byteOffset === 'number' ? byteOffset : 0;
  checkRange('byteOffset', offset, 0, memory.byteLength);
  const most = memory.byteLength - offset;
  const size = typeof length === 'number' ? length : most;
  checkRange('length', size, 0, most);
  try {
    return new Uint8Array(memory, offset, size);
  } catch {
    throw new BusinessError(RELEASED, 'The underlying ArrayBuffer is null or detach.');
  }
}
