// One input, every way that a transport may deliver it: whole, byte by byte, cut in two anywhere, with more behind it.
// Whatever the cuts are, the outcome is the same.

import assert from 'node:assert/strict';
import { CloseCode, type Role } from '../../src/core/constants.ts';
import { type ErrorCode, errorTable } from '../../src/core/errors.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from './core-connection.ts';
import { assertBytes, concat, toHex, utf8 } from './hex.ts';
import { other, wire } from './wire.ts';

export interface Feed {
  readonly how: string;
  readonly chunks: readonly Uint8Array[];
}

/** Inputs up to this size are cut at every position, longer ones near their ends. */
const CUT_EVERYWHERE_UP_TO = 64;

/** Every way of feeding `bytes`. The chunks are fresh memory, as the receiver may change them. */
export function* feeds(bytes: Uint8Array): Generator<Feed> {
  yield { how: 'whole', chunks: [bytes.slice()] };
  // As a part of a larger read, off any word boundary.
  const large = new Uint8Array(bytes.length * 4 + 3).fill(0xee);
  large.set(bytes, 3);
  yield { how: 'whole, within a larger buffer', chunks: [large.subarray(3, 3 + bytes.length)] };
  if (bytes.length < 2) return;
  yield { how: 'byte by byte', chunks: Array.from(bytes, (byte) => Uint8Array.of(byte)) };
  const shared = bytes.slice();
  yield { how: 'byte by byte, of one buffer', chunks: Array.from(bytes, (_, at) => shared.subarray(at, at + 1)) };
  for (let cut = 1; cut < bytes.length; cut++) {
    if (cut > CUT_EVERYWHERE_UP_TO / 2 && cut < bytes.length - CUT_EVERYWHERE_UP_TO / 2) continue;
    yield { how: `cut at ${cut}`, chunks: [bytes.slice(0, cut), bytes.slice(cut)] };
  }
}

/** What comes of an input. Frames are written unmasked, and masked where their sender is the client. */
export interface Outcome {
  readonly events?: readonly string[];
  readonly written?: readonly (string | Uint8Array)[];
  /** The connection fails: after `events` this error, one Close frame with its code, the end of TCP. */
  readonly fails?: ErrorCode;
  /** The input ends within a frame, so that bytes behind it are its continuation. */
  readonly isCut?: boolean;
  /** Checks the end of each run. */
  readonly afterwards?: (run: OpenConnection, how: string) => void;
}

/** Feeds `frames` (unmasked form, see `wire`) to connections of both roles in every way. */
export function receives(frames: readonly (string | Uint8Array)[], outcome: Outcome, setup: Setup = {}): void {
  for (const role of ['client', 'server'] as const) receivesBytes(role, wire(role, ...frames), outcome, setup);
}

/** Feeds `input`, as it is on the wire, to connections of one role in every way. */
export function receivesBytes(role: Role, input: Uint8Array, outcome: Outcome, setup: Setup = {}): void {
  const host = new CoreHost();
  for (const { how, chunks } of feeds(input)) {
    const run = openConnection(role, { host, ...setup });
    for (const chunk of chunks) {
      run.transport.deliver(chunk);
      run.turn.end();
    }
    check(role, run, outcome, `${role}, ${how}: ${toHex(input.subarray(0, 80))}`);
  }
  if (outcome.isCut !== true) withMoreBehind(role, input, outcome, { host, ...setup });
}

/** A frame after the input: answered where the connection is still open, not looked at where it is not. */
function withMoreBehind(role: Role, input: Uint8Array, outcome: Outcome, setup: Setup): void {
  for (const cut of [0, input.length]) {
    const run = openConnection(role, setup);
    const more = concat([input, wire(role, '89 01 54'), Uint8Array.of(0x89)]);
    const chunks = [more.slice(0, cut), more.slice(cut)].filter((chunk) => chunk.length > 0);
    for (const chunk of chunks) {
      run.transport.deliver(chunk);
      run.turn.end();
    }
    const { events = [], written = [] } = outcome;
    const isOpen = run.connection.isOpen;
    const expected = isOpen
      ? { ...outcome, events: [...events, 'ping 54'], written: [...written, '8a 01 54'] }
      : outcome;
    check(role, run, expected, `${role}, with more behind: ${toHex(input.subarray(0, 80))}`);
  }
}

function check(role: Role, run: OpenConnection, outcome: Outcome, how: string): void {
  const { events = [], written = [], fails } = outcome;
  const frames: Uint8Array = wire(other(role), ...written);
  assert.deepEqual(run.turn.uncaught, [], how);
  if (fails === undefined) {
    assert.deepEqual(run.events, events, how);
    assertBytes(run.written.bytes, frames, how);
  } else {
    assert.deepEqual(run.events, [...events, `error ${fails}`], how);
    assertFailed(run, fails, how, frames);
  }
  outcome.afterwards?.(run, how);
}

/**
 * RFC 6455 §7.1.7: the connection has failed with one Close frame, `before` it what was written earlier, and ends TCP.
 */
export function assertFailed(
  run: OpenConnection,
  code: ErrorCode,
  how = '',
  before: Uint8Array = new Uint8Array(),
): void {
  const { state } = run.connection;
  assert.ok(state.kind === 'closing' && state.startedBy === 'failure', `${how}: ${state.kind}`);
  assert.equal(state.error.code, code, how);
  const { family, closeCode } = errorTable[code] as { family: string; closeCode?: number };
  assert.equal(family, 'protocol', how);
  assert.equal(state.error.closeCode, closeCode, how);
  const reason = cutReason(state.error.message);
  const payload = concat([
    Uint8Array.of((closeCode ?? CloseCode.abnormal) >> 8, (closeCode ?? 0) & 0xff),
    utf8(reason),
  ]);
  const close = wire(other(run.connection.role), concat([Uint8Array.of(0x88, payload.length), payload]));
  assertBytes(run.written.bytes, concat([before, close]), how);
  assert.ok(run.transport.isEnded, `${how}: TCP is ended`);
}

/** The longest part of a text, in whole characters, of at most 123 bytes (RFC 6455 §5.5). */
function cutReason(text: string): string {
  let reason = '';
  for (const character of text) {
    if (utf8(reason + character).length > 123) break;
    reason += character;
  }
  return reason;
}
