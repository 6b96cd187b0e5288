// Memory that is used again: which piece a caller gets, and how many bytes stay.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryPool, MOST_KEPT } from '../../../src/core/memory-pool.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A pool, and the sizes that it has asked its host for. */
function poolOver(): { readonly pool: MemoryPool; readonly asked: number[] } {
  const asked: number[] = [];
  const memory = {
    allocate(size: number): Uint8Array {
      asked.push(size);
      return new Uint8Array(size);
    },
  };
  return { pool: new MemoryPool(memory), asked };
}

describe('a pool of memory', () => {
  test('gives what was given back last, for every size that it has room for', () => {
    const { pool, asked } = poolOver();
    const [one, two] = [pool.take(40_000), pool.take(40_000)];
    pool.giveBack(one);
    pool.giveBack(two);
    assert.equal(pool.take(65_536 + 64), two);
    assert.equal(pool.take(32_768 + 65), one);
    assert.equal(asked.length, 2);
  });

  test('has room for a frame header beside each power of two, and less than twice what was asked for', () => {
    const { pool } = poolOver();
    for (const size of [4 * KIB, 4 * KIB + 1, 9000, 64 * KIB, 64 * KIB + 14, 64 * KIB + 64, MIB, MIB + 65, MOST_KEPT]) {
      const { length } = pool.take(size);
      assert.ok(length >= size && length <= 2 * size + 64, `${length} for ${size}`);
      assert.equal(Math.log2(length - 64) % 1, 0);
    }
  });

  test('leaves small and very large sizes to the host', () => {
    const { pool, asked } = poolOver();
    for (const size of [0, 1, 4 * KIB - 1, MOST_KEPT + 65, 20 * MIB]) {
      const piece = pool.take(size);
      assert.equal(piece.length, size);
      pool.giveBack(piece);
      assert.notEqual(pool.take(size), piece);
    }
    assert.equal(asked.length, 10);
    assert.equal(pool.kept, 0);
  });

  test('does not take what it has not given: another size, or memory that was transferred', () => {
    const { pool } = poolOver();
    pool.giveBack(new Uint8Array(100_000));
    const piece = pool.take(5000);
    structuredClone(piece.buffer, { transfer: [piece.buffer as ArrayBuffer] });
    pool.giveBack(piece);
    assert.equal(pool.kept, 0);
  });

  test('does not give memory that was transferred while it was free', () => {
    const { pool, asked } = poolOver();
    const [first, second] = [pool.take(5000), pool.take(5000)];
    pool.giveBack(first);
    pool.giveBack(second);
    structuredClone(second.buffer, { transfer: [second.buffer as ArrayBuffer] });
    assert.equal(pool.take(5000), first);
    assert.equal(pool.take(5000).length, 8 * KIB + 64);
    assert.equal(asked.length, 3);
    assert.equal(pool.kept, 0);
  });

  test('keeps 16 MiB at most, of whatever sizes', () => {
    const { pool } = poolOver();
    const pieces = [4 * KIB, 64 * KIB, MIB, 5 * MIB, MOST_KEPT].flatMap((size) =>
      Array.from({ length: Math.ceil((20 * MIB) / size / 8) }, () => pool.take(size)),
    );
    for (const piece of [...pieces, ...[...pieces].reverse().map(({ length }) => pool.take(length - 64))]) {
      pool.giveBack(piece);
      assert.ok(pool.kept <= MOST_KEPT, `${pool.kept}`);
    }
  });

  test('when it is full, the size with the most bytes makes room', () => {
    const { pool, asked } = poolOver();
    const largest = pool.take(MOST_KEPT);
    const common = Array.from({ length: 5 }, () => pool.take(64 * KIB));
    pool.giveBack(largest);
    assert.equal(pool.kept, MOST_KEPT);
    for (const piece of common) pool.giveBack(piece);
    assert.equal(pool.kept, 5 * 64 * KIB);
    const before = asked.length;
    for (let count = 0; count < 5; count++) pool.take(64 * KIB);
    assert.equal(asked.length, before);
    pool.take(MOST_KEPT);
    assert.equal(asked.length, before + 1);
  });

  test('asks for lasting memory where the host has it', () => {
    const asked: string[] = [];
    const pool = new MemoryPool({
      allocate(size) {
        asked.push(`allocate ${size}`);
        return new Uint8Array(size);
      },
      allocateLasting(size) {
        asked.push(`allocateLasting ${size}`);
        return new Uint8Array(size);
      },
    });
    for (const size of [100, 5000, 20 * MIB]) pool.take(size);
    assert.deepEqual(asked, ['allocate 100', 'allocateLasting 8256', 'allocate 20971520']);
  });

  test('passes on that there is no memory, and goes on', () => {
    let isOut = true;
    const pool = new MemoryPool({
      allocate(size) {
        if (isOut) throw new RangeError('Array buffer allocation failed');
        return new Uint8Array(size);
      },
    });
    assert.throws(() => pool.take(5000), RangeError);
    isOut = false;
    assert.equal(pool.take(5000).length, 8 * KIB + 64);
  });
});
