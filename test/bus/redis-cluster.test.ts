// The driver over Redis Cluster, with sharded channels and the cluster clients of both libraries.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { hashSlot } from '../../src/bus/redis/hash-slot.ts';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import type { RedisClient } from '../../src/bus/redis/redis-options.ts';
import { leavingNothing } from '../support/handles.ts';
import { freePort } from '../support/haproxy.ts';
import { peer } from '../support/peers.ts';
import type { RedisServer } from '../support/redis.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/until.ts';
import { describeDriver } from './contract.ts';

const { skip } = peer('redis-server');

const clients: Record<string, (...ports: number[]) => RedisClient> = {
  redis: (...ports) => createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
  ioredis: (...ports) => {
    const seeds = ports.map((port) => ({ host: '127.0.0.1', port }));
    return new Cluster(seeds, { lazyConnect: true });
  },
};

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
    const driver = (options: object = {}) => new RedisDriver({ client: clientFor(portOf()), ...options });

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
        const node = new RedisDriver({ client: clientFor(...seeds) });
        scope.defer(() => node.close());
        const events: string[] = [];
        const note = (error: Error): void => void events.push(error.message);
        node.open({ ready: () => events.push('ready'), lost: note, refused: note, trouble: note, message() {} });
        await until('ready', () => events.length > 0);
        assert.deepEqual(events, ['ready']);
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
