// Frames that wait: what is taken, what is dropped, and that neither costs more the longer the queue is.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FrameQueue } from '../../../src/core/message/frame-queue.ts';
import { QueueMemory } from '../../../src/core/message/queue-memory.ts';
import { concat, hex, pattern, toHex } from '../../support/hex.ts';
import { describeFrame, frame, readFrames, wire } from '../../support/wire.ts';

const memory = { allocate: (size: number) => new Uint8Array(size) };

/** What is left, in words. */
function rest(queue: FrameQueue): string[] {
  const frames: string[] = [];
  while (queue.size > 0) frames.push(...readFrames(concat(queue.take(1))).map(describeFrame));
  return frames;
}

describe('dropMessage', () => {
  test('the oldest message of one frame; control frames and fragments stay before what follows', () => {
    for (const role of ['client', 'server'] as const) {
      for (const isOnePiece of [false, true]) {
        const queue = new FrameQueue(new QueueMemory(memory));
        const frames = ['89 01 61', '81 01 31', '01 01 62', '8a 00', '80 01 63', 'c2 01 32', '82 00', '88 00'];
        const pieces = frames.map((it) => wire(role, it));
        for (const piece of isOnePiece ? [concat(pieces)] : pieces) queue.push(piece);
        const key = role === 'server' ? 4 : 0;
        assert.deepEqual(
          Array.from({ length: 4 }, () => queue.dropMessage()),
          [3 + key, 3 + key, 2 + key, 0],
        );
        assert.equal(queue.kept, queue.size);
        assert.deepEqual(rest(queue), ['ping 61', 'text… "b"', 'pong', 'continuation 63', 'close']);
      }
    }
  });
});

describe('take', () => {
  test('whole frames up to the limit, at least one', () => {
    const queue = new FrameQueue(new QueueMemory(memory));
    for (let number = 0; number < 5; number++) queue.push(frame(0x82, pattern(98, number)));
    assert.equal(concat(queue.take(250)).length, 200);
    assert.equal(concat(queue.take(10)).length, 100);
    assert.equal(queue.size, 200);
    assert.equal(concat(queue.take(200)).length, 200);
    assert.equal(queue.size, 0);
    queue.push(hex('81 00'));
    assert.equal(toHex(concat(queue.take(100))), '81 00');
  });

  test('from within a piece of which messages were dropped', () => {
    const queue = new FrameQueue(new QueueMemory(memory));
    queue.push(hex('81 01 61  81 01 62  89 00  81 01 63  81 01 64'));
    queue.push(hex('81 01 65'));
    queue.dropMessage();
    queue.dropMessage();
    queue.dropMessage();
    assert.deepEqual([queue.kept, queue.size], [2, 8]);
    assert.equal(toHex(concat(queue.take(1))), '89 00');
    assert.equal(toHex(concat(queue.take(1))), '81 01 64');
    assert.equal(toHex(concat(queue.take(1))), '81 01 65');
  });
});

test('a queue at its bound: a message costs the same number of looks, however many wait', () => {
  let looks = 0;
  /** A frame that counts how often something is read of it. */
  const counted = (bytes: Uint8Array): Uint8Array =>
    new Proxy(bytes, {
      get(target, name) {
        looks++;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const looksFor = (waiting: number, messages: number): number => {
    const queue = new FrameQueue(new QueueMemory(memory));
    const push = (number: number) => {
      queue.push(counted(frame(0x82, pattern(20, number))));
      // These stay, and must not be walked over again and again.
      if (number % 10 === 0) queue.push(counted(hex('89 00')));
    };
    for (let number = 0; number < waiting; number++) push(number);
    looks = 0;
    for (let number = 0; number < messages; number++) {
      push(number);
      assert.equal(queue.dropMessage(), 22);
    }
    return looks;
  };
  const few = looksFor(2_000, 2_000);
  assert.ok(few > 2_000);
  assert.equal(looksFor(20_000, 2_000), few);
  assert.equal(looksFor(2_000, 6_000), 3 * few);
});
