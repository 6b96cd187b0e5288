// The class `Blob` of the kit: bytes that do not change. Its bytes are collected when it is made.

import { Buffer as NodeBuffer } from 'node:buffer';
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
   * @param sources  texts (in UTF-8), bytes, or other Blobs, which are joined
   * @param options  `type`: the type of the content, default `''`. `endings`: `'transparent'`, the default, leaves `\n` as it
   *                 is, and so does `'native'` here
   * @throws BusinessError 401 for another type
   */
  constructor(
    sources: string[] | ArrayBuffer[] | TypedArray[] | DataView[] | Blob[],
    // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
    options?: Object,
  );
  constructor(sources: unknown, options: unknown = {}) {
    if (typeof options !== 'object' || options === null) throw typeError('options', ['Object'], options);
    const { type, endings } = options as { type?: unknown; endings?: unknown };
    if (endings && endings !== 'transparent' && endings !== 'native') {
      throw new BusinessError(401, 'Parameter error. invalid arg value of options.endings');
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
   * @param start  first byte, default 0; `end` is one past the last, default `size`; negative values count from the end
   * @param type   the type of the new Blob; default: that of this one
   */
  slice(start?: number, end?: number, type?: string): Blob {
    const from = numberOr(start, 0);
    const to = end === undefined ? this.size : numberOr(end, 0);
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
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (isBytes(source)) return bytesOf(source);
  const bytes = blobBytes(source);
  if (bytes !== undefined) return bytes;
  const text = 'The type of "sources" must be string or ArrayBuffer, TypedArray, DataView, Blob.';
  throw new BusinessError(401, `Parameter error. ${text} Received value is: ${typeName(source)}`);
}
