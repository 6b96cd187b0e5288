// Attacks with frames: how large they are, how many, how fast, how empty, and how much they inflate to. For each bound, the
// refusal (code, text, close code on the wire) and the cost of the attack: all memory that was allocated, including memory
// that was given back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import type { Role } from '../../src/core/constants.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../support/core-connection.ts';
import { reportCount } from '../support/counts.ts';
import { concat, pattern, toHex } from '../support/hex.ts';
import { frame, readFrames, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;
const KiB = 1024;
const MiB = 1024 * KiB;
/**
 * What is collected moves to memory of twice its size, and four times below 1 MiB, whenever it is full: all of these
 * together, of which one is held, are at most so many times what they hold in the end.
 */
const GROWTH = 4;
/** A Close frame of the engine, and its error. */
const REFUSAL = KiB;

interface Victim extends OpenConnection {
  /** Bytes of all memory that was allocated since the opening. */
  cost(): number;
}

function victim(role: Role, setup: Setup = {}): Victim {
  const host = new CoreHost();
  const run = openConnection(role, { ...setup, host });
  const before = host.allocations.length;
  return { ...run, cost: () => host.allocations.slice(before).reduce((sum, size) => sum + size, 0) };
}

/** The connection has failed with this error, whose text begins so, and this close code on the wire. */
function refused(run: Victim, code: ErrorCode, text: RegExp, closeCode: string): void {
  assert.deepEqual(run.events.slice(-1), [`error ${code}`]);
  const { state } = run.connection;
  assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
  assert.match(state.error.message, text);
  const last = readFrames(run.written.bytes).at(-1) ?? { first: 0, payload: new Uint8Array() };
  assert.equal(last.first, 0x88);
  assert.equal(toHex(last.payload.subarray(0, 2)), closeCode);
  assert.ok(run.transport.isEnded);
}

/** DEFLATE of `count` MiB of zeros, about 1 KiB for each; made without ever having them. */
function bomb(count: number): Uint8Array {
  const one = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  return Buffer.concat(Array.from({ length: count }, () => one)).subarray(0, -4);
}

for (const role of roles) {
  describe(`${role}: sizes`, () => {
    test('a header that announces 2 GiB costs nothing, whether it is refused or allowed', (t) => {
      const lie = role === 'server' ? '82 ff 00 00 00 00 7f ff ff ff 37 fa 21 3d' : '82 7f 00 00 00 00 7f ff ff ff';
      const refuses = victim(role);
      refuses.receive(lie);
      refused(
        refuses,
        'ERR_WS_MESSAGE_TOO_LARGE',
        /^message of 2147483647 bytes or more exceeds maxMessageSize/,
        '03 f1',
      );
      assert.ok(refuses.cost() <= REFUSAL, `${refuses.cost()} bytes`);
      const believes = victim(role, { limits: { maxMessageSize: Infinity } });
      believes.receive(lie);
      believes.receive(pattern(100));
      assert.ok(believes.connection.isOpen);
      assert.ok(believes.cost() <= 64 * KiB, `${believes.cost()} bytes for 100 that were received`);
      reportCount(t, 'attack budgets', 1);
    });

    test('maxFrameSize: refused by its header, before any payload: 1009', (t) => {
      const limits = { maxFrameSize: 1_000 };
      const fits = victim(role, { limits });
      fits.receive(wire(role, frame(0x02, pattern(1_000)), frame(0x80, pattern(1_000))));
      assert.ok(fits.connection.isOpen);
      const run = victim(role, { limits });
      run.receive(wire(role, frame(0x82, pattern(1_001))).subarray(0, role === 'server' ? 8 : 4));
      refused(
        run,
        'ERR_WS_FRAME_TOO_LARGE',
        /^frame of 1001 bytes exceeds maxFrameSize \(1000 bytes\); raise it, or send smaller frames$/,
        '03 f1',
      );
      assert.ok(run.cost() <= REFUSAL, `${run.cost()} bytes`);
      reportCount(t, 'attack budgets', 1);
    });
  });

  describe(`${role}: numbers`, () => {
    test('4 MiB in 65,537 frames of 64 bytes pass; twice their size is what they cost', (t) => {
      const run = victim(role);
      const part = wire(role, frame(0x00, pattern(64)));
      run.receive(wire(role, frame(0x02, '')));
      const many = concat(Array.from({ length: 1_024 }, () => part));
      for (let count = 0; count < 64; count++) run.receive(many);
      run.receive(wire(role, frame(0x80, '')));
      const whole = concat(Array.from({ length: 65_536 }, () => pattern(64)));
      assert.deepEqual(run.events, [`message ${showData(whole)}`]);
      assert.ok(run.cost() <= 2 * 4 * MiB + 64 * KiB, `${run.cost()} bytes`);
      reportCount(t, 'attack budgets', 1);
    });

    test('maxFragments: 1008', (t) => {
      const run = victim(role, { limits: { maxFragments: 1_000 } });
      run.receive(wire(role, '02 01 61'));
      for (let count = 0; count < 1_000; count++) run.receive(wire(role, '00 01 61'));
      refused(run, 'ERR_WS_TOO_MANY_FRAGMENTS', /^message has more than maxFragments \(1000\) frames/, '03 f0');
      assert.ok(run.cost() <= 4 * KiB, `${run.cost()} bytes`);
      reportCount(t, 'attack budgets', 1);
    });

    test('maxEmptyFragments: the 1,025th empty frame of a message: 1008', (t) => {
      const empty = wire(role, '00 00');
      for (const first of ['01 00', '01 01 61']) {
        const run = victim(role);
        run.receive(wire(role, first));
        const allowed = first === '01 00' ? 1_023 : 1_024;
        run.receive(concat(Array.from({ length: allowed }, () => empty)));
        assert.ok(run.connection.isOpen);
        run.receive(wire(role, '00 01 61'));
        assert.ok(run.connection.isOpen);
        run.receive(empty);
        refused(
          run,
          'ERR_WS_TOO_MANY_EMPTY_FRAGMENTS',
          /^message has more than maxEmptyFragments \(1024\) frames without payload; raise it, or omit them$/,
          '03 f0',
        );
        assert.ok(run.cost() <= 2 * KiB, `${run.cost()} bytes`);
      }
      reportCount(t, 'attack budgets', 1);
    });

    test('maxEmptyFragments: a message of one empty frame has no fragments, each message is counted anew, the last frame counts', () => {
      const run = victim(role, { limits: { maxEmptyFragments: 2 } });
      for (let count = 0; count < 5_000; count++) run.receive(wire(role, '81 00', '82 00'));
      for (let count = 0; count < 10; count++) run.receive(wire(role, '01 00', '89 00', '00 00', '80 01 61'));
      assert.ok(run.connection.isOpen);
      run.receive(wire(role, '01 00', '00 00', '80 00'));
      assert.deepEqual(run.events.slice(-1), ['error ERR_WS_TOO_MANY_EMPTY_FRAGMENTS']);
    });
  });

  describe(`${role}: rates`, () => {
    for (const opcode of ['89', '8a']) {
      const what = opcode === '89' ? 'pings' : 'pongs';
      test(`maxControlFramesPerSecond: 20,001 ${what} within a second: 1008; 20,000 a second pass for ever`, (t) => {
        const flood = concat(Array.from({ length: 1_000 }, () => wire(role, `${opcode} 00`)));
        const run = victim(role);
        for (let second = 0; second < 3; second++) {
          for (let count = 0; count < 20; count++) run.receive(flood);
          run.clock.advance(1_000);
          run.written.clear();
        }
        assert.ok(run.connection.isOpen);
        run.events.length = 0;
        for (let count = 0; count < 20; count++) run.receive(flood);
        run.clock.advance(999);
        assert.ok(run.connection.isOpen);
        run.receive(wire(role, `${opcode} 00`));
        refused(
          run,
          'ERR_WS_TOO_MANY_CONTROL_FRAMES',
          /^received more than maxControlFramesPerSecond \(20000\) pings and pongs in a second; raise it/,
          '03 f0',
        );
        reportCount(t, 'attack budgets', 1);
      });
    }

    test('maxMessagesPerSecond: 1008, and the one too many is not delivered', (t) => {
      const run = victim(role, { limits: { maxMessagesPerSecond: 3 } });
      const three = wire(role, '81 01 61', '82 01 61', '01 01 61', '80 01 61');
      for (let second = 0; second < 5; second++) {
        run.receive(three);
        run.clock.advance(1_000);
      }
      assert.equal(run.events.length, 15);
      run.receive(three);
      run.receive(wire(role, '81 01 7a', '81 01 7a'));
      assert.equal(run.events.length, 19);
      refused(
        run,
        'ERR_WS_TOO_MANY_MESSAGES',
        /^received more than maxMessagesPerSecond \(3\) messages in a second; raise it/,
        '03 f0',
      );
      reportCount(t, 'attack budgets', 1);
    });

    test('a bound of 0 allows none; Infinity removes it', () => {
      const none = victim(role, { limits: { maxMessagesPerSecond: 0, maxControlFramesPerSecond: 0 } });
      none.clock.advance(5_000);
      none.receive(wire(role, '8a 00'));
      assert.deepEqual(none.events, ['error ERR_WS_TOO_MANY_CONTROL_FRAMES']);
      const all = victim(role, { limits: { maxControlFramesPerSecond: Infinity } });
      all.receive(concat(Array.from({ length: 30_000 }, () => wire(role, '8a 00'))));
      assert.ok(all.connection.isOpen);
    });
  });

  describe(`${role}: inflating`, () => {
    const deflate = {};

    test('10 MiB that inflate to 10 GiB cost no more than maxMessageSize: 1009', (t) => {
      const run = victim(role, { deflate, limits: { maxMessageSize: 16 * MiB, maxInflateRatio: Infinity } });
      run.receive(wire(role, frame(0xc2, bomb(10 * KiB))));
      refused(run, 'ERR_WS_MESSAGE_TOO_LARGE', /^message of 16777217 bytes or more exceeds maxMessageSize/, '03 f1');
      assert.ok(run.cost() <= GROWTH * 16 * MiB + 128 * KiB, `${run.cost()} bytes`);
      reportCount(t, 'attack budgets', 1);
    });

    test('maxInflateRatio: a message held open costs at most 200 times its received bytes: 1009', (t) => {
      for (const cut of [1, 7, 100, 8 * KiB]) {
        const payload = bomb(64);
        const run = victim(role, { deflate });
        let came = 0;
        for (let at = 0; at < payload.length && run.connection.isOpen; at += 8 * KiB) {
          const end = Math.min(payload.length, at + 8 * KiB);
          const bytes = wire(role, frame(at === 0 ? 0x42 : 0x00, payload.subarray(at, end)));
          for (let from = 0; from < bytes.length && run.connection.isOpen; from += cut) {
            run.receive(bytes.subarray(from, from + cut));
            came += cut;
          }
        }
        refused(
          run,
          'ERR_WS_INFLATE_RATIO',
          /^\d+ compressed bytes inflate to \d+ or more, above maxInflateRatio \(200\); raise it, or/,
          '03 f1',
        );
        const most = GROWTH * Math.max(4 * MiB, 200 * came) + 128 * KiB;
        assert.ok(run.cost() <= most, `${run.cost()} bytes for ${came} that were received, cut at ${cut}`);
      }
      reportCount(t, 'attack budgets', 1);
    });

    test('maxInflateRatio: a whole message that inflates to less than 4 MiB may do so at any ratio, and so may any number of messages', () => {
      const payload = deflateRawSync(Buffer.alloc(4 * MiB - 1), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
        0,
        -4,
      );
      assert.ok(payload.length * 900 < 4 * MiB);
      const run = victim(role, { deflate });
      for (let count = 0; count < 3; count++) run.receive(wire(role, frame(0xc2, payload)));
      assert.equal(run.events.length, 3, run.events.join());
      const lower = victim(role, { deflate, limits: { maxInflateRatio: Infinity } });
      lower.receive(wire(role, frame(0xc2, bomb(6))));
      assert.ok(lower.connection.isOpen);
    });
  });

  test(`${role}: pings of a peer that does not read: pongs are bounded in number and bytes: 1008`, (t) => {
    const run = victim(role, { limits: { maxControlFramesPerSecond: Infinity } });
    run.transport.isCongested = true;
    const ping = wire(role, frame(0x89, pattern(125)));
    let most = 0;
    for (let count = 0; count < 10_000 && run.connection.isOpen; count++) {
      run.receive(ping);
      if (run.connection.isOpen) most = Math.max(most, run.connection.bufferedAmount);
    }
    assert.ok(most <= 256 * (125 + 6), `${most} bytes`);
    run.transport.release();
    run.turn.end();
    refused(run, 'ERR_WS_TOO_MANY_PONGS', /^more than maxQueuedPongs \(256\) pongs wait/, '03 f0');
    reportCount(t, 'attack budgets', 1);
  });
}
