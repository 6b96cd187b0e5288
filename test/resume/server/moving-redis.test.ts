// Sessions that go from one server to another through Redis, with bus and store as production has them: at a drain, and away from
// a server that still has them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, type Resumption, type ServerConnection } from '../../../src/engine/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { peer } from '../../support/peers.ts';
import { RedisServer } from '../../support/redis.ts';
import { ResumingClient } from './resuming-client.ts';

const { skip } = peer('redis-server');

async function brokerOf(scope: Scope): Promise<RedisServer> {
  const redis = await RedisServer.start();
  scope.defer(() => redis.close());
  return redis;
}

async function serve(scope: Scope, url: string, mode: 'spill' | 'ahead') {
  const opened = new Inbox<ServerConnection>();
  const resumed = new Inbox<{ connection: ServerConnection } & Resumption>();
  const store = redisStore(url);
  const server = createServer({
    bus: redisBus(url),
    resume: { store, drainSpread: 0, mode },
    open(connection) {
      connection.subscribe('news');
      opened.push(connection);
    },
    message() {},
    resumed(connection, resumption) {
      connection.subscribe('news');
      resumed.push({ connection, ...resumption });
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const end = async (): Promise<void> => {
    await server.close();
    await store.close();
  };
  scope.defer(end);
  return { server, opened, resumed, url: `ws://127.0.0.1:${port}`, end };
}

for (const mode of ['spill', 'ahead'] as const) {
  describe(`a session moves by Redis, mode ${mode}`, { skip }, () => {
    test(
      'at a drain, and what other nodes publish reaches it there',
      leavingNothing(async (scope) => {
        const { url } = await brokerOf(scope);
        const [first, second] = [await serve(scope, url, mode), await serve(scope, url, mode)];
        const client = new ResumingClient();
        await client.open(first.url);
        const connection = await first.opened.next();
        assert.ok(connection.session);
        connection.session.data = { room: 'blue' };
        client.isStuck = true;
        connection.send('sent');
        assert.equal(await client.received.next(), 'sent');
        const drained = first.server.drain();
        connection.send('while draining');
        await drained;
        client.isStuck = false;
        const { isResumed } = await client.open(second.url);
        assert.equal(isResumed, true);
        const { connection: restored, isRestored } = await second.resumed.next();
        assert.deepEqual([isRestored, restored.session?.data], [true, { room: 'blue' }]);
        assert.equal(await client.received.next(), 'while draining');
        const third = await serve(scope, url, mode);
        third.server.publish('news', 'from the third');
        assert.equal(await client.received.next(), 'from the third');
        assert.deepEqual(client.received.rest, []);
        client.end.close(1000, '');
        await restored.closed;
      }),
    );

    test(
      'away from a server that still has it',
      leavingNothing(async (scope) => {
        const { url } = await brokerOf(scope);
        const [first, second] = [await serve(scope, url, mode), await serve(scope, url, mode)];
        const client = new ResumingClient();
        await client.open(first.url);
        const connection = await first.opened.next();
        await client.cut();
        connection.send('waits');
        assert.equal((await client.open(second.url)).isResumed, true);
        assert.equal(await client.received.next(), 'waits');
        assert.equal((await connection.closed).code, 4703);
        const { connection: restored } = await second.resumed.next();
        restored.send('goes on');
        assert.equal(await client.received.next(), 'goes on');
        client.end.close(1000, '');
        await restored.closed;
      }),
    );
  });
}
