// How far back the gap reaches that a node reports. Found by `npm run scale`: a frozen broker, a network that drops everything and a slow
// node are noticed seconds after the first message was lost.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BusDriver, BusEvents } from '../../src/bus/bus-driver.ts';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { EnvelopeWriter, Kind } from '../../src/bus/envelope.ts';
import { LastSign } from '../../src/bus/last-sign.ts';

const LIVENESS = 2_000;

/** A sign on a clock that shows `wall` milliseconds since the epoch. */
function signAt(wall: number): { sign: LastSign; pass(milliseconds: number): void } {
  let at = wall;
  return {
    sign: new LastSign({ wall: () => at }, LIVENESS),
    pass(milliseconds) {
      at += milliseconds;
    },
  };
}

describe('the last sign of other nodes', () => {
  test('is as old as the message that was sent last, not as its arrival', () => {
    const { sign, pass } = signAt(100_000);
    sign.heard(95_000);
    assert.equal(sign.age, 5_000);
    pass(300);
    assert.equal(sign.age, 5_300);
    sign.heard(94_000);
    assert.equal(sign.age, 5_300, 'an older one changes nothing');
  });

  test('a clock that is ahead counts as ours', () => {
    const { sign, pass } = signAt(100_000);
    sign.heard(999_000);
    pass(40);
    assert.equal(sign.age, 40);
  });

  test('without any, and after a restart, there is none', () => {
    const { sign } = signAt(100_000);
    assert.equal(sign.age, 0);
    sign.heard(90_000);
    sign.restart();
    assert.equal(sign.age, 0);
  });

  test('a node that has long been the only one does not miss anything', () => {
    const { sign, pass } = signAt(100_000);
    sign.heard(100_000);
    pass(10 * LIVENESS);
    sign.isOnly();
    assert.equal(sign.age, 10 * LIVENESS);
    pass(1);
    sign.isOnly();
    assert.equal(sign.age, 0);
  });
});

/** A driver whose events the test makes. */
class ScriptedDriver implements BusDriver {
  readonly name = 'scripted';
  readonly address = 'scripted:';
  readonly maxPayload = 1_000_000;
  readonly payloadBound = 'the test';
  events: BusEvents | undefined;

  open(events: BusEvents): void {
    this.events = events;
    queueMicrotask(() => events.ready());
  }
  publish(): boolean {
    return true;
  }
  async subscribe(): Promise<void> {}
  unsubscribe(): void {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

test('the gap of a node begins when the last message that came was sent, long before the loss is noticed', async () => {
  const driver = new ScriptedDriver();
  const gaps: number[] = [];
  const bus = createBus(driver, { ready: ({ gap }) => gaps.push(gap), lost: () => {} });
  const publisher = createPublisher({ bus });
  await publisher.ready();
  const { events } = driver;
  assert.ok(events);
  // The bus has been ready for longer than that message is old.
  const old = 150;
  await new Promise((resolve) => setTimeout(resolve, 2 * old));
  const envelope = new EnvelopeWriter('other-abcdefgh').control(
    { kind: Kind.bye, topic: '', except: '' },
    new Uint8Array(0),
  );
  new DataView(envelope.buffer, envelope.byteOffset).setFloat64(16, Date.now() - old);
  events.message('hws.nodes', envelope);
  events.lost(new Error('the broker does not answer'));
  events.ready();
  await publisher.close();
  const [first, second = 0] = gaps;
  assert.equal(first, 0);
  assert.ok(second >= old, `${second} ms`);
});
