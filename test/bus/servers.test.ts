// Servers over a bus: which connections get what is published, which connections there are, and what one node can do to those of another.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { System, type SystemClient, type SystemNode } from '../support/bus.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { until } from '../support/until.ts';

/** Three nodes that know each other. */
async function three(scope: Scope): Promise<{ system: System; nodes: [SystemNode, SystemNode, SystemNode] }> {
  const system = new System(scope);
  const nodes: [SystemNode, SystemNode, SystemNode] = [
    await system.node('a'),
    await system.node('b'),
    await system.node('c'),
  ];
  await known(nodes);
  return { system, nodes };
}

async function known(nodes: readonly SystemNode[]): Promise<void> {
  await until('all nodes know each other', () => nodes.every(({ server }) => server.nodes().length === nodes.length));
}

const settled = (nodes: readonly SystemNode[]): Promise<unknown> => Promise.all(nodes.map(({ bus }) => bus.settled()));
const texts = ({ received }: SystemClient): string[] => received.map(String);

describe('publish over a bus', () => {
  test(
    'goes to the subscribers of all nodes, once, in order, and returns those of its own',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const [a, b, c] = nodes;
      const here = await system.client(a, 'tea');
      const there = [await system.client(b, 'tea'), await system.client(b, 'tea'), await system.client(c, 'tea')];
      const others = [await system.client(b, 'coffee'), await system.client(c)];
      await settled(nodes);
      const sent = Array.from({ length: 500 }, (_, at) => `${at} ${'é'.repeat(at % 90)}`);
      for (const text of sent) assert.equal(a.server.publish('tea', text), 1);
      await until('all messages', () => [here, ...there].every(({ received }) => received.length >= sent.length));
      for (const client of [here, ...there]) assert.deepEqual(texts(client), sent);
      for (const client of others) assert.deepEqual(texts(client), []);
      const { topics, bus } = b.server.metrics();
      assert.equal(topics.publishes, 0);
      assert.equal(topics.deliveries, 1000);
      assert.deepEqual([bus?.received.messages, bus?.deliveries, bus?.delay.count], [500, 1000, 500]);
      assert.equal(a.server.metrics().bus?.published.messages, 500);
      assert.equal(b.server.metrics().sent.messages.text, 1000);
    }),
  );

  test(
    'keeps text and binary, large and empty messages as they are, and with compression too',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a', {}, { compression: true });
      const b = await system.node('b', {}, { compression: true });
      const client = await system.client(b, 'tea');
      await settled([b]);
      const messages = [
        '',
        'text',
        Buffer.alloc(0),
        Buffer.from([0, 255, 1]),
        'x'.repeat(126),
        Buffer.alloc(70_000, 7),
        'é'.repeat(40_000),
      ];
      for (const message of messages) a.server.publish('tea', message);
      await until('all messages', () => client.received.length >= messages.length);
      assert.deepEqual(client.received, messages);
    }),
  );

  test(
    'a lone surrogate becomes U+FFFD on every node',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const clients = [await system.client(nodes[0], 'tea'), await system.client(nodes[1], 'tea')];
      await settled(nodes);
      nodes[0].server.publish('tea', 'a\ud800b');
      await until('the message', () => clients.every(({ received }) => received.length > 0));
      for (const client of clients) assert.deepEqual(texts(client), ['a\ufffdb']);
    }),
  );

  test(
    'broadcast goes to every connection of every node',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const clients = [
        await system.client(nodes[0]),
        await system.client(nodes[1], 'tea'),
        await system.client(nodes[2]),
      ];
      assert.equal(nodes[1].server.broadcast('all'), 1);
      await until('all have it', () => clients.every(({ received }) => received.length > 0));
      for (const client of clients) assert.deepEqual(texts(client), ['all']);
    }),
  );

  test(
    'leaves out the connection that publishes, and any other by its id',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const [a, b] = nodes;
      const clients = [
        await system.client(a, 'tea'),
        await system.client(b, 'tea'),
        await system.client(b, 'tea'),
      ] as const;
      await settled(nodes);
      assert.equal(clients[0].connection.publish('tea', 'from 0'), 0);
      assert.equal(a.server.publish('tea', 'not 1', { except: clients[1].connection.id }), 1);
      assert.equal(a.server.publish('tea', 'not 0', { except: clients[0].connection.id }), 0);
      assert.equal(a.server.publish('tea', 'not 0 either', { except: clients[0].connection }), 0);
      a.server.publish('tea', 'end');
      await until('all have the last one', () => clients.every((client) => texts(client).includes('end')));
      assert.deepEqual(clients.map(texts), [
        ['not 1', 'end'],
        ['from 0', 'not 0', 'not 0 either', 'end'],
        ['from 0', 'not 1', 'not 0', 'not 0 either', 'end'],
      ]);
    }),
  );

  test(
    'takes topics with any characters, and keeps them apart',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const topics = [
        'a b',
        'a*',
        '>',
        '.',
        '..',
        'a.',
        '.a',
        'a..b',
        'é',
        'e\u0301',
        '日本',
        '\n',
        '\0',
        '{a}',
        'a/b',
        '~2e',
        '$SYS',
        'x'.repeat(1_000),
        '😀',
        '\ud800',
        '\ud801',
      ];
      const clients = await Promise.all(topics.map((topic) => system.client(nodes[1], topic)));
      await settled(nodes);
      for (const topic of topics) nodes[0].server.publish(topic, JSON.stringify(topic));
      await until('all messages', () => clients.every(({ received }) => received.length > 0));
      assert.deepEqual(
        clients.map(texts),
        topics.map((topic) => [JSON.stringify(topic)]),
      );
    }),
  );

  test(
    'a message above the bound of the broker throws before anybody gets it',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a', { maxPayload: 65_536 });
      const client = await system.client(a, 'tea');
      const isTooLarge = (error: unknown) =>
        isError(
          error,
          'ERR_WS_BUS_PAYLOAD',
          /65536 bytes, with \d+ bytes beside it, exceeds .*65536 bytes, by the local bus/,
        ) !== undefined;
      assert.throws(() => a.server.publish('tea', 'x'.repeat(65_536)), isTooLarge);
      assert.throws(() => a.server.broadcast(Buffer.alloc(65_536)), isTooLarge);
      a.server.publish('tea', 'fits');
      await until('the one that fits', () => client.received.length > 0);
      assert.deepEqual(texts(client), ['fits']);
    }),
  );

  test(
    'two systems on one broker do not hear each other',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, other] = [await system.node('a', { prefix: 'one' }), await system.node('b', { prefix: 'one.more' })];
      const same = await system.node('c', { prefix: 'one' });
      const clients = [await system.client(other, 'tea'), await system.client(same, 'tea')] as const;
      await settled([other, same]);
      a.server.publish('tea', 'one');
      await until('the message', () => clients[1].received.length > 0);
      assert.deepEqual(texts(clients[0]), []);
      assert.deepEqual(
        other.server.nodes().map(({ name }) => name),
        ['b'],
      );
    }),
  );
});

describe('connections of other nodes', () => {
  test(
    'have ids of their nodes, and are sent to and closed by them',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const [a, b] = nodes;
      const [own, other] = [await system.client(a), await system.client(b)];
      assert.match(other.connection.id, /^b-[a-z0-9]{8}\/\d+$/);
      assert.ok(other.connection.id.startsWith(`${b.bus.id}/`));
      assert.equal(other.connection.metrics().id, other.connection.id);
      assert.equal(await a.server.sendTo(other.connection.id, 'there'), true);
      assert.equal(await a.server.sendTo(own.connection.id, Buffer.from('here')), true);
      await until('both messages', () => own.received.length + other.received.length === 2);
      assert.deepEqual([texts(own), texts(other)], [['here'], ['there']]);
      assert.equal(await a.server.closeConnection(other.connection.id, 4000, 'go'), true);
      const { code, reason } = await other.client.closed;
      assert.deepEqual([code, reason], [4000, 'go']);
      await other.connection.closed;
      assert.equal(await a.server.sendTo(other.connection.id, 'late'), false);
      assert.equal(await a.server.closeConnection(other.connection.id), false);
      assert.equal(await a.server.sendTo(`${a.bus.id}/0`, 'nobody'), false);
    }),
  );

  test(
    'are listed and counted, all or by topic',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const clients = [
        await system.client(nodes[0], 'tea'),
        await system.client(nodes[1], 'tea', 'a"b'),
        await system.client(nodes[2]),
      ];
      const all = await nodes[2].server.list();
      assert.deepEqual(all.missing, []);
      assert.equal(all.total, 3);
      const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).sort();
      assert.deepEqual(ids(all.connections), ids(clients.map(({ connection }) => connection)));
      const second = all.connections.find(({ id }) => id === clients[1]?.connection.id);
      assert.deepEqual(
        { ...second, openedAt: 0 },
        {
          id: clients[1]?.connection.id,
          node: nodes[1].bus.id,
          url: '/',
          remoteAddress: '127.0.0.1',
          subprotocol: '',
          openedAt: 0,
          topics: ['tea', 'a"b'],
        },
      );
      const tea = await nodes[2].server.members('tea', { everywhere: true });
      assert.deepEqual(ids(tea.connections), ids(clients.slice(0, 2).map(({ connection }) => connection)));
      assert.deepEqual(await nodes[0].server.count({ topic: 'tea' }), { count: 2, missing: [] });
      assert.deepEqual(await nodes[0].server.count(), { count: 3, missing: [] });
      assert.equal(nodes[2].server.members('tea').size, 0);
      const few = await nodes[0].server.list({ limit: 0 });
      assert.deepEqual([few.connections.length, few.total], [0, 3]);
    }),
  );

  test(
    'a list of many comes in parts',
    leavingNothing(async (scope) => {
      const { system, nodes } = await three(scope);
      const names = Array.from({ length: 700 }, (_, at) => `${at}${'t'.repeat(600)}`);
      const wide = await system.client(nodes[1], ...names.slice(0, 60));
      await system.client(nodes[1], ...names.slice(0, 50));
      const tooWide = await system.client(nodes[1], ...names);
      const { connections, total } = await nodes[0].server.list();
      assert.equal(total, 3);
      const found = (id: string) => connections.find((one) => one.id === id)?.topics.length;
      assert.equal(found(wide.connection.id), 60);
      assert.equal(found(tooWide.connection.id), 0, 'its topics do not fit into a message');
    }),
  );

  test(
    'ids that cannot be one are refused, and those of unknown nodes at once',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a', { deadline: 0 });
      for (const id of [
        '',
        'x',
        '17',
        'a/b',
        'a/1/2',
        `${'a'.repeat(65)}/1`,
        'a b/1',
        'a/-1',
        17,
        null,
        undefined,
        {},
      ]) {
        await rejectsWith(a.server.sendTo(id as string, 'x'), 'ERR_WS_CONNECTION_ID');
        await rejectsWith(a.server.closeConnection(id as string), 'ERR_WS_CONNECTION_ID');
      }
      await rejectsWith(a.server.sendTo('z-00000000/1', 'x'), 'ERR_WS_NODE_GONE', /not among the 0 other nodes/);
      await rejectsWith(a.server.closeConnection(`${a.bus.id}/1`, 1005), 'ERR_WS_SEND_CLOSE_CODE');
      await rejectsWith(a.server.sendTo(`${a.bus.id}/1`, 5 as never), 'ERR_WS_DATA_TYPE');
    }),
  );
});

describe('a server without a bus', () => {
  test(
    'is the only node',
    leavingNothing(async (scope) => {
      const { listen, open } = await import('../support/engine.ts');
      const { server, url, opened } = await listen(scope);
      const received: unknown[] = [];
      await open(scope, url, { handlers: { message: (_, data) => void received.push(data) } });
      const connection = await opened.next();
      assert.match(connection.id, /^\d+$/);
      connection.subscribe('tea');
      assert.equal(await server.sendTo(connection.id, 'x'), true);
      assert.equal(await server.sendTo('0', 'x'), false);
      await rejectsWith(server.sendTo('a-1/1', 'x'), 'ERR_WS_NODE_GONE', /no bus/);
      await rejectsWith(server.sendTo('no', 'x'), 'ERR_WS_CONNECTION_ID');
      assert.deepEqual(await server.count(), { count: 1, missing: [] });
      const { connections, total, missing } = await server.members('tea', { everywhere: true });
      assert.deepEqual([connections[0]?.id, connections[0]?.node, total, missing], [connection.id, '', 1, []]);
      assert.equal(server.nodes().length, 1);
      assert.equal(server.metrics().bus, undefined);
      assert.equal(server.busState, undefined);
      assert.equal(await server.closeConnection(connection.id, 4001), true);
      assert.equal((await connection.closed).code, 4001);
    }),
  );
});
