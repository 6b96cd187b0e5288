// Any bytes give messages or a documented error, and cutting them elsewhere changes nothing. fast-check prints the seed
// and the smallest input with a failure; `{ seed, path }` in `settings` runs it again.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Role } from '../../src/core/constants.ts';
import { errorTable } from '../../src/core/errors.ts';
import { CoreHost, openConnection } from '../support/core-connection.ts';
import { concat } from '../support/hex.ts';
import { plainText } from '../support/plain-text.ts';
import { describeFrame, frame, masked, readFrames } from '../support/wire.ts';

/** A few seconds in all on a slow machine; the time bound ends a property early without failing it. */
const settings = { numRuns: 800, interruptAfterTimeLimit: 2500, markInterruptAsFailure: false };

const roles = ['client', 'server'] as const;
const limits = { maxMessageSize: 400, maxFragments: 6, maxQueuedPongs: 5 };

interface Outcome {
  readonly events: readonly string[];
  readonly written: readonly string[];
  readonly state: string;
}

/** What comes of `input` when it is cut at `cuts`. */
function run(role: Role, input: Uint8Array, cuts: readonly number[], host = new CoreHost()): Outcome {
  const { transport, turn, events, written, connection } = openConnection(role, { host, limits });
  const borders = [...new Set(cuts.filter((cut) => cut > 0 && cut < input.length))].sort((one, two) => one - two);
  [...borders, input.length].reduce((from, to) => {
    transport.deliver(input.slice(from, to));
    turn.end();
    return to;
  }, 0);
  const state = `${connection.state.kind} ${transport.isEnded}`;
  transport.gone();
  turn.end();
  assert.deepEqual(turn.uncaught, []);
  return { events, written: written.frames(), state };
}

function check(role: Role, input: Uint8Array, cuts: readonly number[]): void {
  const whole = run(role, input, []);
  assert.deepEqual(run(role, input, cuts), whole, 'cut at random');
  assert.deepEqual(
    run(
      role,
      input,
      Array.from(input, (_, at) => at),
    ),
    whole,
    'byte by byte',
  );
  assert.deepEqual(run(role, input, cuts, new CoreHost(plainText)), whole, 'with the plain text codec');
  // Exactly one end; at most one error, of the table, just before it; at most one Close, the last frame.
  const { events, written } = whole;
  assert.equal(events.filter((event) => event.startsWith('close ')).length, 1);
  assert.ok(events.at(-1)?.startsWith('close '));
  const errors = events.filter((event) => event.startsWith('error '));
  assert.ok(errors.length <= 1);
  for (const error of errors) assert.ok((error.split(' ')[1] as string) in errorTable, error);
  const closes = written.filter((text) => text.startsWith('close'));
  assert.ok(closes.length === 0 || (closes.length === 1 && closes[0] === written.at(-1)), written.join());
}

const cuts = fc.array(fc.nat(300), { maxLength: 6 });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Payloads where cuts and borders matter: text of all lengths of sequence, ASCII, any bytes; a few are long. */
const text = fc.string({ unit: 'binary', maxLength: 60 }).map((it) => new TextEncoder().encode(it));
const payload = fc.oneof(
  bytes(20),
  text,
  bytes(180),
  fc.constantFrom(0, 125, 126, 127, 200).map((size) => new Uint8Array(size).fill(0x61)),
);

/** First bytes: mostly those that may occur, sometimes any. */
const firstByte = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a) },
  { weight: 1, arbitrary: fc.constant(0x88) },
  { weight: 1, arbitrary: fc.nat(255) },
);

const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
const frames = fc.array(fc.tuple(firstByte, payload, key), { maxLength: 8 });

function encode(role: Role, list: readonly (readonly [number, Uint8Array, Uint8Array])[]): Uint8Array {
  const each = list.map(([first, content, maskingKey]) => {
    const unmasked = frame(first, first & 8 ? content.subarray(0, 125) : content);
    return role === 'server' ? masked(unmasked, maskingKey) : unmasked;
  });
  return concat(each);
}

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(300), byte: fc.nat(255) }),
  fc.record({
    kind: fc.constant('flip' as const),
    at: fc.nat(300),
    byte: fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 128),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(300), byte: fc.nat(3) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(300), byte: fc.nat(255) }),
);

function mutate(input: Uint8Array, { kind, at, byte }: { kind: string; at: number; byte: number }): Uint8Array {
  const list = [...input];
  const index = list.length === 0 ? 0 : at % list.length;
  if (kind === 'set') list[index] = byte;
  else if (kind === 'flip') list[index] = (list[index] ?? 0) ^ byte;
  else if (kind === 'remove') list.splice(index, byte);
  else list.splice(index, 0, byte);
  return Uint8Array.from(list);
}

for (const role of roles) {
  describe(`${role}: the outcome does not depend on the cuts`, () => {
    test('any bytes', () => {
      fc.assert(
        fc.property(bytes(120), cuts, (input, where) => check(role, input, where)),
        settings,
      );
    });
    test('sequences of frames, in any order', () => {
      fc.assert(
        fc.property(frames, cuts, (list, where) => check(role, encode(role, list), where)),
        settings,
      );
    });
    test('sequences of frames with a few bytes changed', () => {
      fc.assert(
        fc.property(frames, fc.array(mutation, { minLength: 1, maxLength: 3 }), cuts, (list, mutations, where) => {
          check(role, mutations.reduce(mutate, encode(role, list)), where);
        }),
        settings,
      );
    });
  });
}

test('what the plain reader of the tests reads, the decoder reads as well', () => {
  // Pings and unfragmented binary messages only, so that a plain model tells the outcome.
  const list = fc.array(fc.tuple(fc.constantFrom(0x82, 0x89, 0x8a), payload, key), { maxLength: 12 });
  fc.assert(
    fc.property(list, cuts, (sequence, where) => {
      for (const role of roles) {
        const input = encode(role, sequence);
        const expected = readFrames(input).map((it) => describeFrame(it).replace('binary', 'message'));
        const { events } = run(role, input, where);
        assert.deepEqual(events.slice(0, -2), expected);
        assert.deepEqual(events.slice(-2), ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
      }
    }),
    settings,
  );
});
