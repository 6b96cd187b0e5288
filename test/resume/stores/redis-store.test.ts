// The contract of stores (contract.ts) against the store in Redis, with two instances as two processes have them.

import { after, describe } from 'node:test';
import { RedisStore } from '../../../src/resume/stores/redis/redis-store.ts';
import type { Scope } from '../../support/handles.ts';
import { peer } from '../../support/peers.ts';
import { RedisServer } from '../../support/redis.ts';
import { type StoreSetup, testStoreContract } from './contract.ts';

const { skip } = peer('redis-server');

describe('Redis', { skip }, () => {
  if (skip !== false) return;
  let server: Promise<RedisServer> | undefined;
  let number = 0;
  after(async () => (await server)?.close());

  for (const library of ['redis', 'ioredis'] as const) {
    testStoreContract(`Redis, by ${library}`, async (_scope: Scope): Promise<StoreSetup> => {
      server ??= RedisServer.start();
      const { url } = await server;
      const prefix = `test${++number}`;
      let ahead = 0;
      const make = (): RedisStore => new RedisStore({ url, library, prefix }, () => ahead);
      const pass = (milliseconds: number): void => {
        ahead += milliseconds;
      };
      return { one: make(), other: make(), pass };
    });
  }
});
