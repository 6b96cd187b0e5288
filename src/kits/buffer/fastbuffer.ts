// `fastbuffer` of `@kit.ArkTS`: the namespace.

import type { TypedArray as TypedArrays } from './blob.ts';
import type { BufferEncoding as Encoding } from './buffer-class.ts';
import { isEncoding } from './factories.ts';
import { FastBuffer, type FastBuffer as FastBufferClass } from './fast-buffer.ts';
import {
  alloc,
  allocUninitialized,
  allocUninitializedFromPool,
  byteLength,
  compare,
  concat,
  from,
  isBuffer,
  transcode,
} from './fast-factories.ts';

/** The module: functions that make FastBuffers, and their class. */
export const fastbuffer = {
  /** Makes a FastBuffer of a size, filled with 0 or with a value. */
  alloc,
  /** Makes a FastBuffer of a size. Its bytes are 0 here, and may be anything on a device. */
  allocUninitialized,
  /** The same, in memory that small FastBuffers share. */
  allocUninitializedFromPool,
  /** The number of bytes that a text takes in an encoding, or that other values have. */
  byteLength,
  /** Compares bytes, for sorting. */
  compare,
  /** Joins bytes. */
  concat,
  /** Makes a FastBuffer of text, bytes, numbers or memory. */
  from,
  /** Whether a value is a FastBuffer. */
  isBuffer,
  /** Whether there is an encoding of this name. */
  isEncoding,
  /** Makes a FastBuffer of the same text in another encoding. */
  transcode,
  /** The class of FastBuffers. */
  FastBuffer,
};

export declare namespace fastbuffer {
  /** Names of encodings. */
  export type BufferEncoding = Encoding;
  /** Arrays over memory. */
  export type TypedArray = TypedArrays;
  /** Bytes with methods to read and write them. */
  export type FastBuffer = FastBufferClass;
}
