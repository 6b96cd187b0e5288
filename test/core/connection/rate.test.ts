// How many messages and control frames a peer may send in a second.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultLimits } from '../../../src/core/connection/limits.ts';
import { PeerRates, Rate } from '../../../src/core/connection/rate.ts';
import { openConnection } from '../../support/core-connection.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { wire } from '../../support/wire.ts';

function clockOf(): ManualClock {
  return new ManualClock(new ManualTurn());
}

describe('a rate', () => {
  test('is exceeded by one more than the limit within a second', () => {
    const clock = clockOf();
    const rate = new Rate(3, clock);
    assert.deepEqual([rate.exceeds(), rate.exceeds(), rate.exceeds()], [false, false, false]);
    clock.advance(999);
    assert.equal(rate.exceeds(), true);
  });

  test('begins anew after a second', () => {
    const clock = clockOf();
    const rate = new Rate(1, clock);
    assert.equal(rate.exceeds(), false);
    clock.advance(1_000);
    assert.equal(rate.exceeds(), false);
    assert.equal(rate.exceeds(), true);
  });

  test('of 0 allows none, however rarely', () => {
    const clock = clockOf();
    const rate = new Rate(0, clock);
    clock.advance(60_000);
    assert.equal(rate.exceeds(), true);
  });
});

describe('the rates of a peer', () => {
  test('messages are not counted without a limit', () => {
    const rates = new PeerRates({ ...defaultLimits, maxMessagesPerSecond: Infinity }, clockOf());
    for (let count = 0; count < 100; count++) rates.countMessage();
  });

  test('messages and control frames are counted apart', () => {
    const limits = { ...defaultLimits, maxMessagesPerSecond: 1, maxControlFramesPerSecond: 1 };
    const rates = new PeerRates(limits, clockOf());
    rates.countMessage();
    rates.countControlFrame();
    assert.throws(() => rates.countMessage(), { code: 'ERR_WS_TOO_MANY_MESSAGES' });
    assert.throws(() => rates.countControlFrame(), { code: 'ERR_WS_TOO_MANY_CONTROL_FRAMES' });
  });

  test('a connection whose peer exceeds them fails with 1008', () => {
    for (const [frames, code] of [
      [['81 01 61', '81 01 62', '81 01 63'], 'ERR_WS_TOO_MANY_MESSAGES'],
      [['89 00', '8a 00', '89 00'], 'ERR_WS_TOO_MANY_CONTROL_FRAMES'],
    ] as const) {
      const run = openConnection('server', { limits: { maxMessagesPerSecond: 2, maxControlFramesPerSecond: 2 } });
      run.receive(wire('server', ...frames));
      assert.equal(run.events.at(-1), `error ${code}`);
      assert.match(run.written.frames().at(-1) ?? '', /^close 1008 /u);
    }
  });
});
