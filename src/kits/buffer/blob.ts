// The class `Blob` of the kit: bytes that do not change. Its bytes are collected when it is made.

import { Buffer as NodeBuffer } from 'node:buffer';
import { types } from 'node:util';
import { BusinessError } from '../host.ts';
import { bytesOf, isBytes } from './bytes.ts';
import { isMemory, numberOr, typeError, typeName } from './checks.ts';

/** The bytes of a Blob; `undefined` for other values. */
let blobBytes: (value: unknown) => Uint8Array | undefined;

/** Bytes that do not change, with a type. */
export class Blob {
  #bytes: Uint8Array;
  #type: string;

  /**
   * @param sources  texts (in UTF-8), memory, or other Blobs, which are joined. As on a device, a typed array gives the text of
   *                 its numbers, `123` for 1, 2, 3, and a `DataView` all of its memory: pass the `ArrayBuffer`
   * @param options  `type`: the type of the content, default `''`. `endings`: `'transparent'`, the default, leaves `\n` as it
   *                 is, and so does `'native'` here
   * @throws BusinessError 401 for another type
   */
  constructor(
    sources: string[] | ArrayBuffer[] | TypedArray[] | DataView[] | Blob[],
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    options?: Object,
  );
  constructor(sources: unknown, options?: unknown) {
    const given = options ?? {};
    if (typeof given !== 'object') throw typeError('options', ['Object'], given);
    const { type, endings } = given as { type?: unknown; endings?: unknown };
    if (endings && endings !== 'transparent' && endings !== 'native') {
      throw new BusinessError(401, 'Parameter error. The value of endings is neither "transparent" nor "native"');
    }
    if (!Array.isArray(sources) && !ArrayBuffer.isView(sources)) throw typeError('sources', ['Iterable'], sources);
    const pieces = Array.isArray(sources) ? sources : [sources];
    this.#bytes = NodeBuffer.concat(pieces.map(bytesOfSource));
    this.#type = type ? String(type) : '';
  }

  /** The number of bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The type that it was made with. */
  get type(): string {
    return this.#type;
  }

  /** A copy of the bytes. */
  arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(Uint8Array.from(this.#bytes).buffer);
  }

  /**
   * A Blob of some of the bytes.
   *
   * @param start  first byte, default 0; `end` is one past the last, default `size`; negative values count from the end, and
   *               so does an `end` of 0 after a negative `start`
   * @param type   the type of the new Blob; default: that of this one
   */
  slice(start?: number, end?: number, type?: string): Blob {
    const from = numberOr(start, 0);
    const last = numberOr(end ?? this.size, 0);
    const to = from < 0 && last === 0 ? this.size : last;
    const blob = new Blob([]);
    blob.#bytes = this.#bytes.subarray(from, to);
    blob.#type = type ?? this.#type;
    return blob;
  }

  /** The bytes as text of UTF-8. */
  text(): Promise<string> {
    return Promise.resolve(new TextDecoder().decode(this.#bytes));
  }

  static {
    blobBytes = (value) => (typeof value === 'object' && value !== null && #bytes in value ? value.#bytes : undefined);
  }
}

/** Arrays over memory. */
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

function bytesOfSource(source: unknown): Uint8Array {
  if (typeof source === 'string') return NodeBuffer.from(source);
  if (isMemory(source)) return new Uint8Array(source);
  if (types.isTypedArray(source)) return NodeBuffer.from([...source].join(''));
  if (types.isDataView(source)) return new Uint8Array(source.buffer);
  if (isBytes(source)) return bytesOf(source);
  const bytes = blobBytes(source);
  if (bytes !== undefined) return bytes;
  const text = 'The type of "sources" must be string or ArrayBuffer, TypedArray, DataView, Blob.';
  throw new BusinessError(401, `Parameter error. ${text} Received value is: ${typeName(source)}`);
}
