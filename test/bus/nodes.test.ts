// Which nodes know each other, and what becomes of questions to nodes that are gone; processes that only publish.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { Directory } from '../../src/bus/directory.ts';
import { EnvelopeWriter, Kind } from '../../src/bus/envelope.ts';
import { localBus } from '../../src/bus/local/local-bus.ts';
import { createServer } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { later, ScriptedDriver, System } from '../support/bus.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { until } from '../support/until.ts';

const names = (nodes: readonly { readonly name: string }[]): string[] => nodes.map(({ name }) => name).sort();

describe('nodes', () => {
  test(
    'a node that comes is known to all, and knows all; one that ends is gone at once',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, b, c] = [await system.node('a'), await system.node('b'), await system.node('c')];
      const all = [a, b, c];
      await until('all know all', () => all.every(({ server }) => server.nodes().length === 3));
      for (const { server } of all) assert.deepEqual(names(server.nodes()), ['a', 'b', 'c']);
      assert.deepEqual(
        a.server
          .nodes()
          .filter(({ isSelf }) => isSelf)
          .map(({ id }) => id),
        [a.bus.id],
      );
      const { connection } = await system.client(c);
      const { id } = connection;
      await c.server.drain({ deadline: 1_000 });
      await until('it is gone', () => a.server.nodes().length === 2 && b.server.nodes().length === 2);
      assert.deepEqual(a.told, ['ready 0', 'joined b', 'joined c', 'gone c left']);
      const slow = await system.node('d', { deadline: 0 });
      await rejectsWith(slow.server.sendTo(id, 'x'), 'ERR_WS_NODE_GONE', 'c-');
    }),
  );

  test('a node that falls silent is gone after three times liveness, and a question to it fails then', async () => {
    const network = useNetwork();
    const [driver, told] = [new ScriptedDriver(), [] as string[]];
    const bus = createBus(driver, {
      liveness: 1_000,
      deadline: 60_000,
      nodeGone: ({ name }, why) => told.push(`${name} ${why}`),
    });
    const server = createServer({ bus });
    const listening = server.listen();
    driver.events.ready();
    await listening;
    const writer = new EnvelopeWriter('b-00000000');
    const hello = { name: 'b', role: 'server', connections: 3, startedAt: 5, isSharing: false, isNew: false };
    const say = (): void => {
      const body = Buffer.from(JSON.stringify(hello));
      driver.events.message('hws.n', writer.control({ kind: Kind.hello, topic: '', except: '' }, body));
    };
    say();
    const [, other] = server.nodes();
    assert.deepEqual(other, {
      id: 'b-00000000',
      name: 'b',
      role: 'server',
      connections: 3,
      startedAt: 5,
      isSelf: false,
    });
    await network.advance(2_500);
    say();
    await network.advance(2_500);
    assert.equal(server.nodes().length, 2);
    const asked = server.sendTo('b-00000000/1', 'x');
    const outcome = rejectsWith(asked, 'ERR_WS_NODE_GONE', '3000 ms');
    const counted = server.count();
    await network.advance(1_500);
    await outcome;
    assert.deepEqual([(await counted).missing.map(({ id }) => id), told], [['b-00000000'], ['b silent']]);
    // Every second a sign of life.
    const hellos = driver.published.filter(({ channel }) => channel === 'hws.n').length;
    assert.ok(hellos >= 6, String(hellos));
    await server.close();
    await network.uninstall();
  });

  test('a question that nobody answers in time says which node was silent, and that it may have been heard', async () => {
    const network = useNetwork();
    const driver = new ScriptedDriver();
    const server = createServer({ bus: createBus(driver, { deadline: 500 }) });
    const listening = server.listen();
    driver.events.ready();
    await listening;
    const outcome = rejectsWith(server.sendTo('b-00000000/1', 'x'), 'ERR_WS_NODE_SILENT', 'b-00000000', '500 ms');
    await network.advance(500);
    await outcome;
    await network.advance(1);
    await rejectsWith(server.sendTo('b-00000000/1', 'x'), 'ERR_WS_NODE_GONE');
    await server.close();
    await network.uninstall();
  });

  test('a process that stood still does not take the others for gone', () => {
    const told: string[] = [];
    const directory = new Directory(1_000, 0, {
      nodeJoined: ({ name }) => told.push(name),
      nodeGone: ({ name }, why) => told.push(`${name} ${why}`),
    });
    const hello = { name: 'b', role: 'server', connections: 0, startedAt: 0, isSharing: false, isNew: false } as const;
    directory.heard('b-1', hello, 0);
    directory.sweep(1_000);
    directory.sweep(60_000);
    assert.deepEqual(told, ['b']);
    directory.sweep(61_000);
    directory.sweep(62_000);
    assert.deepEqual(told, ['b', 'b silent']);
  });

  test('keeps at most 10,000 nodes, whatever a foreign program says', () => {
    const directory = new Directory(1_000, 0, { nodeJoined() {}, nodeGone() {} });
    const hello = { name: 'b', role: 'server', connections: 0, startedAt: 0, isSharing: true, isNew: false } as const;
    for (let at = 0; at < 10_500; at++) directory.heard(`b-${at}`, hello, 0);
    assert.deepEqual([directory.size, directory.isSharing], [10_000, true]);
    for (let at = 0; at < 10_500; at++) directory.left(`b-${at}`);
    assert.deepEqual([directory.size, directory.isSharing], [0, false]);
  });

  test('lists for others are bounded, so that a foreign program cannot have a node make any number of them', async () => {
    const driver = new ScriptedDriver();
    const server = createServer({ bus: createBus(driver) });
    const listening = server.listen({ host: '127.0.0.1' });
    driver.events.ready();
    await listening;
    const writer = new EnvelopeWriter('b-00000000');
    const ask = writer.control({ kind: Kind.ask, topic: '', except: '' }, Buffer.from('{"what":"list","limit":10}'));
    for (let at = 0; at < 500; at++) driver.events.message('hws.n', ask);
    assert.equal(driver.published.filter(({ channel }) => channel === 'hws.n.b-00000000').length, 100);
    await server.close();
  });
});

describe('a publisher', () => {
  test(
    'publishes, sends, closes and asks as a server does, and has no connections',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, b] = [await system.node('a'), await system.node('b')];
      const [one, other] = [await system.client(a, 'tea'), await system.client(b, 'tea')];
      await Promise.all([a.bus.settled(), b.bus.settled()]);
      const { bus } = system.bus({ node: 'p' });
      const publisher = createPublisher({ bus });
      scope.defer(() => publisher.close());
      await publisher.ready();
      await until('it is known', () => publisher.nodes().length === 3 && a.server.nodes().length === 3);
      assert.equal(a.server.nodes().find(({ name }) => name === 'p')?.role, 'publisher');
      assert.equal(publisher.publish('tea', 'to both'), true);
      assert.equal(publisher.publish('tea', 'to one', { except: other.connection.id }), true);
      assert.equal(publisher.broadcast(Buffer.from('all')), true);
      assert.equal(await publisher.sendTo(other.connection.id, 'only'), true);
      await until('all messages', () => one.received.length === 3 && other.received.length === 3);
      assert.deepEqual(
        [one.received.map(String), other.received.map(String)],
        [
          ['to both', 'to one', 'all'],
          ['to both', 'all', 'only'],
        ],
      );
      assert.deepEqual(await publisher.count(), { count: 2, missing: [] });
      assert.equal((await publisher.list()).connections.length, 2);
      assert.equal((await publisher.members('tea', { limit: 5 })).total, 2);
      assert.deepEqual(await a.server.count(), { count: 2, missing: [] });
      assert.equal(await publisher.closeConnection(one.connection.id, 4001, 'by p'), true);
      assert.equal((await one.client.closed).reason, 'by p');
      assert.equal(publisher.metrics().published.messages, 3);
      system.exchange.stop();
      assert.equal(publisher.publish('tea', 'lost'), false);
      system.exchange.start();
      assert.throws(
        () => publisher.publish('', 'x'),
        (error) => isError(error, 'ERR_WS_TOPIC') !== undefined,
      );
      assert.throws(
        () => publisher.publish('tea', 5 as never),
        (error) => isError(error, 'ERR_WS_DATA_TYPE') !== undefined,
      );
      await publisher.close();
      assert.equal(publisher.state, 'closed');
      assert.equal(publisher.publish('tea', 'late'), false);
      await rejectsWith(publisher.ready(), 'ERR_WS_BUS_CLOSED');
      await until('it is gone', () => a.server.nodes().length === 2);
    }),
  );

  test(
    'asks everybody as soon as it is ready, and never answers that nobody is there because it has heard nobody yet',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, b] = [await system.node('a'), await system.node('b')];
      await Promise.all([system.client(a, 'tea'), system.client(b, 'tea')]);
      system.exchange.stop();
      const publisher = createPublisher({ bus: system.bus({ node: 'p', deadline: 300 }).bus });
      scope.defer(() => publisher.close());
      await rejectsWith(publisher.count(), 'ERR_WS_BUS_LOST');
      await rejectsWith(publisher.list(), 'ERR_WS_BUS_LOST');
      system.exchange.start();
      await publisher.ready();
      const [count, list, members] = await Promise.all([publisher.count(), publisher.list(), publisher.members('tea')]);
      assert.deepEqual([count.count, list.total, members.total], [2, 2, 2]);
      // Nodes that are known already are missing while the bus is lost.
      system.exchange.stop();
      const { missing } = await publisher.count();
      assert.deepEqual(names(missing), ['a', 'b']);
    }),
  );

  test('needs a bus that nobody uses', async () => {
    const isOption = (error: unknown): boolean => isError(error, 'ERR_WS_OPTION') !== undefined;
    assert.throws(() => createPublisher({} as never), isOption);
    assert.throws(() => createPublisher({ bus: 'redis://' as never }), isOption);
    const bus = localBus('nodes.test');
    const publisher = createPublisher({ bus });
    assert.throws(
      () => createPublisher({ bus }),
      (error) => isError(error, 'ERR_WS_BUS_USED', 'a publisher') !== undefined,
    );
    await later();
    await publisher.close();
  });
});
