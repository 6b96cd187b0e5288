// What receives, on its own: when it goes on after its reader has fallen behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeConnection } from '../../../src/core/connection/complete-settings.ts';
import { Incoming, type IncomingOwner } from '../../../src/core/connection/incoming.ts';
import { MemoryPool } from '../../../src/core/memory-pool.ts';
import { Meter } from '../../../src/core/meter.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { pattern } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';

function receiving() {
  const turn = new ManualTurn();
  turn.holdsJobs = true;
  const incoming = new Incoming('client', { ...nodeHost, scheduler: turn }, new MemoryPool(nodeHost.memory));
  let goesOn = 0;
  const owner = {
    options: completeConnection('client', {}),
    meter: new Meter(),
    deadlines: { active() {} },
    reports: { streamReceived() {} },
    isDelivering: true,
    messagesReceived: 0,
    goOnReading: () => void goesOn++,
  } as unknown as IncomingOwner;
  incoming.serve(owner);
  return { incoming, turn, goesOn: () => goesOn };
}

test('room that is made several times in a turn: reading goes on once, in a later one', () => {
  const { incoming, turn, goesOn } = receiving();
  incoming.roomMade();
  incoming.roomMade();
  assert.equal(goesOn(), 0);
  while (turn.nextPieces());
  assert.equal(goesOn(), 1);
  incoming.roomMade();
  while (turn.nextPieces());
  assert.equal(goesOn(), 2);
});

test('after the release, nothing goes on', () => {
  const { incoming, turn, goesOn } = receiving();
  incoming.roomMade();
  incoming.release();
  while (turn.nextPieces());
  assert.equal(goesOn(), 0);
});

test('while a message waits for its reader, nothing is read', () => {
  const { incoming } = receiving();
  const parts = incoming.streamBegun(true);
  const bytes = pattern(200_000);
  parts.part(bytes, 0, bytes.length);
  assert.equal(incoming.goOn(), false);
  incoming.dropParts(() => assert.fail('nobody reads it'));
  assert.equal(incoming.goOn(), true);
});
