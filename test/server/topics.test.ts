// Publish and subscribe within one server: which connections get a message, and in which order; over real sockets and in
// memory. How they share its bytes is tested in core/message/prepared-message.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PreparedMessage } from '../../src/core/message/prepared-message.ts';
import { type ClientConnection, connect, createServer, type ServerConnection } from '../../src/engine/index.ts';
import { nodeText } from '../../src/node/text.ts';
import { type Subscriber, Topics } from '../../src/server/topics.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { type Listening, listen, open, pair, serverCertificate, trust } from '../support/engine.ts';
import { ends, isError } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

interface Member {
  readonly connection: ServerConnection;
  readonly client: ClientConnection;
  readonly received: Inbox<string | Uint8Array>;
}

/** One more client of a server. */
async function join(scope: Scope, listening: Listening<undefined>, options = {}): Promise<Member> {
  const received = new Inbox<string | Uint8Array>();
  const handlers = { message: (_: unknown, data: string | Uint8Array) => received.push(data) };
  const client = await open(scope, listening.url, { ...options, handlers });
  return { client, connection: await listening.opened.next(), received };
}

async function members(scope: Scope, listening: Listening<undefined>, count: number): Promise<Member[]> {
  const all: Member[] = [];
  while (all.length < count) all.push(await join(scope, listening));
  return all;
}

describe('publish', () => {
  const large = Buffer.alloc(300_000, 'large ');
  const compressible = 'compressible '.repeat(300);
  for (const { name, tls, server, client } of [
    { name: 'TCP', tls: false, server: {}, client: false },
    { name: 'TLS', tls: true, server: {}, client: false },
    { name: 'permessage-deflate', tls: false, server: { compression: true }, client: true },
    {
      name: 'permessage-deflate without context takeover, over TLS',
      tls: true,
      server: { compression: { serverNoContextTakeover: true, threshold: 0 } },
      client: true,
    },
  ]) {
    test(
      `small and large, text and binary, reach every subscriber in order with the messages that are sent to it (${name})`,
      leavingNothing(async (scope) => {
        const listening = await listen(scope, server, tls ? { tls: serverCertificate() } : {});
        const options = tls ? { tls: trust() } : {};
        const all: Member[] = [];
        // Some connections compress, and some of these have smaller windows.
        for (let index = 0; index < 6; index++) {
          const compression = index === 4 ? { serverMaxWindowBits: 9 } : index === 5 ? false : client;
          all.push(await join(scope, listening, { ...options, compression }));
        }
        const expected: (string | Buffer)[][] = all.map(() => []);
        for (const { connection } of all) assert.equal(connection.subscribe('news'), true);
        const messages = [
          '',
          'a',
          'é€😀',
          Buffer.from([1, 2, 3]),
          Buffer.alloc(0),
          compressible,
          large,
          'z'.repeat(70_000),
        ];
        for (let round = 0; round < 3; round++) {
          for (const [step, data] of messages.entries()) {
            const own = `own ${round} ${step} ${compressible}`;
            all[step % 6]?.connection.send(own);
            expected[step % 6]?.push(own);
            assert.equal(listening.server.publish('news', data), 6);
            for (const list of expected) list.push(data);
            if (step % 3 === round) await turn();
          }
        }
        for (const [index, { received }] of all.entries()) {
          const list = expected[index] as (string | Buffer)[];
          assert.deepEqual(await received.take(list.length), list, `client ${index}`);
        }
      }),
    );
  }
  test('over a network in memory', async () => {
    await using network = useNetwork();
    const received: string[] = [];
    const done = new Inbox<void>();
    const server = createServer({
      open(connection) {
        connection.subscribe('news');
        if (server.subscribers('news') < 3) return;
        for (const data of ['one', 'two', 'three']) assert.equal(server.publish('news', data), 3);
      },
    });
    await server.listen({ port: 80, host: '127.0.0.1' });
    const clients: ClientConnection[] = [];
    for (let index = 0; index < 3; index++) {
      const message = (_: unknown, data: unknown) => {
        if (received.push(`${index} ${data}`) === 9) done.push();
      };
      clients.push(await connect('ws://127.0.0.1/', { handlers: { message } }));
    }
    await done.next();
    assert.deepEqual(
      received.sort(),
      ['one', 'three', 'two'].flatMap((word) => [0, 1, 2].map((n) => `${n} ${word}`)).sort(),
    );
    for (const client of clients) void client.close();
    await server.drain();
    assert.deepEqual(server.topics, []);
    await network.uninstall();
  });
  test(
    'the data may be changed afterwards',
    leavingNothing(async (scope) => {
      const { server, connection, client } = await pair(scope);
      connection.subscribe('news');
      for (const size of [3, 100_000]) {
        const data = Buffer.alloc(size, 1);
        server.publish('news', data);
        data.fill(2);
        for await (const received of client) {
          assert.deepEqual(received, Buffer.alloc(size, 1));
          break;
        }
      }
    }),
  );
  test(
    'leaves out the excepted connection; connection.publish leaves out the connection itself, subscribed or not',
    leavingNothing(async (scope) => {
      const listening = await listen(scope);
      const { server } = listening;
      const [a, b, c] = (await members(scope, listening, 3)) as [Member, Member, Member];
      a.connection.subscribe('news');
      b.connection.subscribe('news');
      assert.equal(server.publish('news', '1', { except: a.connection }), 1);
      assert.equal(a.connection.publish('news', '2'), 1);
      assert.equal(c.connection.publish('news', '3'), 2);
      assert.equal(server.publish('news', '4', { except: c.connection }), 2);
      b.connection.unsubscribe('news');
      assert.equal(a.connection.publish('news', 'to nobody'), 0);
      assert.equal(server.publish('other', 'to nobody'), 0);
      assert.equal(server.broadcast('end'), 3);
      assert.deepEqual(await a.received.take(3), ['3', '4', 'end']);
      assert.deepEqual(await b.received.take(5), ['1', '2', '3', '4', 'end']);
      assert.deepEqual(await c.received.take(1), ['end']);
    }),
  );
  test(
    'names are compared exactly; a wrong name or wrong data is refused, with or without subscribers',
    leavingNothing(async (scope) => {
      const { server, connection, client } = await pair(scope);
      for (const topic of ['news', 'é', ' ', 'a/+', '#', '__proto__']) connection.subscribe(topic);
      for (const topic of ['News', 'news ', 'e\u0301', 'a/b', '*', 'constructor']) {
        assert.equal(server.publish(topic, 'x'), 0, topic);
        assert.equal(server.subscribers(topic), 0);
      }
      assert.equal(server.publish('__proto__', 'here'), 1);
      for (const topic of ['', undefined, 7, ['news']] as never[]) {
        const refused = (error: unknown) => !!isError(error, 'ERR_WS_TOPIC', 'expected a string that is not empty');
        assert.throws(() => connection.subscribe(topic), refused);
        assert.throws(() => server.publish(topic, 'x'), refused);
      }
      for (const topic of ['news', 'nobody']) {
        assert.throws(
          () => server.publish(topic, 7 as never),
          (error) => !!isError(error, 'ERR_WS_DATA_TYPE'),
        );
      }
      assert.equal((await client[Symbol.asyncIterator]().next()).value, 'here');
    }),
  );
  test(
    'never waits: a subscriber that does not read does not delay the others, and is not counted once it has failed',
    leavingNothing(async (scope) => {
      const errors = new Inbox<unknown>();
      const listening = await listen(scope, {
        limits: { maxQueuedBytes: 1 << 20 },
        error: (_, error) => errors.push(error),
      });
      const slow = await connectRaw(scope, listening.port);
      await requestHandshake(slow);
      (await listening.opened.next()).subscribe('news');
      const { connection, received } = await join(scope, listening);
      connection.subscribe('news');
      const data = Buffer.alloc(256 * 1024);
      let count = 0;
      for (; listening.server.publish('news', data) === 2; count++) {
        assert.ok(count < 1000, 'queued messages are not bounded');
        await received.next();
      }
      isError(await errors.next(), 'ERR_WS_SLOW_CONSUMER', 'maxQueuedBytes');
      assert.equal(listening.server.subscribers('news'), 1);
      assert.deepEqual(await received.next(), data);
      slow.destroy();
    }),
  );
});

describe('subscriptions', () => {
  test(
    'are seen in connection.topics, server.subscribers and server.topics, and leave nothing when they end',
    leavingNothing(async (scope) => {
      const listening = await listen(scope);
      const { server } = listening;
      const [a, b] = (await members(scope, listening, 2)) as [Member, Member];
      const { topics } = a.connection;
      assert.deepEqual([...topics], []);
      assert.equal(a.connection.unsubscribe('x'), false);
      for (const topic of ['x', 'y', 'x']) assert.equal(a.connection.subscribe(topic), true);
      b.connection.subscribe('x');
      assert.deepEqual([...topics], ['x', 'y']);
      assert.deepEqual(server.topics, ['x', 'y']);
      assert.equal(server.subscribers('x'), 2);
      assert.equal(server.publish('x', 'once, although subscribed twice'), 2);
      assert.equal(a.connection.unsubscribe('x'), true);
      assert.equal(a.connection.unsubscribe('x'), false);
      assert.deepEqual([...topics], ['y']);
      assert.equal(server.subscribers('x'), 1);
      b.connection.unsubscribe('x');
      assert.deepEqual(server.topics, ['y']);
      assert.equal(server.subscribers('x'), 0);
      await Promise.all([a, b].map(({ received }) => received.next()));
      assert.deepEqual([...a.received.rest, ...b.received.rest], []);
    }),
  );
  const endings: Record<string, (member: Member) => unknown> = {
    'close()': ({ connection }) => void connection.close(1000),
    'terminate()': ({ connection }) => connection.terminate(),
    'a Close frame of the peer': ({ client }) => void client.close(),
    'a failure': ({ client }) =>
      client.sendFragment(Buffer.of(0xff), { fin: true }) &&
      client.sendFragment('\u20ac', { fin: false }) &&
      client.ping(),
    'the loss of TCP': ({ client }) => client.terminate(),
  };
  for (const [name, end] of Object.entries(endings)) {
    test(
      `end with the connection, before its other handlers are called, which still see what they were: ${name}`,
      leavingNothing(async (scope) => {
        const told: string[] = [];
        const closed = new Inbox<void>();
        const tell = (what: string, connection: ServerConnection): void => {
          const { server } = listening;
          told.push(`${what}: ${connection.topics.size} ${server.subscribers('x')} ${server.publish('x', 'late')}`);
          assert.equal(connection.subscribe('x'), false);
          assert.equal(connection.unsubscribe('x'), false);
          assert.equal(connection.publish('x', 'last words'), 0);
        };
        const listening = await listen(scope, {
          limits: { maxMessageSize: 0 },
          error: (connection) => tell('error', connection),
          close(connection) {
            tell('close', connection);
            closed.push();
          },
        });
        const member = await join(scope, listening);
        for (const topic of ['x', 'y', 'z']) member.connection.subscribe(topic);
        end(member);
        if (!member.connection.isOpen) assert.equal(listening.server.subscribers('x'), 0, 'at once');
        await closed.next();
        assert.ok(told.length > 0 && told.every((text) => text.endsWith(': 3 0 0')), told.join('; '));
        assert.deepEqual(listening.server.topics, []);
        assert.deepEqual(member.received.rest, []);
      }),
    );
  }
  test(
    'are bounded, in number and length: the errors name the bound and the remedy',
    leavingNothing(async (scope) => {
      const { connection } = await pair(scope, { limits: { maxTopicsPerConnection: 2, maxTopicLength: 6 } });
      connection.subscribe('éé');
      connection.subscribe('abcdef');
      connection.subscribe('abcdef');
      assert.throws(
        () => connection.subscribe('third'),
        (error) =>
          !!isError(error, 'ERR_WS_TOO_MANY_TOPICS', 'maxTopicsPerConnection (2)', 'raise maxTopicsPerConnection'),
      );
      connection.unsubscribe('abcdef');
      for (const topic of ['abcdefg', '€€a']) {
        assert.throws(
          () => connection.subscribe(topic),
          (error) =>
            !!isError(
              error,
              'ERR_WS_TOPIC_TOO_LONG',
              '7 bytes exceeds maxTopicLength (6 bytes)',
              'raise maxTopicLength',
            ),
        );
      }
      assert.equal(connection.subscribe('€€'), true);
      assert.deepEqual([...connection.topics], ['éé', '€€']);
    }),
  );
  test(
    'have defaults of 1,024 topics and 1,024 bytes',
    leavingNothing(async (scope) => {
      const { connection } = await pair(scope);
      for (let index = 0; index < 1024; index++) connection.subscribe(`${index}`.padEnd(1024, ' '));
      assert.throws(() => connection.subscribe('one more'), { code: 'ERR_WS_TOO_MANY_TOPICS' });
      assert.throws(() => connection.subscribe('x'.repeat(1025)), { code: 'ERR_WS_TOPIC_TOO_LONG' });
    }),
  );
  test('unknown limits are refused by name', () => {
    assert.throws(
      () => createServer({ limits: { maxTopicLength: -1 } }),
      (error) => !!isError(error, 'ERR_WS_OPTION', 'limits.maxTopicLength is -1'),
    );
    assert.throws(
      () => createServer({ limits: { maxTopics: 1 } as never }),
      (error) =>
        !!isError(
          error,
          'ERR_WS_OPTION',
          'limits.maxTopics (1) is not an option',
          'did you mean limits.maxTopicsPerConnection?',
        ),
    );
    assert.throws(
      () => createServer({ limits: { maxMessageSize: 'x' as never } }),
      (error) => !!isError(error, 'ERR_WS_OPTION', 'limits.maxMessageSize'),
    );
  });
});

describe('handlers that are called during a publish', () => {
  test(
    'may subscribe, unsubscribe, close and publish: one that leaves before its turn gets nothing, one that joins is too late',
    leavingNothing(async (scope) => {
      const counts: number[] = [];
      // The first subscriber has more to take than a system takes at once when a message is published, and fails.
      const listening = await listen(scope, {
        limits: { maxQueuedBytes: 100 },
        error(connection) {
          if (connection !== failing.connection) return; // at the end of the test
          failing.connection.subscribe('news');
          assert.equal(early.connection.unsubscribe('news'), true);
          early.connection.subscribe('news');
          assert.equal(leaving.connection.unsubscribe('news'), true);
          void closing.connection.close(1000);
          joining.connection.subscribe('news');
          counts.push(listening.server.publish('news', 'nested'));
        },
      });
      const [failing, early, leaving, closing, joining, staying] = (await members(scope, listening, 6)) as [
        Member,
        Member,
        Member,
        Member,
        Member,
        Member,
      ];
      for (const { connection } of [failing, early, leaving, closing, staying]) connection.subscribe('news');
      failing.connection.send(new Uint8Array(32 * 1024 * 1024));
      counts.push(listening.server.publish('news', 'outer'));
      // staying, early and joining get the nested message; only staying gets the outer one.
      assert.deepEqual(counts, [3, 1]);
      assert.equal(listening.server.broadcast('end'), 4, 'all but those that are closing');
      assert.deepEqual(await staying.received.take(3), ['nested', 'outer', 'end']);
      assert.deepEqual(await early.received.take(2), ['nested', 'end']);
      assert.deepEqual(await joining.received.take(2), ['nested', 'end']);
      assert.deepEqual(await leaving.received.take(1), ['end']);
      await closing.client.closed;
      assert.deepEqual(closing.received.rest, []);
    }),
  );
});

test(
  'drain: messages that were published before reach all; none is published after',
  leavingNothing(async (scope) => {
    const listening = await listen(scope);
    const all = await members(scope, listening, 3);
    for (const { connection } of all) connection.subscribe('news');
    listening.server.publish('news', 'last');
    const drained = listening.server.drain();
    assert.equal(listening.server.publish('news', 'late'), 0);
    assert.equal(listening.server.broadcast('late'), 0);
    assert.deepEqual(ends(await drained), { closed: 3, terminated: 0 });
    for (const { received } of all) assert.deepEqual(received.rest, ['last']);
  }),
);

describe('the table, against lists', () => {
  const NAMES = ['a', 'b', 'c'];
  type Step = readonly ['subscribe' | 'unsubscribe' | 'leave' | 'publish' | 'except', number, number];
  const step = fc.tuple(
    fc.constantFrom<Step[0]>('subscribe', 'subscribe', 'unsubscribe', 'leave', 'publish', 'except'),
    fc.nat(4),
    fc.nat(2),
  );
  test('any steps, even during deliveries', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 20 }),
        (steps, inside) => {
          const table = new Topics<Subscriber>({ maxTopicsPerConnection: 10, maxTopicLength: 10 }, nodeText);
          const actual: string[] = [];
          // The model: subscriptions in order, as [topic, member, number].
          let model: (readonly [string, number, number])[] = [];
          let counter = 0;
          let depth = 0;
          let pending: Step[][] = [];
          const own = NAMES.concat('d', 'e').map(() => new Set<string>());
          const subscribers: Subscriber[] = own.map((_, index) => ({
            sendPrepared(message: PreparedMessage) {
              actual.push(`${index} ${String(message)}`);
              if (depth < 3) for (const inner of pending.shift() ?? []) run(inner);
              return true;
            },
          }));
          let publications = 0;
          function run([action, who, which]: Step): void {
            const subscriber = subscribers[who] as Subscriber;
            const topics = own[who] as Set<string>;
            const topic = NAMES[which] as string;
            const isMine = (entry: readonly [string, number, number]) => entry[0] === topic && entry[1] === who;
            if (action === 'subscribe') {
              table.subscribe(subscriber, topics, topic);
              if (!model.some(isMine)) model = [...model, [topic, who, ++counter]];
            } else if (action === 'unsubscribe') {
              assert.equal(table.unsubscribe(subscriber, topics, topic), model.some(isMine));
              model = model.filter((entry) => !isMine(entry));
            } else if (action === 'leave') {
              table.leave(subscriber, topics);
              topics.clear(); // the connection keeps its own list
              model = model.filter((entry) => entry[1] !== who);
            } else {
              publish(topic, action === 'except' ? who : undefined);
            }
          }
          /** Delivers by the table and by the lists; both see the changes of `inside`. */
          function publish(topic: string, except: number | undefined): void {
            const name = `#${++publications}`;
            const last = counter;
            const before = actual.length;
            const due = model.filter((entry) => entry[0] === topic && entry[1] !== except);
            depth++;
            const message = { toString: () => name } as unknown as PreparedMessage;
            const count = table.publish(
              topic,
              () => message,
              except === undefined ? undefined : (subscribers[except] as Subscriber),
            );
            depth--;
            const delivered = actual.slice(before).filter((text) => text.endsWith(` ${name}`));
            assert.equal(delivered.length, count);
            const order = delivered.map((text) => Number(text.split(' ')[0]));
            const allowed = due.map((entry) => entry[1]);
            assert.deepEqual(
              order,
              allowed.filter((who) => order.includes(who)),
              'in the order of subscribing, once each',
            );
            // A member that still has the same subscription was not passed over.
            for (const entry of due)
              if (model.includes(entry)) assert.ok(order.includes(entry[1]), `${entry} missed ${name}`);
            assert.ok(due.every((entry) => entry[2] <= last));
          }
          pending = inside.map((list) => [...list]);
          for (const one of steps) run(one);
          for (const name of NAMES) assert.equal(table.count(name), model.filter(([topic]) => topic === name).length);
          assert.deepEqual([...table.names].sort(), [...new Set(model.map(([topic]) => topic))].sort());
          for (const [who, topics] of own.entries()) {
            assert.deepEqual(
              [...topics].sort(),
              model
                .filter((entry) => entry[1] === who)
                .map(([topic]) => topic)
                .sort(),
            );
          }
          for (const [who, topics] of own.entries()) table.leave(subscribers[who] as Subscriber, topics);
          assert.deepEqual(table.names, []);
        },
      ),
      { numRuns: 400 },
    );
  });
  test('100,000 subscriptions come and go, and no memory stays', () => {
    const table = new Topics<Subscriber>({ maxTopicsPerConnection: Infinity, maxTopicLength: 100 }, nodeText);
    const subscriber = { sendPrepared: () => true };
    const topics = new Set<string>();
    for (let index = 0; index < 100_000; index++) table.subscribe(subscriber, topics, `room ${index}`);
    assert.equal(table.names.length, 100_000);
    table.leave(subscriber, topics);
    assert.deepEqual(table.names, []);
  });
});

describe('server.members', () => {
  test('the connections of a topic, in the order of subscribing; a copy', () =>
    leavingNothing(async (scope) => {
      const { server, url, opened } = await listen(scope);
      const connections = [];
      for (let count = 0; count < 3; count++) {
        await open(scope, url);
        connections.push(await opened.next());
      }
      const [first, second, third] = connections;
      third?.subscribe('news');
      first?.subscribe('news');
      second?.subscribe('other');
      const members = server.members('news');
      assert.deepEqual([...members], [third, first]);
      third?.unsubscribe('news');
      third?.subscribe('news');
      members.clear();
      assert.deepEqual([...server.members('news')], [first, third]);
      assert.equal(server.members('nobody').size, 0);
      first?.terminate();
      await first?.closed;
      assert.deepEqual([...server.members('news')], [third]);
      for (const member of server.members('news')) member.unsubscribe('news');
      assert.deepEqual(server.topics, ['other']);
    })());

  test('what cannot be a topic is refused', () =>
    leavingNothing(async (scope) => {
      const { server } = await listen(scope);
      for (const topic of ['', 5, undefined])
        assert.throws(() => server.members(topic as never), { code: 'ERR_WS_TOPIC' });
      assert.throws(() => (server.members as (...all: unknown[]) => unknown)('news', () => {}), {
        code: 'ERR_WS_OPTION',
      });
    })());
});
