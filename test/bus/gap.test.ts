// How far back the gap reaches that a node reports. Found by `npm run scale`: a frozen broker, a network that drops everything and a slow
// node are noticed seconds after the first message was lost.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BusDriver, BusEvents } from '../../src/bus/bus-driver.ts';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import { Condition } from '../../src/bus/condition.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { EnvelopeWriter, Kind } from '../../src/bus/envelope.ts';
import { LastSign } from '../../src/bus/last-sign.ts';
import { type WebSocketError, webSocketError } from '../../src/core/errors.ts';
import { Inbox } from '../support/inbox.ts';

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

  test('before the bus is ready there is none; then all since that moment may be missing until somebody is heard', () => {
    const { sign, pass } = signAt(100_000);
    assert.equal(sign.age, 0);
    sign.restart();
    pass(700);
    assert.equal(sign.age, 700);
    sign.heard(100_650);
    assert.equal(sign.age, 50);
  });

  test('a node that has long been the only one misses no more than ten signs', () => {
    const { sign, pass } = signAt(100_000);
    sign.heard(100_000);
    pass(9 * LIVENESS);
    sign.isOnly();
    assert.equal(sign.age, 9 * LIVENESS);
    pass(1_000 * LIVENESS);
    sign.isOnly();
    assert.equal(sign.age, 10 * LIVENESS);
  });
});

describe('the gap of a loss', () => {
  test('begins where the driver says, if nothing proves less: one server of several may have been silent', () => {
    let at = 100_000;
    const now = () => at;
    const condition = new Condition({ now, wall: now, timer: () => assert.fail('none is needed') }, LIVENESS);
    condition.connecting();
    condition.becomeReady();
    const gapAfter = (passed: number, silence: number): number => {
      at += passed;
      condition.lastSign.heard(at);
      condition.becomeLost(webSocketError('ERR_WS_BUS_LOST', 'scripted:', 'as the test has it'), silence);
      at += 100;
      return condition.becomeReady();
    };
    assert.equal(gapAfter(30_000, 9_000), 9_100);
    assert.equal(gapAfter(30_000, 0), 100);
    assert.equal(gapAfter(3_000, 9_000), 3_100, 'not before it was ready');
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
  takes = true;

  publish(): boolean {
    return this.takes;
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
  Buffer.from(envelope.buffer, envelope.byteOffset).writeUIntBE(Date.now() - old, 16, 6);
  events.message('hws.nodes', envelope);
  events.lost(new Error('the broker does not answer'));
  events.ready();
  await publisher.close();
  const [first, second = 0] = gaps;
  assert.equal(first, 0);
  assert.ok(second >= old, `${second} ms`);
});

test('messages that the driver does not take while the bus is ready are told once for many', async () => {
  const driver = new ScriptedDriver();
  const failures = new Inbox<Error>();
  const bus = createBus(driver, { liveness: 100, failed: failures.push });
  const publisher = createPublisher({ bus });
  // The timers of a bus do not keep a process alive; its connection would.
  const alive = setInterval(() => {}, 1_000);
  await publisher.ready();
  driver.takes = false;
  for (let number = 0; number < 50; number++) assert.equal(publisher.publish('news', `${number}`), false);
  const failure = (await failures.next()) as WebSocketError;
  assert.equal(failure.code, 'ERR_WS_BUS_TROUBLE');
  assert.match(failure.message, /50 messages of the last 100 ms were not handed on/u);
  driver.takes = true;
  publisher.publish('news', 'again');
  assert.equal(publisher.metrics().troubles, 1);
  await publisher.close();
  clearInterval(alive);
});
