// Any bytes to a connection of the core, both roles, with and without permessage-deflate: messages or a documented
// error, the same however they are cut, in bounded memory.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Role } from '../../../src/core/constants.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { OneShotCompression } from '../../../src/node/zlib/one-shot.ts';
import { CoreHost } from '../../support/core-connection.ts';
import { assertBytes, concat } from '../../support/hex.ts';
import { plainText } from '../../support/plain-text.ts';
import { bordersFrom, type CoreOutcome, type CoreSetup, coreSetup, outline, runCore } from '../core-run.ts';
import { mutateFrames, wireArbitrary } from '../frames.ts';
import type { FuzzTarget } from '../target.ts';

/** Small, so that inputs reach them. */
export const smallLimits = {
  maxMessageSize: 400,
  maxFrameSize: 399,
  maxFragments: 6,
  maxEmptyFragments: 2,
  maxQueuedPongs: 5,
};

/** What frames and messages without an extension can be refused for. */
export const frameErrors = [
  'ERR_WS_RESERVED_BITS',
  'ERR_WS_RESERVED_OPCODE',
  'ERR_WS_LENGTH_NOT_MINIMAL',
  'ERR_WS_LENGTH_TOO_LARGE',
  'ERR_WS_LENGTH_SIGN',
  'ERR_WS_NOT_MASKED',
  'ERR_WS_MASKED',
  'ERR_WS_CONTROL_FRAGMENTED',
  'ERR_WS_CONTROL_TOO_LARGE',
  'ERR_WS_UNEXPECTED_CONTINUATION',
  'ERR_WS_EXPECTED_CONTINUATION',
  'ERR_WS_INVALID_UTF8',
  'ERR_WS_MESSAGE_TOO_LARGE',
  'ERR_WS_TOO_MANY_FRAGMENTS',
  'ERR_WS_FRAME_TOO_LARGE',
  'ERR_WS_TOO_MANY_EMPTY_FRAGMENTS',
  'ERR_WS_CLOSE_PAYLOAD',
];

const takeover = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};
const noTakeover = { ...takeover, serverNoContextTakeover: true, clientNoContextTakeover: true };

const setups: CoreSetup[] = (['client', 'server'] as Role[]).flatMap((role) => [
  coreSetup(role, { limits: smallLimits }, nodeCompression()),
  coreSetup(role, { limits: smallLimits }, nodeCompression(), takeover),
  coreSetup(role, { limits: smallLimits }, nodeCompression(), noTakeover),
  coreSetup(role, { limits: smallLimits }, new OneShotCompression(), noTakeover),
]);

const host = new CoreHost(nodeText);
const plainHost = new CoreHost(plainText);

/** Codes whose order within one compressed message depends on how much of it zlib was given; see `inflation.ts`. */
const INFLATING = /ERR_WS_(INFLATE|INVALID_UTF8)$/;

/** Input: one byte for the setup and whether the peer reads, one for the cuts, then what the peer sends. */
export const connectionTarget: FuzzTarget = {
  name: 'connection',
  arbitrary: fc
    .tuple(fc.nat(15), fc.nat(255))
    .chain(([setup, cuts]) =>
      wireArbitrary((setup & 4) === 0 ? 'client' : 'server').map((wire) => concat([Uint8Array.of(setup, cuts), wire])),
    ),
  reachable: [
    ...frameErrors,
    'ERR_WS_COMPRESSED_BIT',
    'ERR_WS_INFLATE',
    'ERR_WS_CLOSE_CODE',
    'ERR_WS_TOO_MANY_PONGS',
    'ERR_WS_LOST',
  ],
  mutate: (input, random) => concat([input.subarray(0, 2), mutateFrames(input.subarray(2), random)]),
  run(input) {
    const choice = (input[0] ?? 0) & 7;
    const setup = setups[choice] as CoreSetup;
    const isCongested = ((input[0] ?? 0) & 8) !== 0;
    const cuts = input[1] ?? 0;
    const wire = input.subarray(2);
    const whole = runCore(host, setup, wire, [], isCongested);
    checkMemory(whole, wire.length, 'whole');
    const pieces = runCore(host, setup, wire, bordersFrom(cuts, wire.length), isCongested);
    assertSame(setup, pieces, whole, 'cut at random');
    if (wire.length < 40 || cuts % 4 === 1) {
      const bytes = runCore(host, setup, wire, Array.from(wire, (_, at) => at).slice(1), isCongested);
      checkMemory(bytes, wire.length, 'byte by byte');
      assertSame(setup, bytes, whole, 'byte by byte');
    }
    if (cuts % 4 === 0)
      assertSame(setup, runCore(plainHost, setup, wire, [], isCongested), whole, 'with the plain text codec');
    return `${choice} ${isCongested} ${outline(whole.events)}`;
  },
};

/** A block of the outbox, 64 KiB, may be among what is asked for: the next one, and one that the transport keeps. */
const ARENA = 64 * 1024;

/** A collector grows to four times what it holds, which is no more than a message may have; and in all no more than the input can account for. */
function checkMemory({ allocated, largest }: CoreOutcome, size: number, how: string): void {
  const { maxMessageSize } = smallLimits;
  assert.ok(largest <= 4 * maxMessageSize || largest === ARENA, `${how}: ${largest} bytes at once`);
  // A collector begins with 512 bytes; a message that inflates takes up to its limit, for two bytes of a frame.
  const accounted = 2 * ARENA + (size + 2) * (512 + 4 * maxMessageSize);
  assert.ok(allocated <= accounted, `${how}: ${allocated} bytes in all, for an input of ${size}`);
}

function assertSame({ agreement }: CoreSetup, actual: CoreOutcome, expected: CoreOutcome, how: string): void {
  if (agreement !== undefined && isSameButForInflating(actual, expected)) return;
  if (actual.events.join('\n') !== expected.events.join('\n')) assert.deepEqual(actual.events, expected.events, how);
  assert.equal(actual.state, expected.state, how);
  assertBytes(actual.written.bytes, expected.written.bytes, how);
}

/** Both failed with 1007 or 1009 in the same compressed message, and tell the same of everything before. */
function isSameButForInflating(one: CoreOutcome, other: CoreOutcome): boolean {
  const [first = '', second = ''] = [one, other].map(({ events }) => events.at(-2) ?? '');
  if (first === second || one.events.length !== other.events.length) return false;
  const areOfMessage = [first, second].every(
    (event) => INFLATING.test(event) || event === 'error ERR_WS_MESSAGE_TOO_LARGE',
  );
  return areOfMessage && one.events.slice(0, -2).join() === other.events.slice(0, -2).join();
}
