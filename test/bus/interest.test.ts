// What a node asks of the broker: which channels, when, and in how many calls.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { Channels } from '../../src/bus/channels.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { Envelope, Kind } from '../../src/bus/envelope.ts';
import type { BusOptions } from '../../src/bus/options.ts';
import { connect, createServer, type Server, type ServerConnection } from '../../src/engine/index.ts';
import { type TestNetwork, useNetwork } from '../../src/testing/index.ts';
import { later, ScriptedDriver } from '../support/bus.ts';

describe('subscriptions at the broker', () => {
  let network: TestNetwork;
  const servers: Server<undefined>[] = [];
  beforeEach(() => {
    network = useNetwork();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await network.uninstall();
  });

  async function started(options: BusOptions = {}) {
    const driver = new ScriptedDriver();
    const bus = createBus(driver, { node: 'a', ...options });
    const connections: ServerConnection<undefined>[] = [];
    const server = createServer({ bus, open: (connection) => void connections.push(connection) });
    servers.push(server);
    const listening = server.listen({ host: '127.0.0.1', port: 80 });
    driver.events.ready();
    await listening;
    const member = async (): Promise<ServerConnection<undefined>> => {
      await connect('ws://127.0.0.1/');
      return connections.shift() as ServerConnection<undefined>;
    };
    const calls = async (): Promise<string[]> => {
      await later();
      return driver.calls.splice(0);
    };
    assert.deepEqual(await calls(), [`subscribe hws.b hws.n hws.n.${bus.id}`, 'open']);
    return { driver, bus, server, member, calls };
  }

  test('a topic is subscribed with its first subscriber, and left linger after its last one', async () => {
    const { member, calls } = await started();
    const [one, other] = [await member(), await member()];
    one.subscribe('tea');
    assert.deepEqual(await calls(), ['subscribe hws.t.tea']);
    other.subscribe('tea');
    one.unsubscribe('tea');
    assert.deepEqual(await calls(), []);
    other.unsubscribe('tea');
    await network.advance(999);
    assert.deepEqual(await calls(), []);
    await network.advance(1);
    assert.deepEqual(await calls(), ['unsubscribe hws.t.tea']);
    other.subscribe('tea');
    assert.deepEqual(await calls(), ['subscribe hws.t.tea']);
  });

  test('a subscriber that comes back in time costs nothing, and begins the time anew', async () => {
    const { member, calls } = await started();
    const one = await member();
    one.subscribe('tea');
    await calls();
    one.unsubscribe('tea');
    await network.advance(999);
    one.subscribe('tea');
    await network.advance(5_000);
    one.unsubscribe('tea');
    await network.advance(999);
    assert.deepEqual(await calls(), []);
    await network.advance(1);
    assert.deepEqual(await calls(), ['unsubscribe hws.t.tea']);
  });

  test('all changes of a turn are one call', async () => {
    const { member, calls, bus, server } = await started({ linger: 0 });
    const one = await member();
    for (let at = 0; at < 1_000; at++) one.subscribe(`t${at}`);
    const [call = '', ...rest] = await calls();
    assert.deepEqual([call.split(' ').length, rest], [1_001, []]);
    assert.equal(server.metrics().bus?.channels, 1_000);
    one.terminate();
    await one.closed;
    await network.advance(0);
    const [left = '', ...more] = await calls();
    assert.deepEqual([left.split(' ').length, left.slice(0, 11), more], [1_001, 'unsubscribe', []]);
    assert.equal(server.metrics().bus?.channels, 0);
    await bus.settled();
  });

  test('a topic that comes and goes within a turn is never asked for', async () => {
    const { member, calls } = await started({ linger: 0 });
    const one = await member();
    one.subscribe('tea');
    one.unsubscribe('tea');
    assert.deepEqual(await calls(), ['subscribe hws.t.tea']);
    await network.advance(0);
    assert.deepEqual(await calls(), ['unsubscribe hws.t.tea']);
  });

  test('above maxChannels topics share channels; others then publish to both, and nobody hears twice', async () => {
    const { driver, bus, member, calls, server } = await started({ maxChannels: 1 });
    const one = await member();
    one.subscribe('tea');
    one.subscribe('coffee');
    const shared = new Channels('hws').partition('coffee');
    assert.deepEqual(await calls(), [`subscribe hws.t.tea ${shared}`]);
    // It has told the others.
    const hello = Envelope.read(driver.published.at(-1)!.payload) as Envelope;
    assert.deepEqual([hello.kind, driver.published.at(-1)!.channel], [Kind.hello, 'hws.n']);

    const other = new ScriptedDriver();
    const otherBus = createBus(other, { node: 'b' });
    const publisher = createServer({ bus: otherBus });
    servers.push(publisher);
    const listening = publisher.listen({ host: '127.0.0.1', port: 81 });
    other.events.ready();
    await listening;
    // A newcomer does not know it for some time.
    await network.advance(8_000);
    other.published.length = 0;
    publisher.publish('coffee', 'before it knows');
    other.events.message('hws.n', driver.published.at(-1)!.payload);
    publisher.publish('coffee', 'both');
    publisher.publish('tea', 'both');
    const sent = other.published.filter(({ channel }) => !channel.startsWith('hws.n'));
    assert.deepEqual(
      sent.map(({ channel }) => channel),
      ['hws.t.coffee', 'hws.t.coffee', shared, 'hws.t.tea', new Channels('hws').partition('tea')],
    );
    for (const { channel, payload } of sent.slice(1)) driver.events.message(channel, payload);
    const { deliveries, unwanted } = server.metrics().bus!;
    assert.deepEqual([deliveries, unwanted], [2, 2]);
    assert.ok(bus.state === 'ready');
  });

  test('what a newcomer publishes reaches shared topics, though it has heard of nobody yet', async () => {
    const { driver, calls } = await started();
    await calls();
    const shared = new Channels('hws').partition('coffee');
    const sentTo = (topic: string): string[] => {
      driver.published.length = 0;
      servers.at(-1)?.publish(topic, 'text');
      return driver.published.map(({ channel }) => channel);
    };
    assert.deepEqual(sentTo('coffee'), ['hws.t.coffee', shared]);
    // Three times liveness: every other node has been heard.
    await network.advance(8_000);
    assert.deepEqual(sentTo('coffee'), ['hws.t.coffee']);
    // While the bus was lost, somebody may have come.
    driver.events.lost(new Error('gone'));
    driver.events.ready();
    assert.deepEqual(sentTo('coffee'), ['hws.t.coffee', shared]);
    await network.advance(8_000);
    assert.deepEqual(sentTo('coffee'), ['hws.t.coffee']);
  });

  test('a node that shares channels and stands still is not forgotten with its silence', async () => {
    const { driver, member, calls } = await started({ maxChannels: 1 });
    const one = await member();
    one.subscribe('tea');
    one.subscribe('coffee');
    await calls();
    const hello = driver.published.at(-1)!.payload;
    const other = new ScriptedDriver();
    const gone: string[] = [];
    const publisher = createServer({
      bus: createBus(other, { node: 'b', nodeGone: (_node, why) => void gone.push(why) }),
    });
    servers.push(publisher);
    const listening = publisher.listen({ host: '127.0.0.1', port: 81 });
    other.events.ready();
    await listening;
    other.events.message('hws.n', hello);
    await network.advance(20_000);
    assert.deepEqual(gone, ['silent']);
    other.published.length = 0;
    publisher.publish('coffee', 'kept by the broker for the frozen node');
    assert.equal(other.published.length, 2);
    await network.advance(700_000);
    other.published.length = 0;
    publisher.publish('coffee', 'it will not come back');
    assert.equal(other.published.length, 1);
  });

  test('topics that share a channel leave it with the last of them', async () => {
    const { member, calls } = await started({ maxChannels: 1, linger: 0 });
    const one = await member();
    const channels = new Channels('hws');
    const same = Array.from({ length: 2_000 }, (_, at) => `t${at}`).filter(
      (topic) => channels.partition(topic) === channels.partition('x'),
    );
    assert.ok(same.length > 1);
    one.subscribe('first');
    for (const topic of same) one.subscribe(topic);
    assert.deepEqual(await calls(), [`subscribe hws.t.first ${channels.partition('x')}`]);
    for (const topic of same.slice(1)) one.unsubscribe(topic);
    await network.advance(0);
    assert.deepEqual(await calls(), []);
    one.unsubscribe(same[0] as string);
    await network.advance(0);
    assert.deepEqual(await calls(), [`unsubscribe ${channels.partition('x')}`]);
  });
});

describe('names of channels', () => {
  const channels = new Channels('hws.one');
  const isAllowed = (name: string): boolean =>
    /^[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*$/.test(name) && name.length <= 255;

  test('plain topics are shown as they are, others escaped', () => {
    const named = Object.fromEntries(
      ['tea', 'room.7', 'a b', '.', '..', 'a..b', '~', 'é', '*', '\ud800', '😀'].map((topic) => [
        topic,
        channels.topic(topic),
      ]),
    );
    assert.deepEqual(named, {
      tea: 'hws.one.t.tea',
      'room.7': 'hws.one.t.room.7',
      'a b': 'hws.one.t.a~20b',
      '.': 'hws.one.t.~2e',
      '..': 'hws.one.t.~2e~2e',
      'a..b': 'hws.one.t.a.~2eb',
      '~': 'hws.one.t.~7e',
      é: 'hws.one.t.~c3~a9',
      '*': 'hws.one.t.~2a',
      '\ud800': 'hws.one.t.~~d800',
      '😀': 'hws.one.t.~f0~9f~98~80',
    });
    assert.match(channels.topic('x'.repeat(300)), /^hws\.one\.h\.[\w-]{43}$/);
  });

  test('every topic has a name that brokers take, another one for each', () => {
    const topic = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('.', '~', 'a', '2', 'e', '\ud800') }),
    );
    fc.assert(
      fc.property(topic, topic, (one, other) => {
        fc.pre(one !== '' && other !== '');
        assert.ok(isAllowed(channels.topic(one)), channels.topic(one));
        assert.ok(isAllowed(channels.partition(one)));
        assert.equal(channels.topic(one) === channels.topic(other), one === other);
      }),
    );
  });
});
