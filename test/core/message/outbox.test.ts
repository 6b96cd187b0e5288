// When bytes leave, in how many writes, and what their senders are told: an outbox over a transport that the test congests.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type WebSocketError, webSocketError } from '../../../src/core/errors.ts';
import { Arena } from '../../../src/core/message/arena.ts';
import { Outbox, type OutboxOwner } from '../../../src/core/message/outbox.ts';
import { SharedFrames } from '../../../src/core/message/shared-frames.ts';
import type { Transport } from '../../../src/core/ports.ts';
import { concat, hex, pattern, toHex } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';
import { MemoryTransport } from '../../support/memory-transport.ts';
import { frame } from '../../support/wire.ts';

const memory = { allocate: (size: number) => new Uint8Array(size).fill(0xee) };
const lost = webSocketError('ERR_WS_LOST', 'gone');

function sending({
  keepsBytes = false,
  copiesBytes = false,
  counts = true,
  arena = new Arena(memory),
  wrap = (it: Transport) => it,
  owner = {} as Partial<OutboxOwner>,
} = {}) {
  const turn = new ManualTurn();
  const transport = new MemoryTransport(turn, keepsBytes, copiesBytes);
  const outbox = new Outbox(arena, memory, turn);
  const events: string[] = [];
  const count = {
    total: 0,
    add(bytes: number) {
      count.total += bytes;
    },
  };
  transport.start({ received() {}, written: () => outbox.written(), ended() {}, disconnected() {} });
  outbox.serve({
    transport: wrap(transport),
    count: counts ? count : undefined,
    emptied: () => void events.push('emptied'),
    turnEnded: () => void events.push('turn'),
    broken: (exception) => void events.push(`broken ${String(exception)}`),
    ...owner,
  });
  return {
    outbox,
    transport,
    turn,
    events,
    count,
    /** Adds one small frame as the sender does, and has a callback noted under its name. */
    add(bytes: Uint8Array, name?: string) {
      const at = outbox.reserve(bytes.length + 5); // more than is used
      outbox.block.set(bytes, at);
      outbox.commit(bytes.length);
      if (name !== undefined) this.notify(name);
    },
    notify(name: string) {
      outbox.notify((error?: WebSocketError) => void events.push(error === undefined ? name : `${name} ${error.code}`));
    },
    /** Sizes of the writes so far, and all of their bytes. */
    get sizes(): number[] {
      return transport.writes.map((bytes) => bytes.length);
    },
    get bytes(): string {
      return toHex(concat(transport.writes));
    },
  };
}

const [one, two, three] = [hex('81 01 31'), hex('81 01 32'), hex('81 01 33')] as const;

describe('frames leave', () => {
  test('at the end of the turn, in one write', () => {
    const it = sending();
    it.add(one, 'one');
    it.add(two, 'two');
    assert.deepEqual([it.sizes, it.outbox.size, it.outbox.waiting, it.count.total], [[], 6, 6, 6]);
    it.turn.end();
    assert.deepEqual([it.sizes, it.bytes], [[6], '81 01 31 81 01 32']);
    assert.deepEqual(it.events, ['emptied', 'turn', 'one', 'two']);
    assert.deepEqual([it.outbox.isIdle, it.outbox.total, it.outbox.taken, it.count.total], [true, 6, 6, 0]);
  });

  test('at uncork, with the frames added before', () => {
    const it = sending({ counts: false });
    it.add(one);
    it.outbox.cork();
    it.add(two);
    assert.equal(it.outbox.isIdle, false);
    it.outbox.uncork();
    assert.deepEqual([it.sizes, it.events], [[6], ['emptied']]);
    it.outbox.cork();
    it.outbox.uncork();
    assert.deepEqual(it.sizes, [6]);
  });

  test('at once where they are much', () => {
    const it = sending();
    it.add(frame(0x82, pattern(20_000)));
    assert.deepEqual(it.sizes, []);
    it.add(frame(0x82, pattern(20_000)));
    assert.deepEqual(it.sizes, [40_008]);
  });

  test('in one write, even if some have their own memory or are shared', () => {
    const it = sending();
    const shared = SharedFrames.of(three, memory);
    it.outbox.share(shared);
    it.outbox.share(shared);
    it.add(one);
    it.outbox.share(shared);
    it.outbox.append(two);
    it.outbox.share(shared);
    it.turn.end();
    const [a, b, c] = ['81 01 31', '81 01 32', '81 01 33'];
    assert.deepEqual([it.sizes, it.bytes], [[18], [c, c, a, c, b, c].join(' ')]);
  });

  test('shared frames that are too many to be copied together leave in pieces', () => {
    const it = sending();
    const large = frame(0x82, pattern(10_000));
    for (let times = 0; times < 2; times++) it.outbox.share(SharedFrames.of(large, memory));
    it.outbox.share(SharedFrames.of(frame(0x82, pattern(17_000)), memory));
    it.turn.end();
    assert.equal(it.transport.writes.length, 1);
    assert.equal(
      it.sizes.reduce((sum, size) => sum + size),
      37_012,
    );
  });
});

describe('a transport that cannot take more', () => {
  test('is given 64 KiB, the rest waits for it and leaves in order', () => {
    const it = sending();
    it.transport.isCongested = true;
    const sent: Uint8Array[] = [];
    for (let number = 0; number < 40; number++) {
      const bytes = frame(0x82, pattern(8000, number));
      sent.push(bytes);
      it.add(bytes, String(number));
    }
    it.turn.end();
    assert.ok(it.outbox.isInFlight && it.outbox.waiting > 0);
    assert.equal(it.outbox.taken, 0);
    assert.equal(it.outbox.size, 40 * 8004);
    assert.equal(it.count.total, it.outbox.size);
    while (it.transport.held > 0) {
      it.transport.release(1);
      it.turn.end();
    }
    assert.equal(it.bytes, toHex(concat(sent)));
    const told = it.events.filter((event) => /^\d/.test(event));
    assert.deepEqual(
      told,
      sent.map((_, index) => String(index)),
    );
    assert.equal(it.events.filter((event) => event === 'emptied').length, 1);
    assert.equal(it.count.total, 0);
  });

  test('tells of what was taken behind an unfinished write only with that', () => {
    const it = sending();
    it.transport.isCongested = true;
    it.add(one, 'one');
    it.turn.end();
    it.transport.isCongested = false;
    it.add(two, 'two');
    it.turn.end();
    it.add(three);
    it.turn.end();
    it.notify('three');
    it.turn.end();
    assert.deepEqual(
      it.events.filter((event) => event !== 'turn'),
      [],
    );
    it.transport.release();
    it.turn.end();
    assert.deepEqual(
      it.events.filter((event) => event !== 'turn'),
      ['emptied', 'one', 'two', 'three'],
    );
    it.outbox.written(); // of no write
  });

  test('behind which several connections write leaves the block to the others', () => {
    const arena = new Arena(memory);
    const slow = sending({ arena });
    const fast = sending({ arena });
    slow.transport.isCongested = true;
    for (let number = 0; number < 12; number++) slow.add(frame(0x82, pattern(8000, number)));
    slow.add(one);
    slow.outbox.flush();
    fast.add(two);
    fast.turn.end();
    assert.equal(fast.bytes, '81 01 32');
    slow.transport.isCongested = false;
    slow.transport.release();
    slow.turn.end();
    assert.ok(slow.bytes.endsWith('81 01 31'));
  });

  test('a frame of 64 KiB or more is written whole, several pieces as one', () => {
    const it = sending({ keepsBytes: true });
    it.outbox.append(frame(0x82, pattern(70_000)));
    it.add(one);
    it.add(two);
    it.turn.end();
    it.outbox.append(one);
    it.outbox.append(two);
    it.turn.end();
    it.transport.release();
    it.turn.end();
    assert.deepEqual(
      it.sizes.reduce((sum, size) => sum + size),
      70_010 + 12,
    );
  });
});

describe('a transport that copies what it cannot pass on', () => {
  test('leaves the arena to the next frames, and what it holds meanwhile gets memory of its own', () => {
    const arena = new Arena(memory);
    const it = sending({ copiesBytes: true, arena });
    const { block } = arena;
    it.transport.isCongested = true;
    it.add(one, 'one');
    it.turn.end();
    assert.equal(arena.tail, 0);
    it.add(two, 'two');
    it.turn.end();
    assert.deepEqual([arena.block === block, arena.tail, it.transport.held], [true, 0, 2]);
    block.fill(0xaa, 0, 100);
    it.transport.isCongested = false;
    it.transport.release();
    it.turn.end();
    assert.equal(it.bytes, '81 01 31 81 01 32');
    assert.deepEqual(it.events, ['turn', 'turn', 'emptied', 'one', 'two']);
  });
});

describe('bytes that leave at once', () => {
  test('only while nothing is in their way', () => {
    const it = sending();
    it.add(one);
    assert.equal(it.outbox.isClear, true);
    assert.deepEqual(it.sizes, [3]);
    assert.equal(it.outbox.writeNow(two), true);
    assert.equal(it.count.total, 0);
    it.transport.isCongested = true;
    assert.equal(it.outbox.writeNow(three), false);
    assert.deepEqual([it.outbox.isClear, it.outbox.size, it.count.total], [false, 3, 3]);
    it.transport.release();
    assert.deepEqual([it.outbox.isClear, it.count.total, it.outbox.total], [true, 0, 9]);
    assert.equal(sending({ keepsBytes: true }).outbox.isClear, false);
    const uncounted = sending({ counts: false });
    uncounted.transport.isCongested = true;
    assert.equal(uncounted.outbox.writeNow(one), false);
  });

  test('not when the outbox ends; cut gives up the transport', () => {
    const it = sending();
    it.outbox.end();
    assert.equal(it.outbox.isClear, false);
    const other = sending();
    other.outbox.cut();
    assert.deepEqual(other.transport.calls, ['destroy']);
  });
});

describe('a transport in memory that delivers during the write', () => {
  test('leaves the outbox to its owner, and what the answer adds leaves behind, counted once', () => {
    const answers = [two, three];
    let it: ReturnType<typeof sending> | undefined;
    const idle: boolean[] = [];
    it = sending({
      keepsBytes: true,
      wrap: (transport) =>
        Object.assign(Object.create(transport) as Transport, {
          write(bytes: Uint8Array) {
            const isTaken = transport.write(bytes);
            const answer = answers.shift();
            if (it !== undefined && answer !== undefined) {
              it.add(answer);
              it.outbox.flush(); // as at the end of a chunk
              idle.push(it.outbox.isIdle);
            }
            return isTaken;
          },
        }),
    });
    it.add(one);
    it.turn.end();
    assert.equal(it.bytes, toHex(concat([one, two, three])));
    assert.deepEqual(idle, [false, false]);
    it.transport.release();
    assert.equal(it.outbox.isIdle, true);
    assert.deepEqual([it.count.total, it.outbox.size, it.outbox.taken], [0, 0, 9]);
  });
});

describe('the end', () => {
  test('comes after everything that was added, once', () => {
    const it = sending();
    it.add(one);
    it.outbox.end();
    it.outbox.end();
    assert.deepEqual([it.bytes, it.transport.calls], ['81 01 31', ['end']]);
    const empty = sending();
    empty.outbox.end();
    assert.deepEqual(empty.transport.calls, ['end']);
    const slow = sending();
    slow.transport.isCongested = true;
    slow.add(frame(0x82, pattern(40_000)));
    slow.add(frame(0x82, pattern(40_000)));
    slow.add(one);
    slow.outbox.end();
    assert.deepEqual(slow.transport.calls, []);
    slow.transport.isCongested = false;
    slow.transport.release();
    assert.deepEqual(slow.transport.calls, ['end']);
  });

  test('of a transport that throws is its owner’s matter', () => {
    const it = sending({
      wrap: (transport) =>
        Object.assign(Object.create(transport) as Transport, {
          write() {
            throw new Error('EPIPE');
          },
        }),
    });
    it.add(one);
    it.outbox.flush();
    assert.deepEqual(it.events, ['broken Error: EPIPE']);
  });

  test('a write that throws has lost what was in it, and nothing follows it', () => {
    const without = (events: readonly string[]): string[] => events.filter((event) => event !== 'turn');
    const failing = (method: 'write' | 'writeSome', times = 1) =>
      sending({
        wrap: (transport) =>
          Object.assign(Object.create(transport) as Transport, {
            [method](bytes: Uint8Array) {
              if (times-- > 0) throw new Error('EPIPE');
              return transport.write(bytes);
            },
          }),
      });
    const flushed = failing('write');
    flushed.add(one, 'first');
    flushed.outbox.flush();
    flushed.notify('second');
    flushed.turn.end();
    assert.deepEqual(without(flushed.events), ['broken Error: EPIPE', 'first ERR_WS_DROPPED', 'second ERR_WS_DROPPED']);
    assert.deepEqual([flushed.count.total, flushed.outbox.size, flushed.outbox.taken, flushed.bytes], [0, 0, 0, '']);
    const atOnce = failing('write');
    assert.equal(atOnce.outbox.writeNow(one), true);
    assert.equal(atOnce.outbox.writeNow(one), true);
    atOnce.notify('large');
    atOnce.turn.end();
    assert.deepEqual(without(atOnce.events), ['broken Error: EPIPE', 'large ERR_WS_DROPPED']);
    assert.deepEqual([atOnce.outbox.taken, atOnce.bytes], [0, '']);
    const direct = failing('writeSome');
    assert.equal(direct.outbox.writeSome(one, one), 2 * one.length);
    direct.notify('large');
    direct.turn.end();
    assert.deepEqual(without(direct.events), ['broken Error: EPIPE', 'large ERR_WS_DROPPED']);
  });

  test('abandon tells everyone of what the transport has, then of what it has not', () => {
    for (const counts of [true, false]) {
      const it = sending({ counts });
      it.transport.isCongested = true;
      it.add(frame(0x82, pattern(40_000)), 'one');
      it.outbox.flush();
      it.add(frame(0x82, pattern(30_000)), 'two');
      it.add(one, 'three');
      it.outbox.abandon(lost);
      it.turn.end();
      const told = it.events.filter((event) => event !== 'turn');
      assert.deepEqual(told, ['one ERR_WS_LOST', 'two ERR_WS_LOST', 'three ERR_WS_LOST']);
      assert.deepEqual([it.outbox.size, it.outbox.isIdle, it.count.total], [0, true, 0]);
      it.outbox.abandon(lost);
    }
  });

  test('release forgets what was counted, serve begins anew', () => {
    const it = sending();
    it.add(one);
    it.turn.end();
    it.outbox.release();
    assert.deepEqual([it.outbox.total, it.outbox.taken, it.outbox.isIdle], [0, 0, true]);
  });
});

describe('dropping', () => {
  /** What was dropped, as bytes and bytes behind it. */
  function dropping(it: ReturnType<typeof sending>, limit: number): string[] {
    const dropped: string[] = [];
    it.outbox.dropOldest(limit, lost, (size, behind) => void dropped.push(`${size}/${behind}`));
    return dropped;
  }

  test('takes the oldest messages, and leaves control frames and fragments', () => {
    const it = sending();
    it.add(one, 'one');
    it.add(hex('89 00'), 'ping');
    it.add(two, 'two');
    it.add(hex('01 01 61'), 'fragment');
    it.add(three);
    it.outbox.share(SharedFrames.of(one, memory));
    assert.deepEqual(dropping(it, 14), ['3/14']);
    assert.deepEqual(dropping(it, 10), ['3/9', '3/3']);
    assert.deepEqual(dropping(it, 100), []);
    assert.deepEqual([it.outbox.waiting, it.outbox.total, it.count.total], [8, 8, 8]);
    it.turn.end();
    assert.equal(it.bytes, '89 00 01 01 61 81 01 31');
    const told = it.events.filter((event) => !/turn|emptied/.test(event));
    assert.deepEqual(told, ['one ERR_WS_LOST', 'two ERR_WS_LOST', 'ping', 'fragment']);
    assert.deepEqual(dropping(it, 0), []);
  });

  test('leaves what the transport has; callbacks of what stayed wait for the last of it', () => {
    const it = sending({ counts: false });
    it.transport.isCongested = true;
    it.outbox.append(frame(0x82, pattern(70_000)));
    it.outbox.flush();
    it.outbox.append(frame(0x02, pattern(200_000)));
    it.notify('fragment');
    it.outbox.append(frame(0x82, pattern(10)));
    it.notify('message');
    it.outbox.append(frame(0x80, pattern(100_000)));
    it.notify('last');
    assert.deepEqual(dropping(it, 0).length, 1);
    it.transport.release();
    it.turn.end();
    it.transport.release();
    it.turn.end();
    it.transport.release();
    it.turn.end();
    const told = it.events.filter((event) => !/turn|emptied/.test(event));
    assert.deepEqual(told, ['message ERR_WS_LOST', 'fragment', 'last']);
    assert.equal(it.outbox.size, 0);
  });
});

test('what stayed leaves in several writes: the callbacks wait for the last of them', () => {
  const it = sending();
  it.transport.isCongested = true;
  it.outbox.append(frame(0x82, pattern(70_000)));
  it.outbox.flush();
  for (const first of [0x02, 0x00]) {
    it.outbox.append(frame(first, pattern(200_000)));
    it.notify(`fragment ${first}`);
  }
  it.outbox.append(frame(0x82, pattern(10)));
  let dropped = 0;
  it.outbox.dropOldest(0, lost, () => dropped++);
  assert.equal(dropped, 1);
  it.transport.release(1);
  assert.deepEqual(it.sizes, [70_010, 200_010]);
  it.transport.release(1);
  it.turn.end();
  assert.deepEqual(it.sizes, [70_010, 200_010, 200_010]);
  assert.deepEqual(it.events.slice(-1), ['turn'], 'the last of what stayed is on its way');
  it.transport.release(1);
  it.turn.end();
  assert.deepEqual(it.events.slice(-3), ['emptied', 'fragment 2', 'fragment 0']);
});

test('a transport that cannot write from the memory of the application takes nothing of it', () => {
  const it = sending();
  Object.assign(it.transport, { writeSome: undefined });
  assert.equal(it.outbox.writeSome(hex('82 01'), hex('07')), 0);
  assert.deepEqual([it.outbox.total, it.sizes], [0, []]);
});

test('a frame that observers want is shown to the owner, if it asks, and to nobody after the release', () => {
  const shown: string[] = [];
  const frameQueued = (first: number, payload: Uint8Array) => void shown.push(`${first} ${toHex(payload)}`);
  const { outbox } = sending({ owner: { frameQueued } });
  outbox.frameSeen(0x81, hex('61'));
  outbox.release();
  outbox.frameSeen(0x81, hex('62'));
  sending().outbox.frameSeen(0x81, hex('63'));
  assert.deepEqual(shown, ['129 61']);
});

test('what a callback throws is uncaught, and the others are called', () => {
  const it = sending();
  it.add(one);
  it.outbox.notify(() => {
    throw new Error('of the application');
  });
  it.notify('two');
  it.turn.end();
  assert.deepEqual(it.turn.uncaught.map(String), ['Error: of the application']);
  assert.ok(it.events.includes('two'));
  it.notify('of nothing that waits');
  it.turn.end();
  assert.equal(it.events.at(-1), 'of nothing that waits');
});

test('room that was reserved and not used leaves nothing behind', () => {
  const it = sending();
  it.outbox.reserve(10);
  it.outbox.append(one);
  it.turn.end();
  assert.deepEqual([it.sizes, it.bytes], [[3], '81 01 31']);
});

for (const counts of [true, false]) {
  test(`frames that were published to an idle connection are taken over, ${counts ? 'and counted once' : 'uncounted'}`, () => {
    const it = sending({ counts });
    const owner = { published: SharedFrames.of(one, memory) as SharedFrames | undefined };
    it.count.total = counts ? one.length : 0; // its owner has counted them
    it.outbox.takeOver(owner);
    assert.equal(owner.published, undefined);
    assert.deepEqual([it.outbox.size, it.count.total], [3, counts ? 3 : 0]);
    it.turn.end();
    assert.deepEqual([it.sizes, it.bytes, it.count.total], [[3], '81 01 31', 0]);
  });
}

test('a part of a frame is written at once where the transport can, and nothing where it cannot', () => {
  const cannot = sending();
  assert.equal(cannot.outbox.writeSome(hex('82 03'), hex('01 02 03')), 0);
  assert.deepEqual(cannot.sizes, []);

  const given: string[] = [];
  const can = sending({
    wrap: (transport) =>
      Object.assign(Object.create(transport) as Transport, {
        writeSome(header: Uint8Array, payload: Uint8Array) {
          given.push(toHex(header), toHex(payload));
          return 4;
        },
      }),
  });
  assert.equal(can.outbox.writeSome(hex('82 03'), hex('01 02 03')), 4);
  assert.deepEqual(given, ['82 03', '01 02 03']);
  assert.equal(can.outbox.taken, 4);
});
