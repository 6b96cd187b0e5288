import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { responseError, webSocketError } from '../../../src/core/errors.ts';
import { Meter } from '../../../src/core/meter.ts';
import { type Observer, Observers } from '../../../src/core/observer.ts';
import { observerSchema } from '../../../src/core/observer-rows.ts';
import { readOptions } from '../../../src/core/option-check.ts';
import { TrafficCounts } from '../../../src/core/traffic-counts.ts';
import { ManualTurn } from '../../support/manual-clock.ts';

const NOTHING = { used: 0, highest: 0 };

describe('a meter', () => {
  test('tells handshakes that were refused from those that failed, and why', () => {
    const meter = new Meter();
    assert.equal(meter.notOpened(responseError(403, 'ERR_WS_UPGRADE_REFUSED', 403, 'no'), 4), 'refused');
    assert.equal(meter.notOpened(webSocketError('ERR_WS_TOO_MANY_CONNECTIONS', 1)), 'refused');
    assert.equal(meter.notOpened(webSocketError('ERR_WS_HANDSHAKE_LOST', 'the client left'), 6), 'failed');
    const { connections, handshakes } = meter.snapshot(NOTHING);
    assert.equal(connections.opened, 0);
    assert.deepEqual(connections.refused, { 403: 1, ERR_WS_TOO_MANY_CONNECTIONS: 1, ERR_WS_HANDSHAKE_LOST: 1 });
    assert.deepEqual([handshakes.accepted, handshakes.refused, handshakes.failed], [0, 2, 1]);
    assert.deepEqual([handshakes.duration.count, handshakes.duration.sum], [2, 10]);
  });

  test('counts connections, codes and errors', () => {
    const meter = new Meter();
    meter.opened();
    meter.opened();
    meter.closed(1000);
    meter.closeReceived();
    meter.closeReceived(1000);
    meter.closeReceived(1000);
    meter.closeSent(1001);
    meter.closeSent();
    meter.error('ERR_WS_LOST');
    const { connections, closeCodes, errors, queued } = meter.snapshot({ used: 5, highest: 9 });
    assert.deepEqual([connections.open, connections.closed, connections.lifetime.mean], [1, 1, 1000]);
    assert.deepEqual(closeCodes, { received: { 1000: 2, 1005: 1 }, sent: { 1001: 1, 1005: 1 } });
    assert.deepEqual([errors, queued], [{ ERR_WS_LOST: 1 }, { bytes: 5, highest: 9 }]);
  });

  test('of a server has topics, and the delay of the event loop where it is known', () => {
    const meter = new Meter();
    meter.publishes = 2;
    const { topics, eventLoopDelay } = meter.serverSnapshot(NOTHING, { topics: 1, subscriptions: 3 }, undefined);
    assert.deepEqual(topics, { topics: 1, subscriptions: 3, publishes: 2, deliveries: 0, passedOver: 0 });
    assert.equal(eventLoopDelay, undefined);
  });
});

test('bytes are exact where they outgrow small integers, and a published message counts for each connection', () => {
  const counts = new TrafficCounts();
  for (let round = 0; round < 10; round++) counts.wire(2 ** 29 - 1);
  counts.published(0x81, 100, 1000);
  counts.published(0x82, 7, 1);
  counts.fragmented(false);
  const { wireBytes, messages, frames, payloadBytes } = counts.snapshot();
  assert.equal(wireBytes, 10 * (2 ** 29 - 1));
  assert.deepEqual([messages, frames.text, payloadBytes], [{ text: 1001, binary: 1 }, 1000, 100_007]);
});

describe('observers', () => {
  test('come and go, and what they throw is uncaught', () => {
    const turn = new ManualTurn();
    const observers = new Observers<string>();
    assert.deepEqual([observers.isEmpty, observers.wantsFrames, observers.wantsMessages], [true, false, false]);
    const told: string[] = [];
    const first = observers.add({ open: (peer) => told.push(`first ${peer}`), frame: () => {} });
    const second = observers.add({
      open: (peer) => {
        told.push(`second ${peer}`);
        throw new Error('observer');
      },
      message: () => {},
    });
    assert.deepEqual([observers.isEmpty, observers.wantsFrames, observers.wantsMessages], [false, true, true]);
    observers.tell(turn, (observer) => observer.open?.('a'));
    first();
    observers.tell(turn, (observer) => observer.open?.('b'));
    second();
    assert.deepEqual(told, ['first a', 'second a', 'second b']);
    assert.equal(turn.uncaught.length, 2);
    assert.deepEqual([observers.isEmpty, observers.wantsFrames, observers.wantsMessages], [true, false, false]);
  });

  test('may be instances of a class, whose methods keep their object', () => {
    class Counter implements Observer<unknown> {
      count = 0;
      open(): void {
        this.count++;
      }
    }
    const counter = new Counter();
    readOptions(observerSchema, counter).open?.(undefined);
    assert.equal(counter.count, 1);
    assert.throws(() => readOptions(observerSchema, { frame: 1 } as never), { code: 'ERR_WS_OPTION' });
  });
});
