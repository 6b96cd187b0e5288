// Frame headers of what we send (RFC 6455 §5.2): always the shortest length encoding, masked by clients only (§5.3).

import { LENGTH_16, LENGTH_64, LENGTH_BITS, MASK_BIT } from '../constants.ts';
import { writeKey } from '../mask.ts';

/** Bytes of a header for a payload of `length` bytes. */
export function headerSize(length: number, isMasked: boolean): number {
  const size = length < LENGTH_16 ? 2 : length < 0x10000 ? 4 : 10;
  return isMasked ? size + 4 : size;
}

/**
 * Writes a header at `target[at…]`.
 *
 * @param first   first byte: FIN, RSV and opcode
 * @param length  bytes of payload
 */
export function writeHeader(target: Uint8Array, at: number, first: number, length: number): void {
  target[at] = first;
  writeLength(target, at, length, 0);
}

/** As {@link writeHeader}, with the MASK bit and `key` (RFC 6455 §5.3). */
export function writeMaskedHeader(target: Uint8Array, at: number, first: number, length: number, key: number): void {
  target[at] = first;
  writeKey(target, writeLength(target, at, length, MASK_BIT), key);
}

/** Bytes of the frame of ours whose header is at `bytes[at…]`, header included. */
export function frameSize(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1];
  let length = second & LENGTH_BITS;
  if (length === LENGTH_16) length = (bytes[at + 2] << 8) | bytes[at + 3];
  else if (length === LENGTH_64) {
    length = 0;
    for (let index = at + 2; index < at + 10; index++) length = length * 256 + bytes[index];
  }
  return headerSize(length, second >= MASK_BIT) + length;
}

/** @returns index after the length */
function writeLength(target: Uint8Array, at: number, length: number, maskBit: number): number {
  if (length < LENGTH_16) {
    target[at + 1] = maskBit | length;
    return at + 2;
  }
  if (length < 0x10000) {
    target[at + 1] = maskBit | LENGTH_16;
    target[at + 2] = length >>> 8;
    target[at + 3] = length;
    return at + 4;
  }
  target[at + 1] = maskBit | LENGTH_64;
  const high = Math.floor(length / 0x100000000);
  target[at + 2] = high >>> 24;
  target[at + 3] = high >>> 16;
  target[at + 4] = high >>> 8;
  target[at + 5] = high;
  target[at + 6] = length >>> 24;
  target[at + 7] = length >>> 16;
  target[at + 8] = length >>> 8;
  target[at + 9] = length;
  return at + 10;
}
