// ByteCollector: parts in order, and memory in proportion to the bytes received.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ByteCollector } from '../../../src/core/bytes.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { assertBytes, pattern } from '../../support/hex.ts';

class CountingMemory {
  allocated = 0;
  allocations = 0;
  largest = 0;
  allocate(size: number): Uint8Array {
    this.allocated += size;
    this.allocations++;
    this.largest = Math.max(this.largest, size);
    return new Uint8Array(size).fill(0xee);
  }
}

describe('ByteCollector joins parts', () => {
  for (const sizes of [
    [],
    [0],
    [1],
    [5, 0, 7],
    [511, 1, 1],
    [513],
    [100, 20_000, 3],
    [16_384, 16_383],
    [70_000, 1, 70_000],
  ]) {
    for (const isAnnounced of [true, false]) {
      test(`${sizes.join(', ') || 'none'}${isAnnounced ? ', announced' : ''}`, () => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const whole = pattern(total);
        const collector = new ByteCollector(new CountingMemory());
        for (let round = 0; round < 2; round++) {
          let at = 0;
          for (const size of sizes) {
            // Within a larger buffer, as most chunks are.
            const chunk = new Uint8Array(size * 3 + 2);
            chunk.set(whole.subarray(at, at + size), 1);
            at += size;
            collector.append(chunk, 1, 1 + size, isAnnounced ? total - at : 0);
            assert.equal(collector.size, at);
          }
          assertBytes(collector.take(), whole, `round ${round}`);
          assert.equal(collector.size, 0);
        }
      });
    }
  }

  test('clear forgets', () => {
    const collector = new ByteCollector(new CountingMemory());
    collector.append(pattern(10), 2, 4, 0);
    collector.clear();
    assert.equal(collector.size, 0);
    assert.equal(collector.take().length, 0);
  });

  test('what take() gave is not written any more', () => {
    const collector = new ByteCollector(new CountingMemory());
    const shared = new Uint8Array(4096);
    shared.set([1, 2, 3]);
    collector.append(shared, 0, 3, 0);
    const first = collector.take();
    collector.append(shared, 10, 20, 0);
    collector.take();
    assert.deepEqual([...first], [1, 2, 3]);
  });

  test('a small part does not keep the large chunk that it came in', () => {
    const collector = new ByteCollector(new CountingMemory());
    const chunk = new Uint8Array(65_536);
    collector.append(chunk, 0, 100, 0);
    assert.notEqual(collector.take().buffer, chunk.buffer);
  });
});

describe('ByteCollector takes memory in proportion to the bytes received (RFC 6455 §10.4)', () => {
  for (const part of [1, 10, 100, 1000, 10_000]) {
    for (const announced of [0, 2 ** 31]) {
      test(`parts of ${part} bytes, ${announced} announced`, () => {
        const memory = new CountingMemory();
        const collector = new ByteCollector(memory);
        const chunk = new Uint8Array(65_536);
        const total = 200_000;
        collector.append(chunk, 0, 1, announced);
        assert.ok(memory.allocated <= 1024, `${memory.allocated} bytes for the first one`);
        for (let at = 1; at < total; at += part) {
          collector.append(chunk, 0, part, announced === 0 ? 0 : announced - at);
          assert.ok(memory.largest <= 4 * (at + part) + 512, `${memory.largest} bytes for ${at + part}`);
        }
        assert.ok(memory.allocated <= 8 * total, `${memory.allocated} bytes in all`);
        assert.ok(memory.allocations <= 8, `${memory.allocations} pieces`);
      });
    }
  }

  for (const [came, announced, expected] of [
    [1_000, 64_000, [65_000]],
    [1_000, 65_000 + 1_000, [4_000]],
    // After 64 KiB, memory for sixteen times as much is taken, so that a message of 1 MiB is not copied on its way.
    [65_536, 15 * 65_536, [16 * 65_536]],
    [65_536, 15 * 65_536 + 1, [4 * 65_536]],
    [65_535, 65_536, [131_071]],
    [65_535, 10 * 65_536, [4 * 65_535]],
    [1_048_576, 0, [2 * 1_048_576]],
  ] as const) {
    test(`${came} bytes with ${announced} announced behind them`, () => {
      const memory = new CountingMemory();
      new ByteCollector(memory).append(new Uint8Array(came), 0, came, announced);
      assert.deepEqual([memory.largest], expected);
    });
  }

  test('parts that come in buffers of their own, as small TCP segments do, cost no object each', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const count = 100_000;
    const collector = new ByteCollector({ allocate: (size) => new Uint8Array(size) });
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < count; at++) collector.append(new Uint8Array(1), 0, 1, count - at);
    collectGarbage();
    const perByte = (process.memoryUsage().heapUsed - before) / count;
    assert.equal(collector.size, count);
    assert.ok(perByte < 20, `${perByte.toFixed(0)} bytes of heap for each byte collected`);
  });
});

describe('ByteCollector with memory that is given back', () => {
  function collecting() {
    const memory = new CountingMemory();
    const pool = new MemoryPool(memory);
    return { memory, pool, collector: new ByteCollector(memory) };
  }

  for (const sizes of [[0], [5, 0, 7], [4096], [4000, 100, 3], [16_384, 16_383], [70_000, 1, 70_000], [1_500_000, 9]]) {
    for (const isAnnounced of [true, false]) {
      test(`joins ${sizes.join(', ')}${isAnnounced ? ', announced' : ''}, at the start of a piece`, () => {
        const { pool, collector } = collecting();
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const whole = pattern(total);
        let at = 0;
        for (const size of sizes) {
          collector.append(whole, at, at + size, isAnnounced ? total - at - size : 0, pool);
          at += size;
        }
        assert.equal(collector.size, total);
        const piece = collector.takePiece();
        assertBytes(piece.subarray(0, total), whole);
        assert.ok(piece.length <= Math.max(8 * total, 512));
        assert.deepEqual([collector.size, collector.held], [0, 0]);
      });
    }
  }

  test('gives back a piece that has become too small, and the last one when it is cleared', () => {
    const { memory, pool, collector } = collecting();
    const part = pattern(5000);
    for (let count = 0; count < 10; count++) collector.append(part, 0, 5000, 0, pool);
    assert.equal(pool.kept, 8_192 + 16_384 + 32_768);
    collector.clear();
    assert.equal(pool.kept, 8_192 + 16_384 + 32_768 + 65_536);
    const { allocations } = memory;
    for (let count = 0; count < 10; count++) collector.append(part, 0, 5000, 0, pool);
    assert.equal(memory.allocations, allocations);
  });

  test('holds half of its piece at least: others have written to all of it', () => {
    const { pool, collector } = collecting();
    collector.append(pattern(70_000), 0, 70_000, 1_000_000, pool);
    assert.equal(collector.held, (2_097_152 + 64) / 2);
    assert.equal(new ByteCollector(new CountingMemory()).held, 0);
  });

  test('small parts cost no copy of all before each of them', () => {
    const { memory, pool, collector } = collecting();
    for (let count = 0; count < 20_000; count++) collector.append(pattern(1), 0, 1, 0, pool);
    assert.ok(memory.allocations <= 8, `${memory.allocations}`);
  });
});

test('pour gives everything to a taker, and the memory back', () => {
  const memory = { allocate: (size: number) => new Uint8Array(size) };
  const [pool, collector] = [new MemoryPool(memory), new ByteCollector(memory)];
  const taken: number[] = [];
  const taker = { part: (_: Uint8Array, start: number, end: number) => void taken.push(end - start) };
  collector.pour(taker);
  assert.deepEqual(taken, []);
  collector.append(pattern(5), 0, 5, 0, pool);
  collector.append(pattern(7), 0, 7, 0, pool);
  collector.pour(taker);
  assert.deepEqual([taken, collector.size], [[12], 0]);
});

describe('ByteCollector copies a message of many frames a few times at most, however chunks cut the frames', () => {
  const KiB = 1024;
  const size = 40 * 1024 * KiB;
  for (const frame of [4 * KiB, 64 * KiB, 1024 * KiB]) {
    for (const pieces of [1, 2, 17]) {
      for (const isPooled of [false, true]) {
        test(`40 MiB, frames of ${frame} bytes in ${pieces} pieces each${isPooled ? ', of a pool' : ''}`, () => {
          // Sizes are what counts here: the parts share one piece of memory.
          let allocated = 0;
          const memory = {
            allocate: (wanted: number): Uint8Array => {
              allocated += wanted;
              return new Uint8Array(wanted);
            },
          };
          const collector = new ByteCollector(memory);
          const pool = isPooled ? new MemoryPool(memory) : undefined;
          const chunk = new Uint8Array(frame);
          for (let at = 0; at < size; at += frame) {
            // Any message may end with this frame: the bytes announced are its rest.
            for (let piece = 0, from = 0; piece < pieces; piece++) {
              const to = Math.ceil((frame * (piece + 1)) / pieces);
              collector.append(chunk, from, to, frame - to, pool);
              from = to;
            }
          }
          assert.equal(collector.size, size);
          assert.ok(allocated < 6 * size, `${allocated / size} times its size was allocated`);
        });
      }
    }
  }
});
