// What programs of nodes say to each other: `tell` and `hear`, with a bus and without; and presence on them, over servers with
// connections.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { localBus } from '../../src/bus/index.ts';
import { connect, createServer, type Server, type ServerConnection } from '../../src/engine/index.ts';
import { createPresence, type Presence } from '../../src/presence/index.ts';
import { isError, uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const names = (members: readonly { key: string }[]): string => members.map(({ key }) => key).join(' ');

describe('tell and hear', () => {
  test(
    'all nodes that hear a topic, the own one too; no connection',
    leavingNothing(async (scope) => {
      const nodes = ['a', 'b'].map(() => createServer({ bus: localBus('hear') }));
      for (const node of nodes) {
        await node.listen({ host: '127.0.0.1' });
        scope.defer(() => node.close());
      }
      const [a, b] = nodes as [Server, Server];
      const heard = new Inbox<string>();
      const ends = nodes.map((node, index) => node.hear('news', (text) => heard.push(`${index} ${text}`)));
      assert.deepEqual([a.topics, a.subscribers('news')], [[], 0]);
      while (a.nodes().length < 2) await turn();
      a.tell('news', 'Grüße');
      a.tell('other', 'x');
      assert.deepEqual((await heard.take(2)).sort(), ['0 Grüße', '1 Grüße']);
      ends[1]?.();
      ends[1]?.();
      b.tell('news', 'again');
      assert.equal(await heard.next(), '0 again');
      ends[0]?.();
      b.tell('news', 'nobody');
      assert.deepEqual(heard.rest, []);
    }),
  );

  test(
    'what a listener throws is uncaught, and the others hear it',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const server = createServer();
      const heard = new Inbox<string>();
      server.hear('news', () => {
        throw new Error('mine');
      });
      server.hear('news', heard.push);
      server.tell('news', 'x');
      assert.equal(await heard.next(), 'x');
      assert.equal((await uncaught.next()).message, 'mine');
    }),
  );

  test('a list of connections has none of them', async () => {
    const server = createServer();
    server.hear('news', () => {});
    const topic = '\0program:news';
    assert.deepEqual([server.topics, server.members(topic).size], [[], 0]);
    assert.deepEqual((await server.list({ topic })).connections, []);
  });

  test('wrong arguments', () => {
    const server = createServer();
    const refused = (code: 'ERR_WS_OPTION' | 'ERR_WS_TOPIC') => (error: unknown) => isError(error, code).code === code;
    assert.throws(() => server.tell('', 'x'), refused('ERR_WS_TOPIC'));
    assert.throws(() => server.tell('x', 5 as never), refused('ERR_WS_OPTION'));
    assert.throws(() => server.hear('', () => {}), refused('ERR_WS_TOPIC'));
    assert.throws(() => server.hear('x', undefined as never), refused('ERR_WS_OPTION'));
  });
});

describe('presence on servers', () => {
  interface Node {
    readonly server: Server;
    readonly presence: Presence<{ at: string }>;
    readonly told: Inbox<string>;
    readonly url: string;
  }

  async function node(scope: Scope, name: string): Promise<Node> {
    const told = new Inbox<string>();
    const server = createServer({
      bus: localBus({ name: 'presence', node: name, liveness: 100 }),
      resume: true,
      open: (connection) => enter(connection),
      interrupted: (connection) => presence.away(connection),
      resumed: (connection) => presence.back(connection),
    });
    const presence = createPresence<{ at: string }>(server, {
      joined: (_topic, members) => told.push(`+${names(members)}`),
      left: (_topic, members) => told.push(`-${names(members)}`),
      debounce: 0,
    });
    const enter = (connection: ServerConnection): void => {
      presence.enter(connection, 'tea', connection.url.slice(1), { at: name });
    };
    const { port } = await server.listen({ host: '127.0.0.1' });
    scope.defer(() => server.close());
    scope.defer(() => presence.close());
    return { server, presence, told, url: `ws://127.0.0.1:${port}` };
  }

  test(
    'each node knows the members of all; those of a node that ends leave',
    leavingNothing(async (scope) => {
      const [a, b] = [await node(scope, 'a'), await node(scope, 'b')];
      const ann = await connect(`${a.url}/ann`);
      const ben = await connect(`${b.url}/ben`);
      assert.deepEqual(await a.told.take(2), ['+ann', '+ben']);
      assert.deepEqual(await b.told.take(2), ['+ben', '+ann']);
      assert.deepEqual(a.presence.members('tea'), [
        { key: 'ann', data: { at: 'a' } },
        { key: 'ben', data: { at: 'b' } },
      ]);
      const cat = await connect(`${b.url}/cat`);
      assert.equal(await a.told.next(), '+cat');
      await cat.close();
      assert.equal(await a.told.next(), '-cat');
      await b.server.close();
      assert.equal(await a.told.next(), '-ben');
      await ben.closed;
      await ann.close();
      assert.equal(await a.told.next(), '-ann');
    }),
  );
});
