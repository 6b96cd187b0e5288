// Only the core, in memory, with a clock that is moved: every way of cutting the input, and peers that answer a Close
// as well as peers that never do.

import assert from 'node:assert/strict';
import type { Role } from '../../../src/core/constants.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { feeds } from '../../support/feeds.ts';
import { concat } from '../../support/hex.ts';
import { wire } from '../../support/wire.ts';
import { type Case, difference, type Expected, expectedOf, framesIn, inputOf, LATE, PROBE, rolesOf } from '../case.ts';
import { Observed } from '../observed.ts';

const host = new CoreHost();
const CLOSE_TIMEOUT = 5_000;
/** Longer inputs are not cut at each byte. */
const CUT_UP_TO = 2_000;

/** Of the ways of feeding, for cases that ask for few. */
const FEW = new Set(['whole', 'byte by byte', 'chunks of 997']);

const inBothRoles = (...frames: readonly string[]) => ({
  client: wire('client', ...frames),
  server: wire('server', ...frames),
});
const probe = inBothRoles(...PROBE.frames);
const late = inBothRoles(LATE);

/** @returns number of executions */
export function runInCore(it: Case): number {
  let count = 0;
  const expected = expectedOf(it);
  for (const role of rolesOf(it)) {
    for (const { how, chunks } of ways(it, role)) {
      const isSilent = count % 2 === 1;
      try {
        execute(it, role, chunks, isSilent, expected);
      } catch (error) {
        const name = `${it.name} [core, ${role}, ${how}, ${isSilent ? 'silent' : 'answering'} peer]`;
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      }
      count++;
    }
  }
  return count;
}

function* ways(it: Case, role: Role): Generator<{ how: string; chunks: readonly Uint8Array[] }> {
  const input = inputOf(it, role);
  const isOver = typeof it.end === 'object';
  if (it.feeds === 'once' || input.length === 0) {
    yield { how: 'whole', chunks: [input.slice()] };
    return;
  }
  for (const feed of input.length <= CUT_UP_TO ? feeds(input) : longFeeds(input)) {
    if (it.feeds !== 'few' || FEW.has(feed.how)) yield feed;
  }
  // What ended the connection, and more, in one chunk.
  if (isOver) yield { how: 'with more behind', chunks: [concat([input, wire(role, LATE, LATE), Uint8Array.of(0xff)])] };
}

/** Whole, in chunks, and cut within the first header and before the last byte. */
function* longFeeds(input: Uint8Array): Generator<{ how: string; chunks: readonly Uint8Array[] }> {
  yield { how: 'whole', chunks: [input.slice()] };
  for (const size of [997, 16_384]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < input.length; at += size) chunks.push(input.slice(at, at + size));
    yield { how: `chunks of ${size}`, chunks };
  }
  for (const at of [1, 2, 3, 5, 9, 13, 14, 15, input.length - 1]) {
    yield { how: `cut at ${at}`, chunks: [input.slice(0, at), input.slice(at)] };
  }
}

function execute(it: Case, role: Role, chunks: readonly Uint8Array[], isSilent: boolean, expected: Expected): void {
  const observed = new Observed();
  const { settings, deflate, local, end } = it;
  const run = openConnection(role, {
    host,
    ...settings,
    closeTimeout: CLOSE_TIMEOUT,
    handlers: observed.handlers,
    ...(deflate === undefined ? {} : { deflate }),
  });
  local?.(run.connection);
  run.turn.end();
  for (const chunk of chunks) {
    if (chunk.length > 0) run.transport.deliver(chunk);
    run.turn.end();
  }
  finish(it, role, run, isSilent);
  assert.equal(difference(framesIn(run.written.bytes, role, end), expected.frames), undefined, 'frames');
  assert.equal(difference(observed.events, expected.events), undefined, 'events');
  assert.deepEqual(run.turn.uncaught, []);
  assert.equal(run.connection.state.kind, 'closed');
  assert.equal(run.clock.timers.size, 0, 'timers');
}

/** Plays the peer's part in the end. */
function finish({ end }: Case, role: Role, run: OpenConnection, isSilent: boolean): void {
  const { transport, turn, clock } = run;
  if (end === 'lost') {
    transport.deliver('end');
    turn.end();
    assert.ok(transport.isDestroyed, 'TCP is dropped');
    return;
  }
  if (end === 'open') run.receive(probe[role]);
  // RFC 6455 §7.1.1, §7.1.7: the server ends TCP first, and so does the end that fails the connection; a client waits
  // for the server.
  const isFailure = typeof end === 'object' && 'fails' in end;
  assert.equal(transport.isEnded, isFailure || role === 'server', 'who ends TCP');
  run.receive(late[role]);
  assert.ok(!transport.isDestroyed, 'the peer is given time');
  if (isSilent) {
    // A peer that has much of ours to read before its answer is given the time for it, at 16 KiB/s.
    const sent = run.written.bytes.length;
    clock.advance(CLOSE_TIMEOUT + (sent < 16 * 1024 ? 0 : Math.ceil(sent / 16.384)));
    assert.ok(transport.isDestroyed, 'TCP is cut after closeTimeout');
    return;
  }
  transport.deliver('end');
  turn.end();
  assert.ok(transport.isEnded, 'TCP is ended after the peer has');
  transport.gone();
  turn.end();
}
