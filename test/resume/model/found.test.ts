// Worlds in which the model has found a fault, as small as it made them: another seed must not be lucky to find it again.

import { test } from 'node:test';
import type { Command, Setting } from './commands.ts';
import * as fileParts from './file-parts.ts';
import * as memoryParts from './memory-parts.ts';
import * as parts from './parts.ts';
import { noCounts, type Parts, World } from './world.ts';

const quick: Omit<Setting, 'storeDelay' | 'storeIsSlow'> = {
  clientIsSlow: false,
  serverIsSlow: false,
  clientPieces: false,
  serverPieces: false,
  overflow: 'end',
};

/** Runs one world. @throws Error where an invariant does not hold */
function run(
  used: Parts,
  storeDelay: number,
  storeIsSlow: boolean,
  commands: readonly Command[],
  overflow: Setting['overflow'] = 'end',
): Promise<void> {
  return new World(used, { ...quick, overflow, storeDelay, storeIsSlow }, noCounts()).run(commands);
}

test('a session that is still read from the store is given up where another process claims it: one connection has it', () =>
  run(parts, 0, false, [
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'deliver', kind: 'text', count: 1 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'deliverOld', kind: 'text' },
    { do: 'deliver', kind: 'text', count: 1 },
    { do: 'handle', kind: 'text', isUp: false, at: 0 },
    { do: 'up', kind: 'text', size: 0 },
    { do: 'handle', kind: 'text', isUp: false, at: 0 },
    { do: 'stream', kind: 'text', isUp: false, part: 'write' },
  ]));

test('a claim that is answered after a later one does not get a session that is being given up', () =>
  run({ ...memoryParts, mode: 'ahead' }, 9, true, [
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'deliver', kind: 'text', count: 3 },
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'deliver', kind: 'text', count: 1 },
    { do: 'store', kind: 'text', count: 2 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'flow', kind: 'text' },
    { do: 'store', kind: 'text', count: 1 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'deliver', kind: 'text', count: 1 },
    { do: 'store', kind: 'text', count: 3 },
    { do: 'store', kind: 'text', count: 2 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'flow', kind: 'text' },
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'deliver', kind: 'text', count: 1 },
    { do: 'store', kind: 'text', count: 2 },
    { do: 'up', kind: 'text', size: 0 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'suspend', kind: 'text' },
    { do: 'oldToken', kind: 'text', process: 0, at: 0 },
    { do: 'down', kind: 'text', size: 0 },
  ]));

test('a session is current from when the store has it, not from when its owner is told', () =>
  run({ ...parts, mode: 'spill' }, 9, false, [
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'flow', kind: 'text' },
    { do: 'dial', kind: 'text', process: 1 },
    { do: 'dial', kind: 'text', process: 0 },
    { do: 'deliverOld', kind: 'text' },
    { do: 'kill', kind: 'text', process: 1 },
    { do: 'up', kind: 'text', size: 0 },
    { do: 'stream', kind: 'text', isUp: false, part: 'write' },
    { do: 'handle', kind: 'text', isUp: false, at: 0 },
    { do: 'handle', kind: 'text', isUp: false, at: 0 },
    { do: 'dial', kind: 'text', process: 0 },
  ]));

const kind = 'text';
const up: Command = { do: 'up', kind, size: 0 };
const flow: Command = { do: 'flow', kind };
const dial = (process: number): Command => ({ do: 'dial', kind, process });
const stream = (isUp: boolean, part: 'write' | 'end'): Command => ({ do: 'stream', kind, isUp, part });
const deliver: Command = { do: 'deliver', kind, count: 1 };
const deliverOld: Command = { do: 'deliverOld', kind };
const advance = (time: number): Command => ({ do: 'advance', kind, time });
const cutUp: Command = { do: 'cut', kind, how: 'up' };

test('the empty end of a stream comes back before another stream: they are not one message', async () => {
  const before = [stream(true, 'write'), dial(0), stream(true, 'end'), flow];
  const after = [stream(true, 'write'), flow, deliver, up];
  await run(parts, 0, false, [...before, { do: 'kill', kind, process: 0 }, ...after]);
});

for (const [store, used] of [
  ['the store of the model', parts],
  ['the store in memory', memoryParts],
] as const) {
  test(`two processes are asked for a session by the nonce of one that ends meanwhile: with ${store}, spill`, async () => {
    const away = [dial(0), deliver, dial(0), deliverOld, advance(60_000)];
    const back = [dial(1), dial(0), deliver, up, up, deliverOld, up, up];
    await run({ ...used, mode: 'spill' }, 0, true, [...away, ...back]);
  });

  test(`two processes are asked for a session by the nonce of one that ends meanwhile: with ${store}, ahead`, async () => {
    const away = [dial(0), deliver, cutUp, advance(59_554), advance(155), advance(291)];
    const back = [dial(1), flow, dial(0), flow, up, cutUp, stream(false, 'write')];
    await run({ ...used, mode: 'ahead' }, 0, true, [...away, ...back]);
  });
}

test('the answer of a process that has died comes after that of the next owner: the token of the next one counts', () =>
  run({ ...memoryParts, mode: 'ahead' }, 0, true, [
    dial(0),
    dial(0),
    deliverOld,
    dial(1),
    deliver,
    dial(0),
    flow,
    advance(5001),
    { do: 'kill', kind, process: 0 },
    dial(0),
    deliver,
    { do: 'kill', kind, process: 1 },
    flow,
    advance(5001),
    { do: 'store', kind, count: 1 },
    { do: 'oldToken', kind, process: 0, at: 2 },
  ]));

test('a process dies before the store knows the end of a session: what its client got of it is no more than the next owner has', () =>
  run({ ...memoryParts, mode: 'ahead' }, 0, true, [
    dial(1),
    up,
    flow,
    { do: 'end', kind, byClient: false },
    { do: 'kill', kind, process: 1 },
    deliver,
    up,
    dial(0),
    cutUp,
    deliver,
  ]));

test('an owner that is asked by two processes has claimed its session again between them: it gives up what it has then', () =>
  run({ ...fileParts, mode: 'ahead' }, 0, true, [
    dial(0),
    flow,
    dial(0),
    deliver,
    dial(1),
    deliver,
    advance(5001),
    dial(1),
    { do: 'store', kind, count: 1 },
    deliver,
    { do: 'down', kind, size: 0 },
    advance(5001),
    deliver,
    deliver,
    up,
    advance(0),
    dial(0),
  ]));

test('a process dies after its client has gone: the session is over when its time is', () =>
  run({ ...memoryParts, mode: 'ahead' }, 0, false, [
    dial(0),
    flow,
    cutUp,
    { do: 'kill', kind, process: 0 },
    advance(42_306),
    advance(77_694),
    { do: 'end', kind, byClient: false },
    dial(0),
    deliver,
    cutUp,
  ]));

test('a client is told of lost messages when the store knows of them: the next owner does too', () => {
  const down: Command = { do: 'down', kind, size: 0 };
  const kill: Command = { do: 'kill', kind, process: 0 };
  const away = [dial(0), deliver, deliver, down, down, down, cutUp];
  const back = [dial(0), down, deliver, { do: 'store', kind, count: 3 } as const, kill, deliver, dial(0)];
  const rest = [stream(false, 'write'), dial(0), cutUp, deliver];
  return run({ ...memoryParts, mode: 'ahead' }, 0, true, [...away, ...back, ...rest], 'gap');
});

test('a process takes up what it has just given up: parts of a message that the store has are not stored again', () =>
  run({ ...fileParts, mode: 'ahead' }, 0, true, [
    stream(true, 'write'),
    { do: 'drain', kind, process: 1, waits: false },
    dial(0),
    { do: 'deliver', kind, count: 5 },
    dial(1),
    { do: 'deliver', kind, count: 5 },
    dial(0),
    deliver,
    dial(1),
    flow,
    { do: 'handle', kind, isUp: false, at: 0 },
    up,
    stream(false, 'write'),
    dial(0),
    stream(false, 'write'),
  ]));

test('a process dies after the store knew of lost messages that it never had: the next owner tells of the same ones', () => {
  const down: Command = { do: 'down', kind, size: 0 };
  const moved = [
    dial(0),
    { do: 'drain', kind, process: 1, waits: false } as const,
    { do: 'deliver', kind, count: 2 } as const,
    dial(1),
  ];
  const away = [deliver, cutUp, down, { do: 'store', kind, count: 2 } as const, down, down, down];
  const stored = [advance(5001), advance(5001), { do: 'kill', kind, process: 1 } as const];
  const back = [{ do: 'drain', kind, process: 0, waits: false } as const, up, cutUp, stream(false, 'write'), up];
  return run({ ...memoryParts, mode: 'ahead' }, 0, true, [...moved, ...away, ...stored, ...back], 'gap');
});

test('the end of a message is acknowledged before it was ever written: the text written after it is another message', () =>
  run({ ...memoryParts, mode: 'spill' }, 0, false, [
    dial(0),
    { do: 'deliver', kind, count: 2 },
    cutUp,
    { do: 'stream', kind: 'binary', isUp: false, part: 'write' },
    { do: 'kill', kind, process: 0 },
    dial(0),
    flow,
    { do: 'down', kind, size: 0 },
    { do: 'suspend', kind },
    stream(false, 'write'),
    advance(0),
    deliver,
    deliver,
    deliverOld,
  ]));

test('a client goes away before anything was committed: the parts of its message that were stored stay there', () =>
  run({ ...fileParts, mode: 'spill' }, 0, false, [
    dial(1),
    { do: 'deliver', kind, count: 2 },
    stream(false, 'write'),
    flow,
    { do: 'up', kind, size: 1025 },
    advance(10_000),
    flow,
    { do: 'oldToken', kind, process: 0, at: 0 },
    stream(false, 'write'),
    dial(0),
    dial(0),
  ]));

test('the rest of a message is stored after what was acknowledged: it comes from the next owner', () =>
  run({ ...memoryParts, mode: 'spill' }, 0, false, [
    dial(0),
    { do: 'deliver', kind, count: 2 },
    { do: 'down', kind, size: 513 },
    { do: 'deliver', kind, count: 3 },
    cutUp,
    { do: 'kill', kind, process: 0 },
    flow,
    up,
    up,
  ]));
