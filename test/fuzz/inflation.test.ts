// Any bytes as a compressed message, and damaged DEFLATE: a message or a documented error, never more than the limit,
// and the same close code however frames and chunks are cut.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { type ErrorCode, errorTable } from '../../src/core/errors.ts';
import { CoreHost, openConnection, type Setup } from '../support/core-connection.ts';
import { concat, hex } from '../support/hex.ts';
import { frame, wire } from '../support/wire.ts';

const settings = { numRuns: 300, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false };
const limit = 2000;

/** Text and bytes, deflated, with a byte or two changed, removed or put in. */
const damaged = fc
  .record({
    data: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300 }),
    ),
    times: fc.integer({ min: 1, max: 12 }),
    level: fc.integer({ min: 0, max: 9 }),
    changes: fc.array(fc.record({ at: fc.nat(), remove: fc.nat(1), insert: fc.uint8Array({ maxLength: 2 }) }), {
      maxLength: 3,
    }),
  })
  .map(({ data, times, level, changes }) => {
    const whole = concat(Array.from({ length: times }, () => data));
    let bytes: Uint8Array = deflateRawSync(whole, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    for (const { at, remove, insert } of changes) {
      const place = at % (bytes.length + 1);
      bytes = concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)]);
    }
    return bytes;
  });

/** What becomes of some compressed messages; errors by their close code. */
function outcome(
  setup: Setup,
  opcode: number,
  payloads: readonly Uint8Array[],
  cuts: readonly number[],
  pieces: number,
) {
  const { transport, turn, events } = openConnection('server', { ...setup, limits: { maxMessageSize: limit } });
  const frames = payloads.flatMap((payload) => {
    const size = Math.ceil(payload.length / pieces);
    return Array.from({ length: pieces }, (_, index) =>
      frame(
        (index === pieces - 1 ? 0x80 : 0) | (index === 0 ? 0x40 | opcode : 0),
        payload.subarray(index * size, (index + 1) * size),
      ),
    );
  });
  const bytes = wire('server', ...frames);
  for (let at = 0, next = 0; at < bytes.length; ) {
    const size = cuts.length === 0 ? bytes.length : 1 + (cuts[next++ % cuts.length] as number);
    transport.deliver(bytes.slice(at, at + size));
    turn.end();
    at += size;
  }
  assert.deepEqual(turn.uncaught, []);
  return events.map((event) => {
    const code = /^error (ERR_WS_\w+)$/.exec(event)?.[1];
    if (code === undefined) return event;
    assert.ok(['ERR_WS_INFLATE', 'ERR_WS_INVALID_UTF8', 'ERR_WS_MESSAGE_TOO_LARGE'].includes(code), code);
    return `error ${(errorTable[code as ErrorCode] as { closeCode: number }).closeCode}`;
  });
}

const takeovers: [how: string, setup: Setup][] = [
  ['with context takeover', { deflate: {} }],
  ['without', { deflate: { clientNoContextTakeover: true, serverNoContextTakeover: true } }],
];

for (const [how, setup] of takeovers) {
  describe(`compressed messages, ${how}`, () => {
    test('any bytes, and damaged DEFLATE, whole and cut', () => {
      const host = new CoreHost();
      let close = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(1, 2),
          fc.array(fc.oneof(damaged, fc.uint8Array({ maxLength: 60 })), { minLength: 1, maxLength: 3 }),
          fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
          fc.integer({ min: 2, max: 5 }),
          (opcode, payloads, cuts, pieces) => {
            const whole = outcome({ ...setup, host }, opcode, payloads, [], 1);
            assert.ok(whole.length >= 1);
            for (const event of whole) assert.ok(/^(message|error (1007|1009)$)/.test(event), event);
            const cut = [
              outcome({ ...setup, host }, opcode, payloads, cuts, 1),
              outcome({ ...setup, host }, opcode, payloads, cuts, pieces),
              outcome({ ...setup, host }, opcode, payloads, [0], pieces),
            ];
            for (const events of cut) {
              if (isDeepStrictEqual(events, whole)) continue;
              // zlib goes on without output until it needs some: an error right behind byte limit + 1 wins the race.
              assert.deepEqual(
                events.map((event) => event.replace('1009', '1007')),
                whole.map((event) => event.replace('1009', '1007')),
              );
              close++;
            }
          },
        ),
        settings,
      );
      assert.ok(close <= 3, `${close} close calls`);
    });
  });
}

test('an error well behind the limit is not met: 1009, wherever it is cut', () => {
  // 21 times "a" in one match that the limit cuts, then a block type that does not exist.
  const payload = hex('4a 4c c4 02 00 00 00 00 ff ff 07');
  for (const cuts of [[], [0], [12], [15]]) {
    const { transport, turn, events } = openConnection('server', { deflate: {}, limits: { maxMessageSize: 15 } });
    const bytes = wire('server', frame(0xc1, payload));
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + (cuts[0] ?? bytes.length);
      transport.deliver(bytes.slice(at, at + size));
      turn.end();
      at += size;
    }
    assert.deepEqual(events, ['error ERR_WS_MESSAGE_TOO_LARGE']);
  }
});
