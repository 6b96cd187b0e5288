// What the streams of a run carry: a block that DEFLATE makes half as large, again and again, so that each byte is known by
// its position.

import { Buffer } from 'node:buffer';

const BLOCK_SIZE = 1024 * 1024;
const PART = 64 * 1024;

const block = makeBlock();

function makeBlock(): Buffer {
  // Twice, so that a part of any position is one range.
  const bytes = Buffer.alloc(2 * BLOCK_SIZE);
  let seed = 1;
  for (let at = 0; at < BLOCK_SIZE; at += 4) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    // Letters: a text as well.
    for (let byte = 0; byte < 4; byte++) bytes[at + byte] = 0x61 + ((seed >>> (byte * 8)) & 0x0f);
  }
  bytes.copy(bytes, BLOCK_SIZE, 0, BLOCK_SIZE);
  return bytes;
}

/** Bytes from a position on, of memory that must not be changed. */
export function partAt(position: number, size: number): Buffer {
  const start = position % BLOCK_SIZE;
  return block.subarray(start, start + Math.min(PART, size - position));
}

/** Whether a part is what belongs at a position. */
export function isRight(part: Uint8Array | string, position: number): boolean {
  const bytes =
    typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part.buffer, part.byteOffset, part.length);
  for (let at = 0; at < bytes.length; at += BLOCK_SIZE) {
    const start = (position + at) % BLOCK_SIZE;
    const size = Math.min(BLOCK_SIZE, bytes.length - at);
    if (bytes.compare(block, start, start + size, at, at + size) !== 0) return false;
  }
  return true;
}
