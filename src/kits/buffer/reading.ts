// The numbers that a Buffer reads from its bytes. Each method throws 401 for an offset that is not a number and 10200001 for
// one at which the bytes end too early. Where the offset has a default, `null` stands for it, as on a device.

import { Bytes, bytesOf, checkOffset, checkPlace, viewOf } from './bytes.ts';
import { checkNumber, checkRange } from './checks.ts';

/** Reads numbers. */
export abstract class ReadableBytes extends Bytes {
  /** Reads a signed 64-bit integer, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readBigInt64BE(offset = 0): bigint {
    return at(this, offset, 8).getBigInt64(offset);
  }

  /** Reads a signed 64-bit integer, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readBigInt64LE(offset = 0): bigint {
    return at(this, offset, 8).getBigInt64(offset, true);
  }

  /** Reads an unsigned 64-bit integer, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readBigUInt64BE(offset = 0): bigint {
    return at(this, offset, 8).getBigUint64(offset);
  }

  /** Reads an unsigned 64-bit integer, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readBigUInt64LE(offset = 0): bigint {
    return at(this, offset, 8).getBigUint64(offset, true);
  }

  /** Reads a 64-bit floating-point number, the most significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readDoubleBE(offset = 0): number {
    return at(this, offset, 8).getFloat64(offset);
  }

  /** Reads a 64-bit floating-point number, the least significant byte first. `offset`: 0 to `length - 8`, default 0. */
  readDoubleLE(offset = 0): number {
    return at(this, offset, 8).getFloat64(offset, true);
  }

  /** Reads a 32-bit floating-point number, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readFloatBE(offset = 0): number {
    return at(this, offset, 4).getFloat32(offset);
  }

  /** Reads a 32-bit floating-point number, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readFloatLE(offset = 0): number {
    return at(this, offset, 4).getFloat32(offset, true);
  }

  /** Reads a signed byte. `offset`: 0 to `length - 1`, default 0. */
  readInt8(offset = 0): number {
    return at(this, offset, 1).getInt8(offset);
  }

  /** Reads a signed 16-bit integer, the most significant byte first. `offset`: 0 to `length - 2`, default 0. */
  readInt16BE(offset = 0): number {
    return at(this, offset, 2).getInt16(offset);
  }

  /** Reads a signed 16-bit integer, the least significant byte first. `offset`: 0 to `length - 2`, default 0. */
  readInt16LE(offset = 0): number {
    return at(this, offset, 2).getInt16(offset, true);
  }

  /** Reads a signed 32-bit integer, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readInt32BE(offset = 0): number {
    return at(this, offset, 4).getInt32(offset);
  }

  /** Reads a signed 32-bit integer, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readInt32LE(offset = 0): number {
    return at(this, offset, 4).getInt32(offset, true);
  }

  /** Reads a signed integer of 1 to 6 bytes, the most significant byte first. `offset`: 0 to `length - byteLength`. */
  readIntBE(offset: number, byteLength: number): number {
    return signed(this.readUIntBE(offset, byteLength), byteLength);
  }

  /** Reads a signed integer of 1 to 6 bytes, the least significant byte first. `offset`: 0 to `length - byteLength`. */
  readIntLE(offset: number, byteLength: number): number {
    return signed(this.readUIntLE(offset, byteLength), byteLength);
  }

  /** Reads a byte. `offset`: 0 to `length - 1`, default 0. */
  readUInt8(offset = 0): number {
    return at(this, offset, 1).getUint8(offset);
  }

  /** Reads an unsigned 16-bit integer, the most significant byte first. `offset`: 0 to `length - 2`, default 0. */
  readUInt16BE(offset = 0): number {
    return at(this, offset, 2).getUint16(offset);
  }

  /** Reads an unsigned 16-bit integer, the least significant byte first. `offset`: 0 to `length - 2`, default 0. */
  readUInt16LE(offset = 0): number {
    return at(this, offset, 2).getUint16(offset, true);
  }

  /** Reads an unsigned 32-bit integer, the most significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readUInt32BE(offset = 0): number {
    return at(this, offset, 4).getUint32(offset);
  }

  /** Reads an unsigned 32-bit integer, the least significant byte first. `offset`: 0 to `length - 4`, default 0. */
  readUInt32LE(offset = 0): number {
    return at(this, offset, 4).getUint32(offset, true);
  }

  /** Reads an unsigned integer of 1 to 6 bytes, the most significant byte first. `offset`: 0 to `length - byteLength`. */
  readUIntBE(offset: number, byteLength: number): number {
    return piece(this, offset, byteLength).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** Reads an unsigned integer of 1 to 6 bytes, the least significant byte first. `offset`: 0 to `length - byteLength`. */
  readUIntLE(offset: number, byteLength: number): number {
    return piece(this, offset, byteLength).reduceRight((value, byte) => value * 256 + byte, 0);
  }
}

/** The view to read from, after the checks. */
function at(buffer: Bytes, offset: number, size: number): DataView {
  checkPlace(buffer, offset, size);
  return viewOf(buffer);
}

/** The bytes of an integer, after the checks. */
function piece(buffer: Bytes, offset: number, byteLength: number): Uint8Array {
  checkNumber('offset', offset);
  checkNumber('byteLength', byteLength);
  checkRange('byteLength', byteLength, 1, 6);
  checkOffset(buffer, offset, byteLength);
  return bytesOf(buffer).subarray(offset, offset + byteLength);
}

/** The value of two's complement. */
function signed(value: number, byteLength: number): number {
  const size = 2 ** (8 * byteLength);
  return value < size / 2 ? value : value - size;
}
