// The numbers that a Buffer writes into its bytes. Each method returns the offset after those bytes, and throws 401 for
// parameters of another type and 10200001 for values and offsets out of their range. Where the offset has a default, `null`
// stands for it, as on a device.

import { bytesOf, checkOffset, checkPlace, viewOf } from './bytes.ts';
import { checkBigint, checkNumber, checkRange } from './checks.ts';
import { ReadableBytes } from './reading.ts';

/** Writes numbers. */
export abstract class WritableBytes extends ReadableBytes {
  /** Writes a signed 64-bit integer, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeBigInt64BE(value: bigint, offset = 0): number {
    signedBigint(this, value, offset).setBigInt64(offset, value);
    return offset + 8;
  }

  /** Writes a signed 64-bit integer, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeBigInt64LE(value: bigint, offset = 0): number {
    signedBigint(this, value, offset).setBigInt64(offset, value, true);
    return offset + 8;
  }

  /** Writes an unsigned 64-bit integer, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeBigUInt64BE(value: bigint, offset = 0): number {
    unsignedBigint(this, value, offset).setBigUint64(offset, value);
    return offset + 8;
  }

  /** Writes an unsigned 64-bit integer, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeBigUInt64LE(value: bigint, offset = 0): number {
    unsignedBigint(this, value, offset).setBigUint64(offset, value, true);
    return offset + 8;
  }

  /** Writes a 64-bit floating-point number, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeDoubleBE(value: number, offset = 0): number {
    float(this, value, offset, 8).setFloat64(offset, value);
    return offset + 8;
  }

  /** Writes a 64-bit floating-point number, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  writeDoubleLE(value: number, offset = 0): number {
    float(this, value, offset, 8).setFloat64(offset, value, true);
    return offset + 8;
  }

  /** Writes a 32-bit floating-point number, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeFloatBE(value: number, offset = 0): number {
    float(this, value, offset, 4).setFloat32(offset, value);
    return offset + 4;
  }

  /** Writes a 32-bit floating-point number, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeFloatLE(value: number, offset = 0): number {
    float(this, value, offset, 4).setFloat32(offset, value, true);
    return offset + 4;
  }

  /** Writes a signed byte, -128 to 127. `offset`: 0 to `length - 1`, default 0. */
  writeInt8(value: number, offset = 0): number {
    signed(this, value, offset, 1).setInt8(offset, value);
    return offset + 1;
  }

  /** Writes a signed 16-bit integer, the most significant byte first. `offset`: 0 to `length - 2`, default 0. */
  writeInt16BE(value: number, offset = 0): number {
    signed(this, value, offset, 2).setInt16(offset, value);
    return offset + 2;
  }

  /** Writes a signed 16-bit integer, the least significant byte first. `offset`: 0 to `length - 2`, default 0. */
  writeInt16LE(value: number, offset = 0): number {
    signed(this, value, offset, 2).setInt16(offset, value, true);
    return offset + 2;
  }

  /** Writes a signed 32-bit integer, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeInt32BE(value: number, offset = 0): number {
    signed(this, value, offset, 4).setInt32(offset, value);
    return offset + 4;
  }

  /** Writes a signed 32-bit integer, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeInt32LE(value: number, offset = 0): number {
    signed(this, value, offset, 4).setInt32(offset, value, true);
    return offset + 4;
  }

  /** Writes a signed integer of 1 to 6 bytes, the most significant byte first. `offset`: 0 to `length - byteLength`. */
  writeIntBE(value: number, offset: number, byteLength: number): number {
    checkPiece(this, value, offset, byteLength);
    signed(this, value, offset, byteLength);
    return put(bytesOf(this), value, offset, byteLength, 'BE');
  }

  /** Writes a signed integer of 1 to 6 bytes, the least significant byte first. `offset`: 0 to `length - byteLength`. */
  writeIntLE(value: number, offset: number, byteLength: number): number {
    checkPiece(this, value, offset, byteLength);
    signed(this, value, offset, byteLength);
    return put(bytesOf(this), value, offset, byteLength, 'LE');
  }

  /** Writes a byte, 0 to 255. `offset`: 0 to `length - 1`, default 0. */
  writeUInt8(value: number, offset = 0): number {
    unsigned(this, value, offset, 1).setUint8(offset, value);
    return offset + 1;
  }

  /** Writes an unsigned 16-bit integer, the most significant byte first. `offset`: 0 to `length - 2`, default 0. */
  writeUInt16BE(value: number, offset = 0): number {
    unsigned(this, value, offset, 2).setUint16(offset, value);
    return offset + 2;
  }

  /** Writes an unsigned 16-bit integer, the least significant byte first. `offset`: 0 to `length - 2`, default 0. */
  writeUInt16LE(value: number, offset = 0): number {
    unsigned(this, value, offset, 2).setUint16(offset, value, true);
    return offset + 2;
  }

  /** Writes an unsigned 32-bit integer, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeUInt32BE(value: number, offset = 0): number {
    unsigned(this, value, offset, 4).setUint32(offset, value);
    return offset + 4;
  }

  /** Writes an unsigned 32-bit integer, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  writeUInt32LE(value: number, offset = 0): number {
    unsigned(this, value, offset, 4).setUint32(offset, value, true);
    return offset + 4;
  }

  /** Writes an unsigned integer of 1 to 6 bytes, the most significant byte first. `offset`: 0 to `length - byteLength`. */
  writeUIntBE(value: number, offset: number, byteLength: number): number {
    checkPiece(this, value, offset, byteLength);
    unsigned(this, value, offset, byteLength);
    return put(bytesOf(this), value, offset, byteLength, 'BE');
  }

  /** Writes an unsigned integer of 1 to 6 bytes, the least significant byte first. `offset`: 0 to `length - byteLength`. */
  writeUIntLE(value: number, offset: number, byteLength: number): number {
    checkPiece(this, value, offset, byteLength);
    unsigned(this, value, offset, byteLength);
    return put(bytesOf(this), value, offset, byteLength, 'LE');
  }
}

// Each of these checks the parameters and returns the view to write to.

function float(buffer: ReadableBytes, value: number, offset: number, size: number): DataView {
  checkNumber('value', value);
  checkPlace(buffer, offset, size);
  return viewOf(buffer);
}

function signed(buffer: ReadableBytes, value: number, offset: number, size: number): DataView {
  const view = float(buffer, value, offset, size);
  const bound = 2 ** (8 * size - 1);
  checkRange('value', value, -bound, bound - 1);
  return view;
}

function unsigned(buffer: ReadableBytes, value: number, offset: number, size: number): DataView {
  const view = float(buffer, value, offset, size);
  const highest = size > 4 || size === 3 ? `2**${8 * size} - 1` : undefined;
  checkRange('value', value, 0, 2 ** (8 * size) - 1, 0, highest);
  return view;
}

function signedBigint(buffer: ReadableBytes, value: bigint, offset: number): DataView {
  checkBigint('value', value);
  checkPlace(buffer, offset, 8);
  checkRange('value', value, -(2n ** 63n), 2n ** 63n - 1n, '-(2n ** 63n)', '2n ** 63n - 1n');
  return viewOf(buffer);
}

function unsignedBigint(buffer: ReadableBytes, value: bigint, offset: number): DataView {
  checkBigint('value', value);
  checkPlace(buffer, offset, 8);
  checkRange('value', value, 0n, 2n ** 64n - 1n, '0', '2n ** 64n - 1n');
  return viewOf(buffer);
}

function checkPiece(buffer: ReadableBytes, value: number, offset: number, byteLength: number): void {
  checkNumber('value', value);
  checkNumber('offset', offset);
  checkNumber('byteLength', byteLength);
  checkRange('byteLength', byteLength, 1, 6);
  checkOffset(buffer, offset, byteLength);
}

/** Writes an integer, of which negative values are in two's complement, and returns the offset behind it. */
function put(bytes: Uint8Array, value: number, offset: number, size: number, order: 'BE' | 'LE'): number {
  let rest = Math.trunc(value) || 0;
  if (rest < 0) rest += 2 ** (8 * size);
  for (let count = 0; count < size; count++) {
    bytes[order === 'LE' ? offset + count : offset + size - 1 - count] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}
