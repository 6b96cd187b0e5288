// Frames that wait for a slow peer lie in memory that is used again: in what order they leave, what is dropped, that
// nothing is overwritten which is still to be sent, and how little is allocated for it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocketError } from '../../../src/core/errors.ts';
import { Arena } from '../../../src/core/message/arena.ts';
import { FrameQueue } from '../../../src/core/message/frame-queue.ts';
import { Outbox } from '../../../src/core/message/outbox.ts';
import { LARGEST_COPY, QueueMemory } from '../../../src/core/message/queue-memory.ts';
import { SharedFrames } from '../../../src/core/message/shared-frames.ts';
import { assertBytes, concat, hex, pattern, toHex } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';
import { MemoryTransport } from '../../support/memory-transport.ts';
import { frame } from '../../support/wire.ts';

const KIB = 1024;
const BLOCK = 64 * KIB;
/** From so many bytes on a queue copies what it is given. */
const LONG = 256 * KIB;
const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };
const dropped = webSocketError('ERR_WS_DROPPED', 'too slow');

describe('QueueMemory', () => {
  test('what follows the piece before continues it; what does not is a piece of its own', () => {
    const queued = new QueueMemory(memory);
    const mine = queued.append(hex('81 01 31'), undefined);
    const other = queued.append(hex('81 01 32'), undefined);
    assert.deepEqual([toHex(mine), toHex(other)], ['81 01 31', '81 01 32']);
    const both = queued.append(hex('81 01 33'), other);
    assert.equal(toHex(both), '81 01 32 81 01 33');
    assert.equal(toHex(queued.append(hex('81 01 34'), mine)), '81 01 34', 'others lie between');
    assert.equal(toHex(queued.append(hex('81 01 35'), hex('82 00'))), '81 01 35', 'a piece of other memory');
    assert.deepEqual([queued.has(both), queued.has(hex('82 00'))], [true, false]);
  });

  test('the same object in a row is copied once', () => {
    const queued = new QueueMemory(memory);
    const message = hex('82 02 aa bb');
    const pieces = [1, 2, 3].map(() => queued.append(message, undefined));
    assert.deepEqual(
      pieces.map(({ byteOffset }) => byteOffset),
      [0, 0, 0],
    );
    assert.equal(queued.append(hex('82 00'), undefined).byteOffset, 4);
    assert.equal(queued.append(message, undefined).byteOffset, 6, 'not in a row');
  });

  test('a block is used again when each of its pieces was released, and not before', () => {
    const queued = new QueueMemory(memory);
    const fill = () => Array.from({ length: 4 }, (_, seed) => queued.append(pattern(LARGEST_COPY, seed), undefined));
    const first = fill();
    const block = (first[0] as Uint8Array).buffer;
    for (const piece of first) queued.release(piece);
    queued.release(hex('81 00')); // none of its pieces
    const second = fill();
    assert.notEqual((second[0] as Uint8Array).buffer, block, 'it was still being filled');
    for (const piece of second.slice(1)) queued.release(piece);
    const third = fill();
    assert.equal((third[0] as Uint8Array).buffer, block);
    const fourth = fill();
    assert.ok(![block, (second[0] as Uint8Array).buffer].includes((fourth[0] as Uint8Array).buffer));
    for (const [seed, piece] of second.entries()) assertBytes(piece, pattern(LARGEST_COPY, seed));
  });

  test('keeps sixteen blocks', () => {
    let blocks = 0;
    const queued = new QueueMemory({
      allocate: memory.allocate,
      allocateLasting(size) {
        blocks++;
        return new Uint8Array(size);
      },
    });
    const fill = () => Array.from({ length: 4 * 20 }, () => queued.append(pattern(LARGEST_COPY), undefined));
    for (const piece of fill()) queued.release(piece);
    assert.equal(blocks, 20);
    // Sixteen of the first nineteen, and the one that was being filled.
    fill();
    assert.equal(blocks, 20 + 20 - 17);
  });

  test('a host that gives parts of larger memory: blocks have memory of their own all the same', () => {
    const large = new ArrayBuffer(BLOCK + 8);
    const queued = new QueueMemory({ allocate: (size) => new Uint8Array(large, 8, size) });
    const piece = queued.append(hex('81 00'), undefined);
    assert.equal(toHex(piece), '81 00');
    assert.notEqual(piece.buffer, large);
  });

  test('without memory nothing changes', () => {
    let isFull = false;
    const queued = new QueueMemory({
      allocate(size) {
        if (isFull) throw new RangeError('Array buffer allocation failed');
        return new Uint8Array(size);
      },
    });
    const last = queued.append(pattern(BLOCK / 4), undefined);
    isFull = true;
    for (let count = 0; count < 3; count++) queued.append(pattern(BLOCK / 4, count), undefined);
    assert.throws(() => queued.append(hex('81 00'), last), RangeError);
    assertBytes(last, pattern(BLOCK / 4));
    isFull = false;
    assert.equal(toHex(queued.append(hex('81 00'), last)), '81 00');
  });
});

describe('a long queue', () => {
  const long = () => {
    const queue = new FrameQueue(new QueueMemory(memory));
    queue.push(frame(0x82, new Uint8Array(LONG)));
    return queue;
  };

  test('copies small pieces; a short one, and a large piece, are left to be added as they are', () => {
    const short = new FrameQueue(new QueueMemory(memory));
    assert.equal(short.pushCopy(hex('81 00')), false);
    const queue = long();
    assert.equal(queue.pushCopy(frame(0x82, new Uint8Array(LARGEST_COPY))), false);
    const message = hex('81 01 31');
    assert.equal(queue.pushCopy(message), true);
    message.fill(0);
    assert.equal(queue.dropMessage(), LONG + 10);
    assert.equal(toHex(concat(queue.take(LONG))), '81 01 31');
  });

  test('control frames and fragments stay when messages around them are dropped, and hold no block', () => {
    const queue = long();
    for (const each of ['89 01 61', '81 01 31', '01 01 62', '82 01 32', '80 00']) queue.pushCopy(hex(each));
    assert.deepEqual(
      Array.from({ length: 4 }, () => queue.dropMessage()),
      [LONG + 10, 3, 3, 0],
    );
    const pieces = queue.take(LONG);
    assert.equal(toHex(concat(pieces)), '89 01 61 01 01 62 80 00');
    assert.ok(pieces.every(({ buffer }) => buffer.byteLength < BLOCK));
  });

  test('at its bound: a stream of messages allocates nothing but what it began with, and no more objects', () => {
    let allocated = 0;
    const queue = new FrameQueue(
      new QueueMemory({
        allocate(size) {
          allocated += size;
          return new Uint8Array(size);
        },
      }),
    );
    queue.push(frame(0x82, new Uint8Array(LONG)));
    for (let number = 0; number < 20_000; number++) {
      queue.pushCopy(frame(0x82, pattern(1000, number)));
      while (queue.size > 2 * LONG) queue.dropMessage();
    }
    assert.ok(allocated <= 2 * LONG + 2 * BLOCK, `${allocated} bytes`);
    const pieces = queue.take(2 * LONG);
    assert.ok(pieces.length <= 10, `${pieces.length} pieces`);
    const frames = Math.floor((2 * LONG) / 1004);
    const expected = Array.from({ length: frames }, (_, index) => frame(0x82, pattern(1000, 20_000 - frames + index)));
    assertBytes(concat(pieces), concat(expected));
  });

  test('gives its blocks back when it is cleared', () => {
    const blocks: Uint8Array[] = [];
    const queued = new QueueMemory({
      allocate(size) {
        blocks.push(new Uint8Array(size));
        return blocks.at(-1) as Uint8Array;
      },
    });
    const fill = () => {
      const queue = new FrameQueue(queued);
      queue.push(frame(0x82, new Uint8Array(LONG)));
      for (let count = 0; count < 8; count++) queue.pushCopy(pattern(LARGEST_COPY));
      return queue;
    };
    fill().clear();
    fill().clear();
    assert.equal(blocks.length, 2);
  });
});

/** A generator of whole numbers that repeats for a seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** An outbox, and a list of the frames that must still leave. */
function slowPeer(arena: Arena, copiesBytes: boolean) {
  const turn = new ManualTurn();
  const transport = new MemoryTransport(turn, false, copiesBytes);
  const outbox = new Outbox(arena, memory, turn);
  let due: Uint8Array[] = [];
  let size = 0;
  transport.start({ received() {}, written: () => outbox.written(), ended() {}, disconnected() {} });
  outbox.serve({
    transport,
    count: undefined,
    emptied() {},
    turnEnded() {},
    broken: (exception) => assert.fail(String(exception)),
  });
  return {
    outbox,
    transport,
    turn,
    expect(...frames: Uint8Array[]) {
      for (const each of frames) size += each.length;
      due.push(...frames);
    },
    /** What was written must be the first of the frames that are due. */
    check() {
      for (const bytes of transport.writes.splice(0)) {
        let count = 0;
        for (let length = 0; length < bytes.length; count++) length += (due[count] as Uint8Array).length;
        assertBytes(bytes, concat(due.splice(0, count)));
        size -= bytes.length;
      }
      assert.equal(outbox.waiting, size);
    },
    dropOldest(limit: number) {
      outbox.dropOldest(limit, dropped, (length) => {
        // All else that it is given here is a control frame or a fragment.
        const at = due.findIndex((each) => each[0] === 0x82);
        assert.equal((due.splice(at, 1)[0] as Uint8Array).length, length);
        size -= length;
      });
    },
    drop() {
      outbox.drop(dropped);
      due = [];
      size = 0;
    },
  };
}

describe('slow peers and fast ones', () => {
  test('whatever is sent, dropped and taken when, each is given its frames, whole, unchanged and in order', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const below = numbers(seed);
      const arena = new Arena(memory);
      const peers = [false, true, false].map((copiesBytes) => slowPeer(arena, copiesBytes));
      /** Of small messages, or of middle ones: in both the queues become long. */
      const largest = seed % 3 === 0 ? 900 : 20 * KIB;
      const steps: (() => void)[] = [
        () => {
          const bytes = frame(0x82, pattern(below(largest), below(250)));
          const message = SharedFrames.of(bytes, memory);
          for (const peer of peers) {
            if (below(8) === 0) continue;
            peer.expect(bytes);
            peer.outbox.share(message);
          }
        },
        () => {
          const peer = peers[below(3)] as (typeof peers)[number];
          const first = [0x82, 0x82, 0x82, 0x89, 0x01, 0x80][below(6)] as number;
          const bytes = frame(first, pattern(below(120), below(250)));
          peer.expect(bytes);
          const at = peer.outbox.reserve(bytes.length + 5);
          peer.outbox.block.set(bytes, at);
          peer.outbox.commit(bytes.length);
        },
        () => {
          const peer = peers[below(3)] as (typeof peers)[number];
          const bytes = frame(0x82, pattern(below(60 * KIB), below(250)));
          peer.expect(bytes);
          peer.outbox.append(bytes);
        },
        () => {
          const { transport } = peers[below(3)] as (typeof peers)[number];
          transport.isCongested = below(20) > 0;
          transport.release(below(transport.held + 1));
        },
        () => (peers[below(3)] as (typeof peers)[number]).drop(),
      ];
      for (let step = 0; step < 4_000; step++) {
        const kind = below(1000);
        (steps[kind < 700 ? 0 : kind < 920 ? 1 : kind < 960 ? 2 : kind < 998 ? 3 : 4] as () => void)();
        for (const peer of peers) {
          if (below(3) === 0) peer.turn.end();
          peer.check();
          if (peer.outbox.size > 2 * LONG) {
            peer.outbox.flush();
            peer.check();
            peer.dropOldest(below(4) === 0 ? LONG / 2 : 2 * LONG);
          }
          peer.check();
        }
      }
      for (const peer of peers) {
        peer.transport.isCongested = false;
        while (peer.transport.held > 0) peer.transport.release(1);
        peer.turn.end();
        peer.check();
        assert.equal(peer.outbox.size, 0);
      }
    }
  });

  test('a peer that reads slowly: blocks that the transport has taken are used again', () => {
    let blocks = 0;
    const counting = {
      allocate(size: number) {
        if (size === BLOCK) blocks++;
        return new Uint8Array(size);
      },
    };
    const peer = slowPeer(new Arena(counting), false);
    peer.transport.isCongested = true;
    for (let number = 0; number < 5_000; number++) {
      const bytes = frame(0x82, pattern(4 * KIB, number));
      peer.expect(bytes);
      peer.outbox.share(SharedFrames.of(bytes, memory));
      peer.turn.end();
      if (number % 100 === 0) peer.transport.release();
      peer.check();
      peer.dropOldest(4 * LONG);
    }
    assert.ok(blocks <= 1 + (4 * LONG + 2 * LONG) / BLOCK, `${blocks} blocks`);
  });
});
