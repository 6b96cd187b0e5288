// The driver for workers of one machine: pipes in memory stand for those that a worker inherits. test/cluster has real ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Broker, type BrokerEnd } from '../../src/bus/workers/broker.ts';
import { WorkerLink } from '../../src/bus/workers/worker-link.ts';
import { WorkersDriver } from '../../src/bus/workers/workers-driver.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { describeDriver } from './contract.ts';

// Without a primary process a worker ends, so its broker is never gone; nothing is between the two that could be cut.
describeDriver('workers', async () => {
  const broker = new Broker();
  const ends: BrokerEnd[] = [];
  return {
    driver() {
      const [primary, worker] = duplexPair();
      ends.push(broker.add(primary, { control() {}, ended() {} }));
      return new WorkersDriver(new WorkerLink(worker));
    },
    broker: {
      stop: async () => {},
      start: async () => {},
      freeze() {
        for (const end of ends) end.pause();
      },
      thaw() {
        for (const end of ends) end.resume();
      },
    },
    close: () => broker.close(),
  };
}, ['broker', 'network', 'credentials']);

// Several servers of one worker share its pipe.
describeDriver('workers, all in one process', async () => {
  const broker = new Broker();
  const [primary, worker] = duplexPair();
  broker.add(primary, { control() {}, ended() {} });
  const link = new WorkerLink(worker);
  return { driver: () => new WorkersDriver(link), close: () => broker.close() };
}, ['broker', 'freezing', 'network', 'credentials']);

test('messages that wait for a worker which does not read are bounded; more are dropped, and the worker is told how many', async () => {
  const broker = new Broker(100_000);
  const drivers = [1, 2].map(() => {
    const [primary, worker] = duplexPair();
    broker.add(primary, { control() {}, ended() {} });
    const link = new WorkerLink(worker);
    return { link, worker, driver: new WorkersDriver(link) };
  });
  const [sender, receiver] = drivers;
  assert.ok(sender !== undefined && receiver !== undefined);
  let received = 0;
  const troubles: string[] = [];
  const events = (name: string) => {
    let setReady: () => void;
    const ready = new Promise<void>((resolve) => {
      setReady = resolve;
    });
    return {
      ready,
      events: {
        ready: () => setReady(),
        lost: () => {},
        refused: () => {},
        trouble: (error: Error) => troubles.push(`${name}: ${error.message}`),
        message: () => received++,
      },
    };
  };
  const [ofSender, ofReceiver] = [events('sender'), events('receiver')];
  sender.driver.open(ofSender.events);
  receiver.driver.open(ofReceiver.events);
  await Promise.all([ofSender.ready, ofReceiver.ready]);
  await receiver.driver.subscribe(['news']);
  receiver.worker.pause();
  const COUNT = 1_000;
  for (let at = 0; at < COUNT; at++) {
    assert.ok(sender.driver.publish('news', new Uint8Array(1_000)));
    if (at % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await sender.driver.flush();
  while (broker.dropped === 0) await new Promise((resolve) => setImmediate(resolve));
  receiver.worker.resume();
  while (troubles.length === 0 || received + broker.dropped < COUNT)
    await new Promise((resolve) => setImmediate(resolve));
  assert.ok(broker.dropped > 500, String(broker.dropped));
  const told = troubles.map((text) => Number(/^receiver: (\d+) messages of the bus were dropped/u.exec(text)?.[1]));
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    broker.dropped,
  );
  await broker.close();
});
