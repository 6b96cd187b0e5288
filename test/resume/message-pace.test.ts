// The pace at which an application is given the messages of a session.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessagePace } from '../../src/resume/message-pace.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';

test('so many in a second; the next one waits for the next second, and hears when that has begun', () => {
  const clock = new ManualClock(new ManualTurn());
  let seconds = 0;
  const pace = new MessagePace(2, clock, () => seconds++);
  assert.deepEqual([pace.mustWait(), pace.mustWait(), pace.mustWait(), pace.mustWait()], [false, false, true, true]);
  clock.advance(999);
  assert.equal(seconds, 0);
  clock.advance(1);
  assert.equal(seconds, 1);
  assert.deepEqual([pace.mustWait(), pace.mustWait(), pace.mustWait()], [false, false, true]);
  pace.stop();
  clock.advance(5_000);
  assert.equal(seconds, 1);
  assert.equal(pace.mustWait(), false);
});
