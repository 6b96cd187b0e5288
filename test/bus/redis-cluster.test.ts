// The driver over Redis Cluster, with sharded channels and the cluster clients of both libraries.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { hashSlot } from '../../src/bus/redis/hash-slot.ts';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import type { RedisClient } from '../../src/bus/redis/redis-options.ts';
import { repository } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { freePort } from '../support/haproxy.ts';
import { peer } from '../support/peers.ts';
import type { RedisServer } from '../support/redis.ts';
import { ask, RedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/until.ts';
import { describeDriver } from './contract.ts';

const { skip } = peer('redis-server');

type Login = { readonly username: string; readonly password: string };

const clients: Record<string, (ports: readonly number[], login?: Login) => RedisClient> = {
  redis: (ports, login = undefined) =>
    createCluster({
      rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })),
      ...(login && { defaults: login }),
    }),
  ioredis: (ports, login = undefined) => {
    const seeds = ports.map((port) => ({ host: '127.0.0.1', port }));
    return new Cluster(seeds, { lazyConnect: true, ...(login && { redisOptions: login }) });
  },
};

/** What docs/redis.md has an account of a bus in a cluster permitted to do. */
function permissions(): string[] {
  const page = readFileSync(join(repository, 'docs/redis.md'), 'utf8');
  const [, account = ''] = /^ACL SETUSER bus on >password (.*)$/mu.exec(page) ?? [];
  const [, more = ''] = /A cluster\s+needs `([^`]*)` as well/u.exec(page) ?? [];
  assert.match(`${account} ${more}`, /\+ssubscribe.*\+cluster\|slots/u);
  return `${account} ${more}`.split(' ');
}

/** The whole contract takes some ten seconds here. */
const isWhole = process.env.REDIS_ALL === '1';

describe('Redis Cluster', { skip }, () => {
  let cluster: RedisCluster;
  before(async () => {
    if (skip === false) cluster = await RedisCluster.start();
  });
  after(() => cluster?.close());

  for (const [library, clientFor] of Object.entries(clients)) {
    const portOf = (): number => cluster.servers[0]?.port as number;
    const driver = (options: object = {}) => new RedisDriver({ client: clientFor([portOf()]), ...options });

    test(
      `${library}: a slot moves while messages are published; those of a channel keep their order, and go on, and the loss is told`,
      leavingNothing(async (scope) => {
        const node = driver();
        scope.defer(() => node.close());
        const events: string[] = [];
        const heard = new Map<string, number[]>();
        const message = (channel: string, payload: Uint8Array): void => {
          const numbers = heard.get(channel) ?? [];
          numbers.push(Number(Buffer.from(payload).toString()));
          heard.set(channel, numbers);
        };
        const note = (error: Error): void => void events.push(error.message);
        node.open({ ready: () => events.push('ready'), lost: note, refused: note, trouble: note, message });
        await until('ready', () => events.length > 0);
        const channels = Array.from({ length: 30 }, (_, at) => `hws.${library}.${at}`);
        await node.subscribe(channels);
        let number = 0;
        const goesOn = async (): Promise<void> => {
          const from = number;
          await until('a message on each channel', () => {
            number++;
            for (const channel of channels) node.publish(channel, Buffer.from(String(number)));
            return channels.every((channel) => (heard.get(channel)?.at(-1) ?? 0) > from);
          });
        };
        await goesOn();
        const slot = hashSlot(channels[0] as string);
        const owner = cluster.ownerOf(slot);
        cluster.moveSlot(slot, cluster.servers.find((server) => server !== owner) as RedisServer);
        await goesOn();
        await until('the loss is told', () => events.length > 1);
        assert.match(events.slice(1).join(), /^[^,]*moved slots[^,]*messages on 1 channel of/);
        for (const numbers of heard.values()) {
          assert.ok(numbers.every((one, at) => at === 0 || one > (numbers[at - 1] as number)));
        }
      }),
    );

    test(
      `${library}: a node of the seeds that is gone does not matter`,
      leavingNothing(async (scope) => {
        const seeds = [await freePort(), portOf()];
        const node = new RedisDriver({ client: clientFor(seeds) });
        scope.defer(() => node.close());
        const events: string[] = [];
        const note = (error: Error): void => void events.push(error.message);
        node.open({ ready: () => events.push('ready'), lost: note, refused: note, trouble: note, message() {} });
        await until('ready', () => events.length > 0);
        assert.deepEqual(events, ['ready']);
      }),
    );

    test(
      `${library}: the permissions that the page lists are enough`,
      leavingNothing(async (scope) => {
        for (const server of cluster.servers) ask(server, 'ACL', 'SETUSER', 'bus', 'on', '>sesame', ...permissions());
        const login = { username: 'bus', password: 'sesame' };
        const node = new RedisDriver({ client: clientFor([portOf()], login) });
        scope.defer(() => node.close());
        const events: string[] = [];
        const note = (error: Error): void => void events.push(error.message);
        const message = (channel: string): void => void events.push(channel);
        node.open({ ready: () => events.push('ready'), lost: note, refused: note, trouble: note, message });
        await until('ready', () => events.length > 0);
        await node.subscribe(['hws.t.news']);
        node.publish('hws.t.news', Buffer.from('text'));
        await until('the message', () => events.length > 1);
        assert.deepEqual(events, ['ready', 'hws.t.news']);
      }),
    );

    if (isWhole) {
      describeDriver(`${library}, cluster`, async () => ({ driver, close: async () => {} }), [
        'broker',
        'freezing',
        'network',
        'credentials',
      ]);
    }
  }
});
