// Memory for messages: each message has its own, whether it comes from a slab or from a separate allocation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeMemory } from '../../src/node/memory.ts';

/** Around every border between the ways. */
const SIZES = [
  0, 1, 64, 65, 100, 1_024, 1_025, 2_047, 2_048, 2_049, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 65_535, 65_536,
  200_000,
];

test('pieces have their size, are Buffers, and none shares a byte with another', () => {
  const pieces = Array.from({ length: 200 }, (_, index) => {
    const size = SIZES[index % SIZES.length] as number;
    const bytes = nodeMemory.allocate(size);
    assert.equal(bytes.length, size);
    assert.ok(Buffer.isBuffer(bytes), 'on their way into a socket Buffers need no conversion');
    return bytes.fill(index);
  });
  for (const [index, bytes] of pieces.entries()) {
    assert.ok(
      bytes.every((byte) => byte === index),
      `piece ${index} of ${bytes.length} bytes`,
    );
  }
});

test('keeping one message keeps at most 16 KiB, or 32 times its size', () => {
  for (const size of [65, 500, 1_024, 1_025, 2_048, 3_000, 8_192, 8_193, 20_000, 65_536]) {
    for (let count = 0; count < 40; count++) {
      const { buffer } = nodeMemory.allocate(size);
      assert.ok(buffer.byteLength <= Math.max(16_384, 32 * size), `${buffer.byteLength} bytes for ${size}`);
    }
  }
});

test('a message of 64 bytes or less, or of more than 8 KiB, has memory of its own', () => {
  for (const size of [0, 1, 63, 64, 8_193, 20_000, 65_536]) {
    const { buffer, byteOffset } = nodeMemory.allocate(size);
    assert.deepEqual([byteOffset, buffer.byteLength], [0, size]);
  }
});

test('words of any width can be viewed in memory from a slab', () => {
  for (const size of [66, 1_000, 2_048, 2_049, 3_001, 8_191]) {
    const { buffer, byteOffset } = nodeMemory.allocate(size);
    new Float64Array(buffer, byteOffset, 1)[0] = Math.PI;
  }
});

test('memory that lasts fills a separate ArrayBuffer, which cannot be posted away', () => {
  for (const size of [1, 64, 65, 1_024, 8_192, 70_000]) {
    const bytes = nodeMemory.allocateLasting?.(size) as Buffer;
    assert.ok(Buffer.isBuffer(bytes));
    assert.deepEqual([bytes.length, bytes.byteOffset, bytes.buffer.byteLength], [size, 0, size]);
    try {
      structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
    } catch {
      // Refused. Node 20 copies it.
    }
    assert.equal(bytes.length, size);
  }
});
