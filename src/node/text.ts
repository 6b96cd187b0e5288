// Text to bytes and back by Node's own routines.

import { Buffer, constants, isAscii, isUtf8 } from 'node:buffer';
import type { TextCodec } from '../core/ports.ts';
import { type BufferMethods, findBufferMethods } from './internals/buffer-methods.ts';

/** The same by documented methods, a little slower. */
const documented: BufferMethods = {
  decodeAscii: (bytes, start, end) => asBuffer(bytes).toString('latin1', start, end),
  decode: (bytes, start, end) => asBuffer(bytes).toString('utf8', start, end),
  encodeInto: (text, target, offset) => asBuffer(target).write(text, offset, 'utf8'),
};

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The codec by these methods, or where this runtime lacks them by the documented ones. */
export function textCodec({ decodeAscii, decode, encodeInto }: BufferMethods = documented): TextCodec {
  return {
    maxLength: constants.MAX_STRING_LENGTH,
    byteLength: (text) => Buffer.byteLength(text, 'utf8'),
    encodeInto,
    decode,
    decodeAscii,
    isAscii: (bytes, start, end) => isAscii(bytes.subarray(start, end)),
    isUtf8: (bytes, start, end) => isUtf8(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)),
  };
}

export const nodeText: TextCodec = textCodec(findBufferMethods());
