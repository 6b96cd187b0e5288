// `util.TextEncoder`: text to bytes, in more encodings than the TextEncoder of the language.

import { objectKinds } from '../host.ts';
import { parameterError } from '../parameter-error.ts';
import { type Encoding, encodingOf } from './encodings.ts';

/** What `encodeIntoUint8Array` did. */
export interface EncodeIntoUint8ArrayInfo {
  /** Number of UTF-16 units of the text that were encoded. */
  read: number;
  /** Number of bytes that were written. */
  written: number;
}

/** Encodes text as bytes. */
export class TextEncoder {
  readonly #label: string;
  readonly #encoding: Encoding;

  /**
   * @param encoding  such as `utf-8` (the default), `utf-16le`, `utf-16be`, `gbk`, `gb18030`, `big5`, `shift_jis`, `euc-kr`,
   *                  `iso-8859-1`, `windows-1252`. Characters that it does not have become `?`
   * @throws BusinessError 401 if it is not a string
   * @throws Error without a code, as on a device, if the encoding cannot be written
   */
  constructor(encoding?: string) {
    if (encoding !== undefined && encoding !== null && typeof encoding !== 'string') {
      throw parameterError('The type of Parameter must be string.');
    }
    this.#label = encoding || 'utf-8';
    const found = encodingOf(this.#label);
    if (found === undefined) throw new Error(`Wrong encoding format, ${this.#label} is not supported`);
    this.#encoding = found;
  }

  /**
   * Makes an encoder; the same as the constructor.
   *
   * @throws as the constructor does
   */
  static create(encoding?: string): TextEncoder {
    return new TextEncoder(encoding);
  }

  /** The encoding, as it was given. */
  get encoding(): 'utf-8' {
    // The SDK declares the default only.
    return this.#label as 'utf-8';
  }

  /**
   * Encodes text.
   *
   * @deprecated use `encodeInto`
   * @throws BusinessError 401 if it is not a string
   */
  encode(input?: string): Uint8Array {
    return this.encodeInto(input);
  }

  /**
   * Encodes text.
   *
   * @param input  the text. Without one the result is `undefined`, as on a device
   * @throws BusinessError 401 if it is not a string
   */
  encodeInto(input?: string): Uint8Array;
  /**
   * Encodes text into bytes that exist.
   *
   * @deprecated use `encodeIntoUint8Array`
   * @throws BusinessError 401 if the arguments are of other types
   */
  encodeInto(input: string, dest: Uint8Array): { read: number; written: number };
  encodeInto(...args: [input?: string, dest?: Uint8Array]): Uint8Array | EncodeIntoUint8ArrayInfo {
    if (args.length >= 2) return this.encodeIntoUint8Array(args[0]!, args[1]!);
    const [text] = args;
    if (text === undefined || text === null) return undefined as unknown as Uint8Array;
    requireString(text);
    const fast = this.#encoding.encode?.(text);
    if (fast !== undefined) return fast;
    const bytes: number[] = [];
    for (const character of text) bytes.push(...this.#encoding.bytesOf(character.codePointAt(0)!));
    return Uint8Array.from(bytes);
  }

  /**
   * Encodes text into bytes that exist, as far as whole characters fit.
   *
   * @throws BusinessError 401 if the arguments are of other types
   */
  encodeIntoUint8Array(input: string, dest: Uint8Array): EncodeIntoUint8ArrayInfo {
    requireString(input);
    if (!objectKinds.isUint8Array(dest)) throw parameterError('The type of Parameter must be Uint8Array.');
    let [read, written] = [0, 0];
    for (const character of input) {
      const bytes = this.#encoding.bytesOf(character.codePointAt(0)!);
      if (written + bytes.length > dest.length) break;
      dest.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

function requireString(value: unknown): void {
  if (typeof value !== 'string') throw parameterError('The type of Parameter must be string.');
}
