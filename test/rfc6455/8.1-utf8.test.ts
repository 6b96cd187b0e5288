// RFC 6455 §8.1: text that is not UTF-8 fails the connection with 1007, at the very byte after which it cannot become
// valid (RFC 3629, and table 3-7 of Unicode), wherever frames and chunks are cut.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoreHost, openConnection } from '../support/core-connection.ts';
import { assertFailed, receives } from '../support/feeds.ts';
import { concat, hex } from '../support/hex.ts';
import { decodeStrictly, plainText } from '../support/plain-text.ts';
import { frame, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

const valid: [name: string, bytes: string][] = [
  ['U+0000', '00'],
  ['U+007F, the last of one byte', '7f'],
  ['U+0080, the first of two', 'c2 80'],
  ['U+07FF, the last of two', 'df bf'],
  ['U+0800, the first of three', 'e0 a0 80'],
  ['U+D7FF, before the surrogates', 'ed 9f bf'],
  ['U+E000, after the surrogates', 'ee 80 80'],
  ['U+FEFF, a byte order mark', 'ef bb bf'],
  ['U+FFFD', 'ef bf bd'],
  ['U+FFFE and U+FFFF, which are code points as well', 'ef bf be ef bf bf'],
  ['U+10000, the first of four', 'f0 90 80 80'],
  ['U+FFFFF', 'f3 bf bf bf'],
  ['U+10FFFF, the last of all', 'f4 8f bf bf'],
  ['one of each length', '61 c3 a9 e2 82 ac f0 9f 98 80 7a'],
];

/** `at`: index of the first byte that no valid text has there; the length of the bytes when only the end is wrong. */
const invalid: [name: string, bytes: string, at: number][] = [
  ['a continuation alone', '80', 0],
  ['a single continuation at the end', '61 bf 61', 1],
  ['overlong U+0000 in two', 'c0 80', 0],
  ['overlong U+007F in two', 'c1 bf', 0],
  ['overlong U+0000 in three', 'e0 80 80', 1],
  ['overlong U+07FF in three', 'e0 9f bf', 1],
  ['overlong U+0000 in four', 'f0 80 80 80', 1],
  ['overlong U+FFFF in four', 'f0 8f bf bf', 1],
  ['overlong solidus, five bytes', 'f8 80 80 80 af', 0],
  ['six bytes', 'fc 80 80 80 80 af', 0],
  ['surrogate U+D800', 'ed a0 80', 1],
  ['surrogate U+DFFF', 'ed bf bf', 1],
  ['a pair of surrogates', 'ed a0 bd ed b8 80', 1],
  ['U+110000', 'f4 90 80 80', 1],
  ['U+13FFFF', 'f4 bf bf bf', 1],
  ['lead f5', 'f5 80 80 80', 0],
  ['fe', 'fe', 0],
  ['ff', '61 62 ff', 2],
  ['two bytes, the second ASCII', 'c3 28', 1],
  ['two bytes, then a lead', 'c3 c3 a9', 1],
  ['three bytes, the third ASCII', 'e2 82 28', 2],
  ['four bytes, the third wrong', 'f0 9f 28 80', 2],
  ['four bytes, the fourth wrong', 'f0 9f 98 c0', 3],
  ['one continuation too many', 'c3 a9 a9', 2],
  ['one continuation too many, after four', 'f0 9f 98 80 80', 4],
  ['cut after one of two', 'c3', 1],
  ['cut after one of three', 'e2', 1],
  ['cut after two of three', 'e2 82', 2],
  ['cut after one of four', 'f0', 1],
  ['cut after three of four', 'f0 9f 98', 3],
  ['cut, after other text', '61 62 c3', 3],
];

/** Bytes of a text message up to its payload's byte `count`, whatever the role: the header, the key, and those. */
function cutAfter(role: 'client' | 'server', header: string, payload: Uint8Array, count: number): Uint8Array {
  return wire(role, hex(header, payload)).subarray(0, (role === 'server' ? 6 : 2) + count);
}

describe('RFC 6455 §8.1 valid at the boundaries', () => {
  for (const [name, bytes] of valid) {
    test(`${name}: ${bytes}`, () => {
      const payload = hex(bytes);
      const text = decodeStrictly(payload) as string;
      const events = [`message ${showData(text)}`];
      receives([frame(0x81, payload)], { events });
      for (let cut = 0; cut <= payload.length; cut++) {
        const parts = [frame(0x01, payload.subarray(0, cut)), '89 00', frame(0x80, payload.subarray(cut))];
        receives(parts, { events: ['ping', ...events], written: ['8a 00'] });
      }
    });
  }
});

describe('RFC 6455 §8.1 invalid', () => {
  for (const [name, bytes, at] of invalid) {
    const payload = hex(bytes);
    test(`${name}: ${bytes}: refused, in one frame and across fragments`, () => {
      receives([frame(0x81, payload)], { fails: 'ERR_WS_INVALID_UTF8' });
      for (let cut = 0; cut <= payload.length; cut++) {
        const parts = [frame(0x01, payload.subarray(0, cut)), frame(0x00), frame(0x80, payload.subarray(cut))];
        receives(parts, { fails: 'ERR_WS_INVALID_UTF8' });
      }
      // Behind long ASCII: the native way.
      const long = concat([new Uint8Array(200).fill(0x61), payload]);
      receives([frame(0x81, long)], { fails: 'ERR_WS_INVALID_UTF8' });
    });

    const where = at < payload.length ? `at byte ${at}` : 'at its end';
    test(`${name}: ${bytes}: fails exactly ${where}`, () => {
      for (const role of roles) {
        const run = openConnection(role);
        // More is announced, so that only the bytes can be the reason.
        const longer = concat([payload, new Uint8Array(20).fill(0x61)]);
        const input = cutAfter(
          role,
          `81 ${(payload.length + 20).toString(16).padStart(2, '0')}`,
          longer,
          payload.length,
        );
        const bytesBefore = input.length - payload.length;
        input.forEach((byte, index) => {
          run.receive(Uint8Array.of(byte));
          const isBroken = index >= bytesBefore + at;
          assert.equal(run.connection.isOpen, !isBroken, `${role}, after payload byte ${index - bytesBefore}`);
        });
        if (at === payload.length) run.receive(role === 'client' ? '61' : wire(role, hex('81', '01 61')).slice(-1));
        assert.equal(run.connection.isOpen && at < payload.length, false);
      }
    });

    test(`${name}: ${bytes}: fails exactly ${where}, each byte a fragment`, () => {
      for (const role of roles) {
        const run = openConnection(role);
        for (let index = 0; index < payload.length; index++) {
          run.receive(wire(role, frame(index === 0 ? 0x01 : 0x00, payload.subarray(index, index + 1)), '8a 00'));
          assert.equal(run.connection.isOpen, index < at, `${role}, fragment ${index}`);
        }
        if (at < payload.length) return assertFailed(run, 'ERR_WS_INVALID_UTF8');
        run.receive(wire(role, '80 00'));
        assertFailed(run, 'ERR_WS_INVALID_UTF8');
      }
    });
  }

  test('the text says what is not valid', () => {
    for (const [frames, message] of [
      [['81 01 ff'], 'text message is not valid UTF-8 (RFC 6455 §8.1)'],
      [['01 01 c3', '80 00'], 'text message is not valid UTF-8 (RFC 6455 §8.1)'],
      [['88 03 03 e8 ff'], 'reason of a Close frame is not valid UTF-8 (RFC 6455 §8.1)'],
    ] as const) {
      const { receive, connection } = openConnection('client');
      receive(...frames);
      const { state } = connection;
      assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
      assert.equal(state.error.message, message);
    }
  });
});

describe('RFC 6455 §8.1 long texts, checked natively in parts', () => {
  const unit = hex('c3 a9 e2 82 ac f0 9f 98 80 61');
  const long = concat(Array.from({ length: 40 }, () => unit));
  test('a valid one, cut anywhere into two fragments and two chunks', () => {
    const host = new CoreHost(plainText);
    for (const role of roles) {
      for (let cut = 1; cut < long.length; cut++) {
        const fragments = wire(role, frame(0x01, long.subarray(0, cut)), frame(0x80, long.subarray(cut)));
        const whole = wire(role, frame(0x81, long));
        for (const host1 of [undefined, host]) {
          const { events, receive } = openConnection(role, host1 === undefined ? {} : { host: host1 });
          receive(fragments);
          receive(whole.subarray(0, 8 + cut));
          receive(whole.subarray(8 + cut));
          const message = `message ${showData(decodeStrictly(long) as string)}`;
          assert.deepEqual(events, [message, message], `${role}, cut at ${cut}`);
        }
      }
    }
  });
  test('one wrong byte anywhere is found, in the chunk that holds it', () => {
    for (const role of roles) {
      for (let wrong = 0; wrong < long.length; wrong += 7) {
        for (const cut of [130, 200, 270]) {
          const bytes = long.slice();
          bytes[wrong] = 0xff;
          const run = openConnection(role);
          const input = wire(role, frame(0x81, bytes));
          const header = input.length - bytes.length;
          run.receive(input.subarray(0, header + cut));
          assert.equal(run.connection.isOpen, wrong >= cut, `${role}, byte ${wrong} of a chunk of ${cut}`);
          run.receive(input.subarray(header + cut));
          assertFailed(run, 'ERR_WS_INVALID_UTF8');
        }
      }
    }
  });
});

test('RFC 6455 §5.6 binary messages are not looked at', () => {
  receives(['82 02 ff c0', '02 01 ff', '80 01 fe'], { events: ['message ff c0', 'message ff fe'] });
});
