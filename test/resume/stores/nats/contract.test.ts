// The contract of stores (../contract.ts) against JetStream, with two stores on one server, as two processes have them.

import { after, before, test } from 'node:test';
import { makeNatsStore } from '../../../../src/resume/stores/nats/make-nats-store.ts';
import type { NatsStore } from '../../../../src/resume/stores/nats/nats-store.ts';
import { NatsServer } from '../../../support/nats-server.ts';
import { peer } from '../../../support/peers.ts';
import { testStoreContract } from '../contract.ts';

const { skip } = peer('nats-server');
let server: NatsServer;
let number = 0;

before(async () => {
  if (skip === false) server = await NatsServer.start((directory) => `jetstream { store_dir: "${directory}" }`);
});
after(() => server?.end());

if (skip === false) {
  testStoreContract('JetStream', () => {
    const prefix = `wsr${++number}`;
    let time = Date.now();
    const make = (): NatsStore => {
      return makeNatsStore({ servers: server.url, prefix, storage: 'memory' }, () => time);
    };
    const pass = (milliseconds: number): void => {
      time += milliseconds;
    };
    return { one: make(), other: make(), pass };
  });
} else {
  test('a store in JetStream', { skip }, () => {});
}
