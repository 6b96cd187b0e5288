// What keeps a process alive while a socket is not read from: one timer for all of them, none for those that would not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReferenced, systemHandleOf } from '../../src/node/internals/socket-handle.ts';
import { Pause } from '../../src/node/transport/pause.ts';
import { openHandles } from '../support/handles.ts';

const timers = (): number => openHandles().filter((kind) => kind === 'Timeout').length;

test('one timer, until the last pause has ended', () => {
  const before = timers();
  const pauses = [new Pause(true), new Pause(true)];
  assert.equal(timers(), before + 1);
  pauses[0]?.end();
  pauses[0]?.end();
  assert.equal(timers(), before + 1);
  pauses[1]?.end();
  assert.equal(timers(), before);
  new Pause(true).end();
  assert.equal(timers(), before);
});

test('none for a socket that is to keep no process alive', () => {
  const before = timers();
  const pause = new Pause(false);
  assert.equal(timers(), before);
  pause.end();
  assert.equal(timers(), before);
});

test('a socket in memory, and one that was told so, keep no process alive; TLS does as the socket below it', () => {
  const referenced = { hasRef: () => true };
  const unreferenced = { hasRef: () => false };
  const answers = [referenced, unreferenced, { _parent: referenced }, { _parent: unreferenced }, {}, null].map(
    (handle) => isReferenced(systemHandleOf({ _handle: handle })),
  );
  assert.deepEqual(answers, [true, false, true, false, false, false]);
});
