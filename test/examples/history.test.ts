// The histories of examples/chat: each numbers the messages of a room without a gap and without the same number twice, however many
// processes append at once, and keeps the last ones. In memory, in files, in Redis and in NATS.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { NatsServer } from '../support/nats-server.ts';
import { peer } from '../support/peers.ts';
import { RedisServer } from '../support/redis.ts';

interface Message {
  readonly number: number;
  readonly text: string;
}

interface History {
  append(room: string, message: object): Promise<number>;
  after(room: string, number: number): Promise<{ first: number; last: number; messages: Message[] }>;
  close(): Promise<void>;
}

type Make = (t: TestContext) => Promise<() => Promise<History>>;

// Examples are JavaScript, as their readers copy them.
const load = (name: string) => import(`../../examples/chat/history/${name}.js`);
const { KEPT } = (await load('memory')) as { KEPT: number };

const inMemory: Make = async () => {
  const { memoryHistory } = (await load('memory')) as { memoryHistory(): History };
  const history = memoryHistory();
  return async () => history;
};

const inFiles: Make = async (t) => {
  const { fileHistory } = (await load('files')) as { fileHistory(directory: string): History };
  const directory = mkdtempSync(join(tmpdir(), 'history-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return async () => fileHistory(join(directory, 'history'));
};

const inRedis: Make = async (t) => {
  const { redisHistory } = (await load('redis')) as { redisHistory(url: string): Promise<History> };
  const server = await RedisServer.start();
  t.after(() => server.close());
  return () => redisHistory(server.url);
};

const inNats: Make = async (t) => {
  const { natsHistory } = (await load('nats')) as { natsHistory(url: string): Promise<History> };
  const server = await NatsServer.start((directory) => `jetstream { store_dir: "${directory}" }`);
  t.after(() => server.end());
  return () => natsHistory(server.url);
};

const kinds = [
  ['in memory', inMemory, false],
  ['in files', inFiles, false],
  ['in Redis', inRedis, peer('redis-server').skip],
  ['in NATS', inNats, peer('nats-server').skip],
] as const;

for (const [name, make, skip] of kinds) {
  describe(`a history ${name}`, { skip, timeout: 120_000 }, () => {
    test('numbers messages from 1, and gives those after a number', async (t) => {
      const history = await (await make(t))();
      assert.deepEqual(await history.after('tea', 0), { first: 1, last: 0, messages: [] });
      for (const text of ['a', 'b', 'c']) await history.append('tea', { text });
      assert.equal(await history.append('milk', { text: 'x' }), 1);
      assert.deepEqual(await history.after('tea', 1), {
        first: 2,
        last: 3,
        messages: [
          { number: 2, text: 'b' },
          { number: 3, text: 'c' },
        ],
      });
      assert.deepEqual(await history.after('tea', 3), { first: 4, last: 3, messages: [] });
      await history.close();
    });

    test('two that append at once never give the same number', async (t) => {
      const open = await make(t);
      const histories = await Promise.all([open(), open()]);
      const numbers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => histories[index % 2]!.append('tea', { text: `${index}` })),
      );
      assert.deepEqual(
        numbers.sort((a, b) => a - b),
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
      const { messages } = await histories[0]!.after('tea', 0);
      assert.equal(new Set(messages.map(({ text }) => text)).size, 40);
      for (const history of new Set(histories)) await history.close();
    });

    test('keeps the last ones, and says from which on', async (t) => {
      const history = await (await make(t))();
      for (let count = 1; count <= KEPT + 5; count++) await history.append('tea', { text: `${count}` });
      const { first, last, messages } = await history.after('tea', 2);
      assert.deepEqual([first, last, messages.length], [6, KEPT + 5, KEPT]);
      await history.close();
    });
  });
}
