// `util.Base64Helper`, its variants of Base64, and its predecessor `util.Base64`.

import { base64Of, bytesOfBase64, bytesOfLatin1, latin1Of, objectKinds } from '../host.ts';
import { parameterError } from '../parameter-error.ts';

/** Variants of Base64. */
export const Type = {
  /** The usual alphabet, without line breaks. */
  BASIC: 0,
  /** The usual alphabet, in lines of 76 characters that end with CR LF. */
  MIME: 1,
  /** `-` and `_` instead of `+` and `/`, without padding and line breaks. */
  BASIC_URL_SAFE: 2,
  /** `-` and `_` instead of `+` and `/`, without padding, in lines of 76 characters that end with CR LF. */
  MIME_URL_SAFE: 3,
} as const;

/** The number of a variant. */
export type Type = 0 | 1 | 2 | 3;

const LINE = 76;

/** Encodes bytes as Base64, and decodes it. */
export class Base64Helper {
  /**
   * Encodes bytes as the bytes of Base64.
   *
   * @param options  `BASIC` (the default) or `BASIC_URL_SAFE`
   * @throws BusinessError 401 if the arguments are of other types
   */
  encodeSync(src: Uint8Array, options: Type = Type.BASIC): Uint8Array {
    requireOneLine(options);
    return bytesOfLatin1(encoded(src, options));
  }

  /**
   * Encodes bytes as Base64. With a `MIME` variant, fewer than 76 characters are an error, as on a device.
   *
   * @param options  default `BASIC`
   * @throws BusinessError 401 if the arguments are of other types
   * @throws Error if there are fewer than 76 characters for lines
   */
  encodeToStringSync(src: Uint8Array, options: Type = Type.BASIC): string {
    requireType(options);
    const text = encoded(src, options);
    return hasLines(options) ? inLines(text) : text;
  }

  /**
   * Decodes Base64. Line breaks are skipped.
   *
   * @param src      text, or its bytes
   * @param options  default `BASIC`
   * @throws BusinessError 401 if the arguments are of other types, or if there is a character that the variant does not have
   */
  decodeSync(src: Uint8Array | string, options: Type = Type.BASIC): Uint8Array {
    requireType(options);
    return decoded(src, options);
  }

  /**
   * Encodes bytes as the bytes of Base64.
   *
   * @param options  `BASIC` (the default) or `BASIC_URL_SAFE`
   * @throws BusinessError 401 if the arguments are of other types; it is thrown, not a rejection
   */
  encode(src: Uint8Array, options: Type = Type.BASIC): Promise<Uint8Array> {
    return Promise.resolve(this.encodeSync(src, options));
  }

  /**
   * Encodes bytes as Base64; with a `MIME` variant, fewer than 76 characters are a rejection.
   *
   * @param options  default `BASIC`
   * @throws BusinessError 401 if the arguments are of other types; it is thrown, not a rejection
   */
  encodeToString(src: Uint8Array, options: Type = Type.BASIC): Promise<string> {
    requireType(options);
    const text = encoded(src, options);
    return Promise.resolve(text).then((all) => (hasLines(options) ? inLines(all) : all));
  }

  /**
   * Decodes Base64. Line breaks are skipped.
   *
   * @param src      text, or its bytes
   * @param options  default `BASIC`
   * @throws BusinessError 401 as `decodeSync` does; it is thrown, not a rejection
   */
  decode(src: Uint8Array | string, options: Type = Type.BASIC): Promise<Uint8Array> {
    return Promise.resolve(this.decodeSync(src, options));
  }
}

/**
 * Encodes bytes as Base64, and decodes it; in the variant `BASIC` only.
 *
 * @deprecated use `Base64Helper`
 */
export class Base64 {
  readonly #helper = new Base64Helper();

  /**
   * Encodes bytes as the bytes of Base64.
   *
   * @throws BusinessError 401 if the argument is of another type
   */
  encodeSync(src: Uint8Array): Uint8Array {
    return this.#helper.encodeSync(src);
  }

  /**
   * Encodes bytes as Base64.
   *
   * @throws BusinessError 401 if the argument is of another type
   */
  encodeToStringSync(src: Uint8Array): string {
    return this.#helper.encodeToStringSync(src);
  }

  /**
   * Decodes Base64.
   *
   * @throws BusinessError 401 if the argument is of another type, or not Base64
   */
  decodeSync(src: Uint8Array | string): Uint8Array {
    return this.#helper.decodeSync(src);
  }

  /**
   * Encodes bytes as the bytes of Base64.
   *
   * @throws BusinessError 401 if the argument is of another type
   */
  encode(src: Uint8Array): Promise<Uint8Array> {
    return this.#helper.encode(src);
  }

  /**
   * Encodes bytes as Base64.
   *
   * @throws BusinessError 401 if the argument is of another type
   */
  encodeToString(src: Uint8Array): Promise<string> {
    return this.#helper.encodeToString(src);
  }

  /**
   * Decodes Base64.
   *
   * @throws BusinessError 401 if the argument is of another type, or not Base64
   */
  decode(src: Uint8Array | string): Promise<Uint8Array> {
    return this.#helper.decode(src);
  }
}

function isUrlSafe(type: Type): boolean {
  return type === Type.BASIC_URL_SAFE || type === Type.MIME_URL_SAFE;
}

function hasLines(type: Type): boolean {
  return type === Type.MIME || type === Type.MIME_URL_SAFE;
}

function requireType(type: unknown): void {
  if (!Object.values(Type).includes(type as Type)) {
    throw parameterError(`The type of ${String(type)} must be one of the type enumerations`);
  }
}

function requireOneLine(type: unknown): void {
  if (type !== Type.BASIC && type !== Type.BASIC_URL_SAFE) {
    throw parameterError(`The type of ${String(type)} must be BASIC or BASIC_URL_SAFE`);
  }
}

function encoded(src: Uint8Array, type: Type): string {
  if (!objectKinds.isUint8Array(src)) throw parameterError('The type of Parameter must be Uint8Array.');
  return base64Of(src, isUrlSafe(type));
}

function inLines(text: string): string {
  if (text.length < LINE) throw new Error('The parameter length does not meet this encoding format.');
  return text.replace(new RegExp(`.{1,${LINE}}`, 'g'), '$&\r\n');
}

function decoded(src: Uint8Array | string, type: Type): Uint8Array {
  if (typeof src !== 'string' && !objectKinds.isUint8Array(src)) {
    throw parameterError('The type of Parameter must be Uint8Array or string.');
  }
  const text = (typeof src === 'string' ? src : latin1Of(src)).replace(/[\r\n]/g, '');
  const alphabet = isUrlSafe(type) ? /^[\w-]*={0,2}$/ : /^[A-Za-z\d+/]*={0,2}$/;
  if (!alphabet.test(text)) throw parameterError('The input string contains unsupported characters.');
  return bytesOfBase64(text);
}
