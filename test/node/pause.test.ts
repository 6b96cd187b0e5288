// What keeps a process alive while a socket is not read from: one timer for all of them, none for those that would not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pause } from '../../src/node/transport/pause.ts';
import { openHandles } from '../support/handles.ts';

const timers = (): number => openHandles().filter((kind) => kind === 'Timeout').length;
const referenced = { hasRef: () => true };

test('one timer, until the last pause has ended', () => {
  const before = timers();
  const pauses = [new Pause(referenced), new Pause({ _parent: referenced })];
  assert.equal(timers(), before + 1);
  pauses[0]?.end();
  pauses[0]?.end();
  assert.equal(timers(), before + 1);
  pauses[1]?.end();
  assert.equal(timers(), before);
  new Pause(referenced).end();
  assert.equal(timers(), before);
});
test('none for a socket that is to keep no process alive, and for one in memory', () => {
  const before = timers();
  const pauses = [{ hasRef: () => false }, { _parent: { hasRef: () => false } }, {}, null, undefined].map(
    (handle) => new Pause(handle),
  );
  assert.equal(timers(), before);
  for (const pause of pauses) pause.end();
  assert.equal(timers(), before);
});
