// Memory for messages: every size its own, whether it comes from Buffer's pool, a slab or an allocation of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeMemory } from '../../src/node/memory.ts';

/** Around every border between the ways. */
const SIZES = [0, 1, 100, 2_047, 2_048, 2_049, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 65_535, 65_536, 200_000];

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

test('whoever keeps one message keeps sixteen times its size at most', () => {
  for (const size of [2_048, 3_000, 8_192, 8_193, 65_536]) {
    for (let count = 0; count < 20; count++) {
      const { buffer } = nodeMemory.allocate(size);
      assert.ok(buffer.byteLength <= 16 * size, `${buffer.byteLength} bytes for ${size}`);
    }
  }
});

test('words of any width can be viewed in what comes from a slab', () => {
  for (const size of [2_048, 2_049, 3_001, 8_191]) {
    const { buffer, byteOffset } = nodeMemory.allocate(size);
    new Float64Array(buffer, byteOffset, 1)[0] = Math.PI;
  }
});
