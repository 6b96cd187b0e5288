// Text to bytes and back by Node's own routines. The ones on Buffer's prototype that take offsets spare a view for each
// call; where a runtime lacks them, the documented methods do the same a little slower.

import { Buffer, constants, isAscii, isUtf8 } from 'node:buffer';
import type { TextCodec } from '../core/ports.ts';

interface Slices {
  latin1Slice?(this: Uint8Array, start: number, end: number): string;
  utf8Slice?(this: Uint8Array, start: number, end: number): string;
  utf8Write?(this: Uint8Array, text: string, offset: number, size: number): number;
}

const slices = Buffer.prototype as unknown as Slices;

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const { latin1Slice, utf8Slice, utf8Write } = slices;

const decodeAscii =
  latin1Slice === undefined
    ? (bytes: Uint8Array, start: number, end: number) => asBuffer(bytes).toString('latin1', start, end)
    : (bytes: Uint8Array, start: number, end: number) => latin1Slice.call(bytes, start, end);

const decode =
  utf8Slice === undefined
    ? (bytes: Uint8Array, start: number, end: number) => asBuffer(bytes).toString('utf8', start, end)
    : (bytes: Uint8Array, start: number, end: number) => utf8Slice.call(bytes, start, end);

const encodeInto =
  utf8Write === undefined
    ? (text: string, target: Uint8Array, offset: number) => asBuffer(target).write(text, offset, 'utf8')
    : (text: string, target: Uint8Array, offset: number) =>
        utf8Write.call(target, text, offset, target.length - offset);

export const nodeText: TextCodec = {
  maxLength: constants.MAX_STRING_LENGTH,
  byteLength: (text) => Buffer.byteLength(text, 'utf8'),
  encodeInto,
  decode,
  decodeAscii,
  isAscii: (bytes, start, end) => isAscii(bytes.subarray(start, end)),
  isUtf8: (bytes, start, end) => isUtf8(bytes.subarray(start, end)),
};
