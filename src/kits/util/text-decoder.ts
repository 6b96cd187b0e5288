// `util.TextDecoder` and `util.StringDecoder`: bytes to text, by the platform's decoder. What a byte order mark becomes is the
// device's rule, the opposite of the language's: `ignoreBOM` drops it.

import { BusinessError, objectKinds } from '../host.ts';
import { parameterError, typeError } from '../parameter-error.ts';

/** Options of a `TextDecoder`. */
export interface TextDecoderOptions {
  /** Whether bytes that are wrong in the encoding throw an error. Default `false`: they become U+FFFD. */
  fatal?: boolean;
  /** Whether a byte order mark at the start is dropped. Default `false`: it stays in the text. */
  ignoreBOM?: boolean;
}

/** Options of `decodeWithStream`. */
export interface DecodeWithStreamOptions {
  /** Whether further bytes follow, so that an incomplete character at the end is kept for the next call. Default `false`. */
  stream?: boolean;
}

/** Options of `decodeToString`. */
export interface DecodeToStringOptions {
  /** Whether further bytes follow, so that an incomplete character at the end is kept for the next call. Default `false`. */
  stream?: boolean;
}

type Decoder = InstanceType<typeof globalThis.TextDecoder>;

/** Decodes bytes as text. */
export class TextDecoder {
  /** The encoding, as it was given. */
  readonly encoding: string;
  /** Whether bytes that are wrong in the encoding throw an error. */
  readonly fatal: boolean;
  readonly #dropsMark: boolean;
  #decoder: Decoder | undefined;
  #isAtStart = true;

  /**
   * @deprecated with arguments: use `create`
   * @param encoding  such as `utf-8` (the default), `utf-16le`, `utf-16be`, `gbk`, `gb18030`, `big5`, `shift_jis`, `euc-kr`,
   *                  `iso-8859-2`, `windows-1251`. As on a device, one that is unknown is taken; decoding then throws 401
   */
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    this.encoding = encoding || 'utf-8';
    this.fatal = options?.fatal === true;
    this.#dropsMark = options?.ignoreBOM === true;
  }

  /**
   * Makes a decoder.
   *
   * @param encoding  as in the constructor
   * @throws BusinessError 401 if the arguments are of other types
   */
  static create(encoding?: string, options?: TextDecoderOptions): TextDecoder {
    if (encoding !== undefined && encoding !== null && typeof encoding !== 'string')
      throw typeError(encoding, 'string');
    if (options !== undefined && options !== null && typeof options !== 'object') throw typeError(options, 'object');
    return new TextDecoder(encoding, options);
  }

  /** Whether a byte order mark at the start is dropped. */
  get ignoreBOM(): false {
    // The SDK declares the default only.
    return this.#dropsMark as false;
  }

  /**
   * Decodes bytes. As on a device, a byte 0 becomes a space in UTF-8 and ends the text in other encodings, and no bytes are
   * `undefined`.
   *
   * @deprecated use `decodeToString`
   * @throws BusinessError 401 if the input is not a Uint8Array, or the encoding is unknown; 10200019 if `fatal` is set and the
   *         bytes are wrong in the encoding
   */
  decode(input: Uint8Array, options?: { stream?: false }): string {
    return this.#decodeAsBefore(input, options);
  }

  /**
   * Decodes bytes. As on a device, a byte 0 becomes a space in UTF-8 and ends the text in other encodings, and no bytes are
   * `undefined`.
   *
   * @deprecated use `decodeToString`
   * @throws BusinessError as `decode`
   */
  decodeWithStream(input: Uint8Array, options?: DecodeWithStreamOptions): string {
    return this.#decodeAsBefore(input ?? new Uint8Array(), options);
  }

  /**
   * Decodes bytes.
   *
   * @throws BusinessError 401 if the input is not a Uint8Array, the encoding is unknown, or `fatal` is set and the bytes are
   *         wrong in the encoding
   */
  decodeToString(input: Uint8Array, options?: DecodeToStringOptions): string {
    if (input === undefined) return '';
    return this.#decode(input, options, () =>
      parameterError('Please check if the decode data matches the encoding format.'),
    );
  }

  /** The rules of the deprecated methods. */
  #decodeAsBefore(input: Uint8Array, options: { stream?: boolean } | undefined): string {
    const text = this.#decode(input, options, () => new BusinessError(10200019, 'TextDecoder decoding error.'));
    if (input.length === 0) return undefined as unknown as string;
    return this.encoding === 'utf-8' ? text.replaceAll('\0', ' ') : text.split('\0', 1)[0]!;
  }

  #decode(input: Uint8Array, options: { stream?: boolean } | undefined, failure: () => BusinessError): string {
    if (!objectKinds.isUint8Array(input)) throw parameterError('The type of Parameter must be Uint8Array.');
    if (input.length === 0) return '';
    this.#decoder ??= platformDecoder(this.encoding, this.fatal);
    const stream = options?.stream === true;
    let text: string;
    try {
      text = this.#decoder.decode(input, { stream });
    } catch {
      this.#isAtStart = true;
      throw failure();
    }
    const hasMark = this.#isAtStart && text.startsWith('\ufeff');
    if (text !== '') this.#isAtStart = false;
    if (!stream) this.#isAtStart = true;
    return hasMark && this.#dropsMark ? text.slice(1) : text;
  }
}

/** Decodes bytes that come in parts. A character that is cut by the end of a part comes with the next part. */
export class StringDecoder {
  readonly #decoder: Decoder;

  /**
   * @param encoding  as in `TextDecoder`. Default `utf-8`
   * @throws BusinessError 401 if it is not a string, or unknown
   */
  constructor(encoding?: string) {
    if (encoding !== undefined && encoding !== null && typeof encoding !== 'string')
      throw typeError(encoding, 'string');
    this.#decoder = platformDecoder(encoding || 'utf-8', false);
  }

  /**
   * Decodes a part.
   *
   * @param chunk  bytes, or a string, which is returned as it is
   * @throws BusinessError 401 if it is neither
   */
  write(chunk: string | Uint8Array): string {
    if (typeof chunk === 'string') return chunk;
    if (!objectKinds.isUint8Array(chunk)) throw parameterError('The type of Parameter must be Uint8Array or string.');
    return this.#decoder.decode(chunk, { stream: true });
  }

  /**
   * Decodes the last part. An incomplete character at its end becomes U+FFFD.
   *
   * @param chunk  as in `write`. Default: nothing
   * @throws BusinessError 401 if it is neither bytes nor a string
   */
  end(chunk?: string | Uint8Array): string {
    const text = chunk === undefined || chunk === null ? '' : this.write(chunk);
    return text + this.#decoder.decode();
  }
}

function platformDecoder(encoding: string, fatal: boolean): Decoder {
  try {
    return new globalThis.TextDecoder(encoding, { fatal, ignoreBOM: true });
  } catch {
    throw parameterError(`Wrong encoding format, ${encoding} is not supported`);
  }
}
