// How a compressed message ends (RFC 7692 §7.2.1): with an empty stored block, of which the last four bytes do not travel.

import { Buffer } from 'node:buffer';

/** What a sender leaves out, and a receiver puts after a message (RFC 7692 §7.2.2). */
export const TAIL = Buffer.of(0x00, 0x00, 0xff, 0xff);

/** The tail and one more byte. When zlib is told to stop after a block, it leaves that byte if the tail has ended one. */
export const TAIL_AND_MORE = Buffer.of(...TAIL, 0x00);

/** What is wrong with a message that the tail does not complete. */
export const ENDS_WITHIN_BLOCK = 'it ends within a block';

/** A view of a message without the tail that it ends with. */
export function withoutTail(compressed: Uint8Array): Uint8Array {
  return compressed.subarray(0, compressed.length - TAIL.length);
}

/**
 * zlib has no raw window of 2^8. Its smallest, 2^9, deflates with distances of at most 2^9 - 262 = 250 bytes, which a
 * window of 2^8 holds, and inflates whatever a smaller one can: so a window of 2^8 is kept although 2^9 is asked for.
 */
export function zlibWindowBits(windowBits: number): number {
  return Math.max(windowBits, 9);
}
