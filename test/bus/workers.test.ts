// The driver for workers of one machine: pipes in memory stand for those that a worker inherits. test/cluster has real ones.

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
