// The sessions of a server over real sockets: one connection object over breaks, nothing lost and nothing twice, shared frames
// with plain clients, and the end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type Resumption, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

interface Told {
  readonly events: string[];
  readonly opened: Inbox<ServerConnection>;
  readonly received: Inbox<string | Uint8Array>;
  readonly resumptions: Inbox<Resumption>;
  readonly interruptions: Inbox<ServerConnection>;
  readonly closes: Inbox<number>;
}

async function serve(scope: Scope, options: object = {}) {
  const told: Told = {
    events: [],
    opened: new Inbox(),
    received: new Inbox(),
    resumptions: new Inbox(),
    interruptions: new Inbox(),
    closes: new Inbox(),
  };
  const server = createServer({
    resume: true,
    open(connection) {
      told.events.push('open');
      told.opened.push(connection);
    },
    message(_connection, data) {
      told.received.push(data);
    },
    interrupted(connection) {
      told.events.push('interrupted');
      told.interruptions.push(connection);
    },
    resumed(_connection, resumption) {
      told.events.push('resumed');
      told.resumptions.push(resumption);
    },
    expired(_connection, { why, unacknowledged }) {
      told.events.push(`expired ${why} ${unacknowledged.length}`);
    },
    error(_connection, error) {
      told.events.push(`error ${error.code}`);
    },
    close(_connection, { code }) {
      told.events.push(`close ${code}`);
      told.closes.push(code);
    },
    ...options,
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, told, url: `ws://127.0.0.1:${port}` };
}

describe('a session over several connections', () => {
  test(
    'messages of both ends, sent before, while and after nobody is connected, come once and in order',
    leavingNothing(async (scope) => {
      const { told, url } = await serve(scope);
      const client = new ResumingClient();
      assert.equal((await client.open(url)).isResumed, false);
      const connection = await told.opened.next();
      assert.equal(connection.session?.isAttached, true);
      connection.send('one');
      client.end.send('eins');
      assert.equal(await told.received.next(), 'eins');
      assert.equal(await client.received.next(), 'one');
      await client.cut();
      assert.equal(await told.interruptions.next(), connection);
      assert.deepEqual(
        [connection.session?.isAttached, connection.isOpen, connection.state.kind],
        [false, true, 'open'],
      );
      connection.send('two');
      connection.send(Uint8Array.of(2));
      connection.send('\u0010three');
      client.end.send('zwei');
      const { isResumed } = await client.open(url);
      assert.equal(isResumed, true);
      assert.deepEqual(await told.resumptions.next(), { lost: undefined, isRestored: false });
      assert.equal(await client.received.next(), 'two');
      assert.deepEqual(Array.from((await client.received.next()) as Uint8Array), [2]);
      assert.equal(await client.received.next(), '\u0010three');
      assert.equal(await told.received.next(), 'zwei');
      assert.equal(connection.session?.generation, 2);
      const { received, sent } = connection.metrics();
      assert.deepEqual([received.messages, sent.messages, sent.bytes > received.bytes], [2, 4, true]);
      assert.deepEqual(told.events, ['open', 'interrupted', 'resumed']);
      client.end.close(1000, 'bye');
      assert.equal(await told.closes.next(), 1000);
      assert.deepEqual(told.events.slice(3), ['close 1000']);
    }),
  );

  test(
    'the application closes: the client is told, and does not come back',
    leavingNothing(async (scope) => {
      const { told, url, server } = await serve(scope);
      const client = new ResumingClient();
      await client.open(url);
      const connection = await told.opened.next();
      connection.send('last');
      const { code, wasClean } = await connection.close(4000, 'enough');
      assert.deepEqual([code, wasClean], [4000, true]);
      assert.equal(await client.received.next(), 'last');
      assert.deepEqual(await client.ends.next(), { code: 4000, reason: 'enough' });
      assert.equal(server.connections.size, 0);
      assert.deepEqual(told.events, ['open', 'close 4000']);
    }),
  );

  test(
    'terminate and close without a client end it at once',
    leavingNothing(async (scope) => {
      const { told, url, server } = await serve(scope);
      for (const end of ['terminate', 'close'] as const) {
        const client = new ResumingClient({ startsAnew: false });
        await client.open(url);
        const connection = await told.opened.next();
        await client.cut();
        await told.interruptions.next();
        void connection[end]();
        await connection.closed;
        assert.equal(server.connections.size, 0);
        await client.dial(url);
        assert.equal((await client.expiries.next()).why, 'ended');
        await client.ends.next();
      }
    }),
  );

  test(
    'a plain client beside it gets the same frames of broadcast and topics',
    leavingNothing(async (scope) => {
      const { told, url, server } = await serve(scope, { subprotocols: ['chat'], compression: true });
      const client = new ResumingClient();
      const plain = new Inbox<string | Uint8Array>();
      const other = await connect(url, {
        subprotocols: ['chat'],
        compression: true,
        handlers: { message: (_, data) => void plain.push(data) },
      });
      const second = await told.opened.next();
      await client.open(url, { subprotocols: ['chat+wsr1', 'chat'], compression: true });
      const first = await told.opened.next();
      assert.deepEqual([first.subprotocol, second.subprotocol, second.session], ['chat', 'chat', undefined]);
      assert.equal(client.connection?.subprotocol, 'chat+wsr1');
      assert.match(first.extensions, /permessage-deflate/);
      first.subscribe('news');
      second.subscribe('news');
      assert.equal(server.publish('news', 'x'.repeat(5000)), 2);
      assert.equal(server.broadcast('\u0010not control'), 2);
      for (const inbox of [plain, client.received]) {
        assert.equal(await inbox.next(), 'x'.repeat(5000));
        assert.equal(await inbox.next(), '\u0010not control');
      }
      const compressed = (): number => server.metrics().sent.compressed.messages;
      const before = compressed();
      assert.equal(server.publish('news', 'y'.repeat(40), { compress: true }), 2);
      assert.equal(compressed() - before, 2);
      assert.equal(server.broadcast('y'.repeat(5000), { compress: false }), 2);
      assert.equal(compressed() - before, 2);
      for (const inbox of [plain, client.received]) {
        assert.equal(await inbox.next(), 'y'.repeat(40));
        assert.equal(await inbox.next(), 'y'.repeat(5000));
      }
      assert.equal(server.connections.size, 2);
      await client.cut();
      await told.interruptions.next();
      assert.equal(server.connections.size, 2);
      assert.equal(server.publish('news', 'later'), 2);
      await client.open(url, { subprotocols: ['chat+wsr1', 'chat'] });
      assert.equal(await client.received.next(), 'later');
      await other.close();
    }),
  );
});
