// Handshakes of a client within a minute: a sliding estimate in bounded memory, on a clock that the test moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HandshakeRate } from '../../src/server/handshake-rate.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';

function start(): { clock: ManualClock; rate: HandshakeRate } {
  const clock = new ManualClock(new ManualTurn());
  return { clock, rate: new HandshakeRate(clock) };
}

test('as many as the limit pass at once; then a client has to wait for the seconds that it is told', () => {
  const { clock, rate } = start();
  for (let count = 0; count < 10; count++) assert.equal(rate.take('a', 10), 0);
  const seconds = rate.take('a', 10);
  // A tenth of the ten has left the minute when 6 s of the next window are over.
  assert.equal(seconds, 66);
  assert.equal(rate.take('b', 10), 0, 'another client is not concerned');
  clock.advance(65_000);
  assert.equal(rate.take('a', 10), 1);
  clock.advance(1_000);
  assert.equal(rate.take('a', 10), 0);
  assert.notEqual(rate.take('a', 10), 0);
});
test('a limit of 0 lets no client in, a limit of 1 one client a minute', () => {
  const { clock, rate } = start();
  assert.equal(rate.take('a', 0), 60);
  assert.equal(rate.take('a', 1), 0);
  clock.advance(60_000);
  assert.equal(rate.take('a', 1), 60);
  clock.advance(60_000);
  assert.equal(rate.take('a', 1), 0);
});
test('refused attempts do not count: a client that keeps trying is let in as early as one that waits', () => {
  const { clock, rate } = start();
  for (let count = 0; count < 10; count++) rate.take('a', 10);
  for (let second = 0; second < 66; second++) {
    assert.notEqual(rate.take('a', 10), 0);
    clock.advance(1_000);
  }
  assert.equal(rate.take('a', 10), 0);
});
test('never more than twice the limit within any minute, the limit on average; Retry-After is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }), (pauses) => {
      const { clock, rate } = start();
      const limit = 5;
      const taken: number[] = [];
      for (const pause of pauses) {
        clock.advance(pause);
        const wait = rate.take('a', limit);
        if (wait === 0) taken.push(clock.now());
        assert.ok(taken.filter((at) => at > clock.now() - 60_000).length <= 2 * limit);
        assert.ok(wait >= 0 && wait <= 120, `${wait} s`);
        if (wait > 0) {
          clock.advance(wait * 1_000);
          assert.equal(rate.take('a', limit), 0, `after the ${wait} s that it was told`);
          taken.push(clock.now());
        }
      }
      const minutes = Math.floor((clock.now() - (taken[0] ?? clock.now())) / 60_000) + 2;
      assert.ok(taken.length <= limit * minutes, `${taken.length} in ${minutes} minutes`);
    }),
  );
});
test('the clients that are remembered are bounded, and forgotten when none comes any more', () => {
  const { clock, rate } = start();
  assert.equal(clock.timers.size, 0);
  for (let index = 0; index < 300_000; index++) rate.take(`client ${index}`, 10);
  assert.ok(rate.size <= 131_072, `${rate.size} clients are remembered`);
  assert.ok(rate.size >= 65_536);
  clock.advance(60_000);
  clock.advance(60_000);
  clock.advance(60_000);
  assert.equal(rate.size, 0);
  assert.equal(clock.timers.size, 0, 'no timer runs for nobody');
});
test('another clock begins anew', () => {
  const { clock, rate } = start();
  for (let count = 0; count < 10; count++) rate.take('a', 10);
  clock.advance(-100_000);
  assert.equal(rate.take('a', 10), 0);
});
