// docs/redis.md: its server runs as written, and its accounts have the permissions that bus and store need, and no more than that.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import { connect } from '../../src/engine/index.ts';
import { redisStore } from '../../src/redis/index.ts';
import { peer } from '../support/peers.ts';
import { RedisServer } from '../support/redis.ts';
import { ask } from '../support/redis-cluster.ts';
import { until } from '../support/until.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(top, 'docs/redis.md'), 'utf8');
const { skip } = peer('redis-server');

const programs = [...page.matchAll(/```js\n([\s\S]+?)```/g)].map(([, text = '']) => text);
const accounts = [...page.matchAll(/^ACL SETUSER .+$/gm)].map(([line]) => line.split(' '));

describe('docs/redis.md', { skip }, () => {
  test('two of its servers share their topics', async () => {
    const redis = await RedisServer.start();
    const folder = join(top, 'test/docs/.programs');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `redis-${process.pid}.mjs`);
    writeFileSync(file, programs[0] as string);
    const env = { ...process.env, REDIS_URL: redis.url, PORT: '0' };
    const children = [0, 1].map(() => spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] }));
    try {
      const connections = [];
      for (const child of children) {
        const [line] = (await once(child.stdout, 'data')) as [Buffer];
        const port = /^ready on port (\d+)\n$/.exec(line.toString())?.[1];
        connections.push(await connect(`ws://127.0.0.1:${port}/`));
      }
      const [one, other] = connections as [(typeof connections)[0], (typeof connections)[0]];
      const heard: unknown[] = [];
      void (async () => {
        for await (const message of other) heard.push(message);
      })();
      await until('the message at the other server', () => {
        if (heard.length === 0) one.send('hello');
        return heard.length > 0;
      });
      assert.equal(heard[0], 'hello');
      await Promise.all(connections.map((connection) => connection.close()));
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await redis.close();
      rmSync(file, { force: true });
    }
  });

  test('the bus works with the permissions of its account, and so does the store', async () => {
    const redis = await RedisServer.start();
    try {
      assert.equal(accounts.length, 2);
      for (const command of accounts) assert.equal(ask(redis, ...command), 'OK\n');
      for (const library of ['redis', 'ioredis'] as const) {
        for (const sharded of [false, true]) {
          const driver = new RedisDriver({ url: `redis://bus:password@127.0.0.1:${redis.port}`, library, sharded });
          const told: unknown[] = [];
          const note = (error: Error): void => void told.push(error.message);
          const message = (_: string, payload: Uint8Array): void => void told.push(Buffer.from(payload).toString());
          driver.open({ ready: () => told.push('ready'), lost: note, refused: note, trouble: note, message });
          await until('ready', () => told.length > 0);
          await driver.subscribe(['hws.a']);
          driver.publish('hws.a', Buffer.from('1'));
          driver.publish('hws.a', Buffer.from('2'));
          await until('both messages', () => told.length >= 3);
          driver.unsubscribe(['hws.a']);
          assert.deepEqual(told, ['ready', '1', '2']);
          await driver.close();
        }
        const store = redisStore({ url: `redis://store:password@127.0.0.1:${redis.port}`, library });
        const asking = { attempt: 1, bind: 'eve', isAhead: true };
        const id = `session-${library}`;
        const creation = { ...asking, id, tokenHash: 't1', nonce: id, node: 'A', data: '' };
        assert.equal((await store.create(creation, 60_000)).kind, 'claimed');
        assert.equal((await store.create({ ...creation, tokenHash: 't2', attempt: 2 }, 60_000)).kind, 'claimed');
        assert.equal(await store.append(id, 2, 'outgoing', [{ sequence: 1, data: 'x', end: 'last' }]), 'written');
        assert.equal(((await store.since(id, 2, 'outgoing', 0)) as unknown[]).length, 1);
        assert.equal(await store.trim(id, 2, 1, false), 'written');
        assert.equal(await store.commit(id, 2, { handled: 0, handledWhole: 0, data: '' }), 'written');
        assert.equal(await store.confirm(id, 2), 'written');
        assert.equal(await store.detach(id, 2, 60_000), 'written');
        const other = redisStore({ url: `redis://store:password@127.0.0.1:${redis.port}`, library });
        const claim = { ...asking, id, tokenHash: 't2', nextHash: 't3', node: 'B', attempt: 3 };
        assert.equal((await other.claim(claim, 60_000)).kind, 'claimed');
        assert.equal(await other.end(id, 3, { why: 'ended' }, 60_000), 'written');
        await store.close();
        await other.close();
      }
    } finally {
      await redis.close();
    }
  });
});
