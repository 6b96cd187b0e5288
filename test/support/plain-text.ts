// The text codec with only the Encoding standard: the faster codecs must agree with it.

import type { TextCodec } from '../../src/core/ports.ts';

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of `bytes`, or nothing where they are not valid UTF-8. */
export function decodeStrictly(bytes: Uint8Array): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // most of the time of a failing decoder; there are very many in the tests
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export const plainText: TextCodec = {
  byteLength: (text) => encoder.encode(text).length,
  encodeInto: (text, target, offset) => encoder.encodeInto(text, target.subarray(offset)).written,
  decode: (bytes, start, end) => strict.decode(bytes.subarray(start, end)),
  decodeAscii: (bytes, start, end) => String.fromCharCode(...bytes.subarray(start, end)),
  isAscii: (bytes, start, end) => bytes.subarray(start, end).every((byte) => byte < 0x80),
  isUtf8: (bytes, start, end) => decodeStrictly(bytes.subarray(start, end)) !== undefined,
};
