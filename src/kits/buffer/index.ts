// `buffer` and `fastbuffer` of `@kit.ArkTS`: bytes, over `node:buffer`.

import { Blob, type Blob as BlobClass, type TypedArray as TypedArrays } from './blob.ts';
import { Buffer, type Buffer as BufferClass, type BufferEncoding as Encoding } from './buffer-class.ts';
import {
  alloc,
  allocUninitialized,
  allocUninitializedFromPool,
  byteLength,
  compare,
  concat,
  from,
  isBuffer,
  isEncoding,
  transcode,
} from './factories.ts';

/** The module: functions that make Buffers, and the classes `Buffer` and `Blob`. */
export const buffer = {
  /** Makes a Buffer of a size, filled with 0 or with a value. */
  alloc,
  /** Makes a Buffer of a size. Its bytes are 0 here, and may be anything on a device. */
  allocUninitialized,
  /** The same; on a device it takes the memory from a pool. */
  allocUninitializedFromPool,
  /** The number of bytes that a text takes in an encoding, or that other values have. */
  byteLength,
  /** Compares bytes, for sorting. */
  compare,
  /** Joins bytes. */
  concat,
  /** Makes a Buffer of text, bytes, numbers or memory. */
  from,
  /** Whether a value is a Buffer of this kit. */
  isBuffer,
  /** Whether there is an encoding of this name. */
  isEncoding,
  /** Makes a Buffer of the same text in another encoding. */
  transcode,
  /** The class of Buffers. */
  Buffer,
  /** The class of Blobs. */
  Blob,
};

export declare namespace buffer {
  /** Names of encodings. */
  export type BufferEncoding = Encoding;
  /** Arrays over memory. */
  export type TypedArray = TypedArrays;
  /** Bytes with methods to read and write them. */
  export type Buffer = BufferClass;
  /** Bytes that do not change, with a type. */
  export type Blob = BlobClass;
}

export { fastbuffer } from './fastbuffer.ts';
export default buffer;
