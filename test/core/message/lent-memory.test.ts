// An assembler that lends binary messages: when their memory is its own again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Assembler, type MessageReceiver, OVERWRITTEN } from '../../../src/core/message/assembler.ts';
import { assertBytes, pattern } from '../../support/hex.ts';
import { plainText } from '../../support/plain-text.ts';

const limits = {
  maxMessageSize: Infinity,
  maxFrameSize: Infinity,
  maxFragments: Infinity,
  maxEmptyFragments: Infinity,
  maxInflateRatio: Infinity,
};
const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };

function lending(lentReceived: MessageReceiver['lentReceived'], overwrites = true) {
  const pool = new MemoryPool(memory);
  const assembler = new Assembler(plainText, memory, pool);
  const messageReceived = (): void => assert.fail('binary messages are lent');
  assembler.serve({ messageReceived, ...(lentReceived && { lentReceived }) }, limits, { overwrites });
  return {
    pool,
    assembler,
    /** One frame in one chunk. */
    whole(first: number, payload: Uint8Array): void {
      assembler.begin(first, payload.length);
      assembler.whole(first, payload, 0, payload.length, -1);
    },
    /** One frame in two chunks. */
    cut(first: number, payload: Uint8Array, at: number): void {
      assembler.begin(first, payload.length);
      assembler.part(payload, 0, at, -1, payload.length - at);
      assembler.part(payload, at, payload.length, -1, 0);
      assembler.end(first);
    },
  };
}

describe('lent memory', () => {
  for (const size of [0, 1, 63, 64, 100, 4095, 4096, 70_000]) {
    test(`${size} bytes, in one chunk, in two, and in two frames: the message's until it was received`, () => {
      const lent: Uint8Array[] = [];
      const payload = pattern(size);
      const run = lending((data) => {
        assertBytes(data, payload);
        lent.push(data);
        return undefined;
      });
      run.whole(0x82, payload);
      run.cut(0x82, payload, size >> 1);
      run.whole(0x02, payload.slice(0, size >> 1));
      run.whole(0x80, payload.slice(size >> 1));
      assert.deepEqual(
        lent.map(({ length }) => length),
        [size, size, size],
      );
      assert.ok(lent.every((data) => data.every((byte) => byte === OVERWRITTEN)));
      if (size >= 4096) assert.ok(run.pool.kept >= size);
    });
  }

  test('until the promise resolves, even if the assembler serves another receiver by then', async () => {
    let resolve = (): void => {};
    const lent: Uint8Array[] = [];
    const run = lending((data) => {
      lent.push(data);
      return new Promise((done) => {
        resolve = done;
      });
    });
    run.whole(0x82, pattern(5000));
    run.assembler.release();
    run.assembler.serve({ messageReceived: () => {} }, limits);
    run.whole(0x82, pattern(5000, 1));
    await Promise.resolve();
    assertBytes(lent[0] as Uint8Array, pattern(5000));
    assert.equal(run.pool.kept, 0);
    resolve();
    await Promise.resolve();
    assert.equal(run.pool.kept, 8192);
    assert.ok(lent[0]?.every((byte) => byte === OVERWRITTEN));
  });

  test('of a receiver that throws, and of one that takes no lent messages, it comes back', () => {
    const throwing = lending(() => {
      throw new RangeError('one message too many');
    });
    assert.throws(() => throwing.whole(0x82, pattern(5000)), RangeError);
    assert.equal(throwing.pool.kept, 8192);
    const without = lending(undefined);
    without.whole(0x82, pattern(5000));
    assert.equal(without.pool.kept, 8192);
  });

  test('of a message that is discarded it comes back', () => {
    const run = lending(() => undefined);
    run.assembler.begin(0x82, 10_000);
    run.assembler.part(pattern(5000), 0, 5000, -1, 5000);
    assert.ok(run.assembler.held >= 5000);
    run.assembler.discard();
    assert.equal(run.assembler.held, 0);
    assert.equal(run.pool.kept, 16_384);
  });

  test('that was transferred is neither overwritten nor used again', () => {
    const run = lending((data) => {
      structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
      return undefined;
    });
    for (const size of [10, 5000]) run.whole(0x82, pattern(size));
    assert.equal(run.pool.kept, 0);
  });

  test('is left as it was where it is not to be overwritten', () => {
    let lent: Uint8Array | undefined;
    const run = lending((data) => {
      lent = data;
      return undefined;
    }, false);
    run.whole(0x82, pattern(5000));
    assertBytes(lent as Uint8Array, pattern(5000));
  });
});
