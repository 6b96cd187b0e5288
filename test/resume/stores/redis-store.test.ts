// The contract of stores (contract.ts) against the store in Redis, with two instances as two processes have them.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import type { RedisStoreOptions } from '../../../src/resume/stores/redis/options.ts';
import { RedisStore } from '../../../src/resume/stores/redis/redis-store.ts';
import { leavingNothing } from '../../support/handles.ts';
import { peer } from '../../support/peers.ts';
import { RedisServer } from '../../support/redis.ts';
import { ask, RedisCluster } from '../../support/redis-cluster.ts';
import { type StoreSetup, testStoreContract } from './contract.ts';

const { skip } = peer('redis-server');
/** A cluster takes three more servers, and some seconds. */
const isWhole = process.env.REDIS_ALL === '1';

const CREATION = { tokenHash: 't1', attempt: 1, bind: 'eve', node: 'A', isAhead: true, data: '' };
const KEEP = 60_000;

describe('Redis', { skip }, () => {
  if (skip !== false) return;
  let server: Promise<RedisServer> | undefined;
  let cluster: Promise<RedisCluster> | undefined;
  let number = 0;
  after(async () => {
    await (await server)?.close();
    await (await cluster)?.close();
  });

  const contract = (name: string, options: () => Promise<RedisStoreOptions>): void =>
    testStoreContract(name, async (): Promise<StoreSetup> => {
      const given = { ...(await options()), prefix: `test${++number}` };
      let ahead = 0;
      const make = (): RedisStore => new RedisStore(given, () => ahead);
      const pass = (milliseconds: number): void => {
        ahead += milliseconds;
      };
      return { one: make(), other: make(), pass };
    });

  for (const library of ['redis', 'ioredis'] as const) {
    contract(`Redis, by ${library}`, async () => {
      server ??= RedisServer.start();
      return { url: (await server).url, library };
    });
  }
  if (isWhole) {
    const seed = async (): Promise<number> => {
      cluster ??= RedisCluster.start();
      return (await cluster).servers[0]?.port as number;
    };
    contract('Redis Cluster, by redis', async () => ({
      client: createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${await seed()}` }] }),
    }));
    contract('Redis Cluster, by ioredis', async () => ({
      client: new Cluster([{ host: '127.0.0.1', port: await seed() }], { lazyConnect: true }),
    }));
  }

  test(
    'keys live as long as their session, and go by themselves',
    leavingNothing(async (scope) => {
      const redis = await RedisServer.start();
      scope.defer(() => redis.close());
      const store = new RedisStore({ url: redis.url });
      scope.defer(() => store.close());
      const id = 'session-1';
      await store.create({ ...CREATION, id, nonce: 'n' }, KEEP);
      await store.append(id, 1, 'outgoing', [{ sequence: 1, data: 'x', end: 'last' }]);
      await store.append(id, 1, 'incoming', [{ sequence: 1, data: 'x', end: 'more' }]);
      const lives = (): number[] =>
        ask(redis, 'KEYS', '*')
          .trim()
          .split('\n')
          .map((key) => Number(ask(redis, 'PTTL', key)));
      assert.equal(lives().length, 4);
      for (const left of lives()) assert.ok(left > KEEP && left <= KEEP + 600_000, String(left));
      await store.release(id, 1, 1);
      assert.equal(ask(redis, 'PTTL', `hws:{${id}}:q`) !== '-1\n', true);
      for (const key of ['m', 'q', 'p']) assert.ok(Number(ask(redis, 'PTTL', `hws:{${id}}:${key}`)) <= 60_001);
    }),
  );

  for (const library of ['redis', 'ioredis'] as const) {
    test(
      `${library}: while Redis is gone calls reject at once, without what is in its URL; when it is back they go on`,
      leavingNothing(async (scope) => {
        const redis = await RedisServer.start(['--requirepass', 'sesame']);
        scope.defer(() => redis.close());
        const store = new RedisStore({ url: `redis://:sesame@127.0.0.1:${redis.port}`, library });
        scope.defer(() => store.close());
        await store.create({ ...CREATION, id: 'before', nonce: 'n1' }, KEEP);
        await redis.stop();
        for (const call of [
          () => store.append('before', 1, 'outgoing', [{ sequence: 1, data: 'x', end: 'last' }]),
          () => store.create({ ...CREATION, id: 'meanwhile', nonce: 'n2' }, KEEP),
        ]) {
          await assert.rejects(call, ({ message }: Error) => /out of reach/.test(message) && !/sesame/.test(message));
        }
        await redis.restart();
        const isBack = (): Promise<boolean> =>
          store.create({ ...CREATION, id: 'after', nonce: 'n3' }, KEEP).then(
            () => true,
            () => false,
          );
        while (!(await isBack())) await new Promise((resolve) => setTimeout(resolve, 20));
        // It started empty: what it had is lost, and told.
        assert.equal(await store.append('before', 1, 'outgoing', []), 'lost');
        assert.equal(await store.append('after', 1, 'outgoing', []), 'written');
      }),
    );
  }

  test(
    'scripts that Redis has forgotten are told to it again',
    leavingNothing(async (scope) => {
      const redis = await RedisServer.start();
      scope.defer(() => redis.close());
      const store = new RedisStore({ url: redis.url });
      scope.defer(() => store.close());
      await store.create({ ...CREATION, id: 'one', nonce: 'n1' }, KEEP);
      ask(redis, 'SCRIPT', 'FLUSH');
      await assert.rejects(() => store.confirm('one', 1), /NOSCRIPT/);
      const again = (): Promise<unknown> => store.confirm('one', 1).catch(() => undefined);
      while ((await again()) !== 'written') await new Promise((resolve) => setTimeout(resolve, 20));
    }),
  );
});
