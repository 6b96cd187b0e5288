// `buffer`: the shapes that the SDK declares, both ways.

import type byDefault from '../../../src/kits/buffer/index.ts';
import { buffer, fastbuffer } from '../../../src/kits/buffer/index.ts';
import type ofOhos from '../../../src/register/kits/ohos-buffer.ts';
import type ofOhosFast from '../../../src/register/kits/ohos-fastbuffer.ts';
import { same } from '../../type-tests/same.ts';

type Bytes = buffer.Buffer | Uint8Array;
type Encoding = buffer.BufferEncoding;

same<typeof byDefault, typeof buffer>(true);
same<ofOhos.Buffer, buffer.Buffer>(true);
same<
  keyof typeof buffer,
  | ('alloc' | 'allocUninitialized' | 'allocUninitializedFromPool' | 'byteLength' | 'compare' | 'concat' | 'from')
  | ('isBuffer' | 'isEncoding' | 'transcode' | 'Buffer' | 'Blob')
>(true);
same<
  Encoding,
  'ascii' | 'utf8' | 'utf-8' | 'utf16le' | 'ucs2' | 'ucs-2' | 'base64' | 'base64url' | 'latin1' | 'binary' | 'hex'
>(true);

same<typeof buffer.alloc, (size: number, fill?: string | buffer.Buffer | number, encoding?: Encoding) => buffer.Buffer>(
  true,
);
same<typeof buffer.allocUninitialized, (size: number) => buffer.Buffer>(true);
same<typeof buffer.allocUninitializedFromPool, (size: number) => buffer.Buffer>(true);
same<
  typeof buffer.byteLength,
  (
    string: string | buffer.Buffer | buffer.TypedArray | DataView | ArrayBuffer | SharedArrayBuffer,
    encoding?: Encoding,
  ) => number
>(true);
same<typeof buffer.compare, (buf1: Bytes, buf2: Bytes) => -1 | 0 | 1>(true);
same<typeof buffer.concat, (list: buffer.Buffer[] | Uint8Array[], totalLength?: number) => buffer.Buffer>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof buffer.isBuffer, (obj: Object) => boolean>(true);
same<typeof buffer.isEncoding, (encoding: string) => boolean>(true);
same<typeof buffer.transcode, (source: Bytes, fromEnc: string, toEnc: string) => buffer.Buffer>(true);

interface From {
  (array: number[]): buffer.Buffer;
  (arrayBuffer: ArrayBuffer | SharedArrayBuffer, byteOffset?: number, length?: number): buffer.Buffer;
  (buffer: Bytes): buffer.Buffer;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (object: Object, offsetOrEncoding: number | string, length: number): buffer.Buffer;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (string: String, encoding?: Encoding): buffer.Buffer;
}
same<typeof buffer.from, From>(true);

type Sized = '8' | '16BE' | '16LE' | '32BE' | '32LE';
type Float = 'DoubleBE' | 'DoubleLE' | 'FloatBE' | 'FloatLE';
type Big = 'BigInt64BE' | 'BigInt64LE' | 'BigUInt64BE' | 'BigUInt64LE';
type Any = 'IntBE' | 'IntLE' | 'UIntBE' | 'UIntLE';
type Numbers = `Int${Sized}` | `UInt${Sized}` | Float;

interface Members {
  length: number;
  buffer: ArrayBuffer;
  byteOffset: number;
  fill(value: string | Bytes | number, offset?: number, end?: number, encoding?: Encoding): buffer.Buffer;
  compare(
    target: Bytes,
    targetStart?: number,
    targetEnd?: number,
    sourceStart?: number,
    sourceEnd?: number,
  ): -1 | 0 | 1;
  copy(target: Bytes, targetStart?: number, sourceStart?: number, sourceEnd?: number): number;
  equals(otherBuffer: Bytes): boolean;
  includes(value: string | number | Bytes, byteOffset?: number, encoding?: Encoding): boolean;
  indexOf(value: string | number | Bytes, byteOffset?: number, encoding?: Encoding): number;
  lastIndexOf(value: string | number | Bytes, byteOffset?: number, encoding?: Encoding): number;
  keys(): IterableIterator<number>;
  values(): IterableIterator<number>;
  entries(): IterableIterator<[number, number]>;
  subarray(start?: number, end?: number): buffer.Buffer;
  swap16(): buffer.Buffer;
  swap32(): buffer.Buffer;
  swap64(): buffer.Buffer;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  toJSON(): Object;
  toString(encoding?: string, start?: number, end?: number): string;
  write(str: string, offset?: number, length?: number, encoding?: string): number;
}
type ReadNumbers = { [Name in Numbers as `read${Name}`]: (offset?: number) => number };
type ReadBig = { [Name in Big as `read${Name}`]: (offset?: number) => bigint };
type ReadAny = { [Name in Any as `read${Name}`]: (offset: number, byteLength: number) => number };
type WriteNumbers = { [Name in Numbers as `write${Name}`]: (value: number, offset?: number) => number };
type WriteBig = { [Name in Big as `write${Name}`]: (value: bigint, offset?: number) => number };
type WriteAny = { [Name in Any as `write${Name}`]: (value: number, offset: number, byteLength: number) => number };
type All = Members & ReadNumbers & ReadBig & ReadAny & WriteNumbers & WriteBig & WriteAny & { [index: number]: number };
type Flat<Type> = { [Key in keyof Type]: Type[Key] };
same<Flat<buffer.Buffer>, Flat<All>>(true);

interface BlobMembers {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number, type?: string): buffer.Blob;
  text(): Promise<string>;
}
same<Flat<buffer.Blob>, Flat<BlobMembers>>(true);
type Sources = string[] | ArrayBuffer[] | buffer.TypedArray[] | DataView[] | buffer.Blob[];
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<ConstructorParameters<typeof buffer.Blob>, [sources: Sources, options?: Object | undefined]>(true);

/** As applications write it. */
export function uses(send: (data: string | ArrayBuffer) => void): void {
  const bytes: buffer.Buffer = buffer.from('text', 'utf-8');
  send(bytes.buffer);
  // @ts-expect-error: a Buffer is not memory
  send(bytes);
  // @ts-expect-error: unknown encoding
  buffer.from('text', 'gbk');
  // @ts-expect-error: not a method of a Buffer
  bytes.map((byte: number) => byte);
}

same<ofOhosFast.FastBuffer, fastbuffer.FastBuffer>(true);
same<Exclude<keyof typeof buffer, 'Blob' | 'Buffer'> | 'FastBuffer', keyof typeof fastbuffer>(true);
same<keyof fastbuffer.FastBuffer, keyof buffer.Buffer>(true);

/** As applications write it. */
export function usesFast(send: (data: string | ArrayBuffer) => void): fastbuffer.FastBuffer {
  const bytes: fastbuffer.FastBuffer = fastbuffer.from('text', 'utf-8').fill('a').swap16();
  send(bytes.buffer);
  // @ts-expect-error: a Buffer is not a FastBuffer
  fastbuffer.from(buffer.from('text'));
  return fastbuffer.concat([bytes.subarray(1), fastbuffer.alloc(2)]);
}
