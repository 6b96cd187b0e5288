// `drain({ spread })`: the closes are spread evenly over time, in order; nothing new is taken from the beginning; connections that are
// still open are cut at the deadline after the spread. On a network in memory, whose clock the test moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ClientConnection, connect, createServer, type DrainResult, type Server } from '../../src/engine/index.ts';
import type { DrainOptions, ServerOptions } from '../../src/server/options.ts';
import { type TestNetwork, useNetwork } from '../../src/testing/index.ts';
import { isError, rejectsWith } from '../support/expect.ts';

interface Crowd {
  readonly server: Server<undefined>;
  readonly clients: readonly ClientConnection[];
  /** Numbers of the clients in the order of their ends, with the time, code and reason. */
  readonly ended: [number, number, number, string][];
}

/** A server with clients that are numbered in the order in which they opened. */
async function crowd(network: TestNetwork, size: number, options: ServerOptions<undefined> = {}): Promise<Crowd> {
  const server = createServer(options);
  await server.listen({ port: 80 });
  const ended: Crowd['ended'] = [];
  const clients: ClientConnection[] = [];
  for (let index = 0; index < size; index++) {
    const client = await connect('ws://localhost/');
    void client.closed.then(({ code, reason }) => ended.push([index, network.now, code, reason]));
    clients.push(client);
  }
  return { server, clients, ended };
}

const numbers = (ended: Crowd['ended']): number[] => ended.map(([index]) => index);

describe('spread', { timeout: 30_000 }, () => {
  test('closes are spread evenly, the oldest first, with the code; the report counts them', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 5);
    const drained = server.drain({ code: 1012, reason: 'update', spread: 10_000 });
    assert.equal(server.isDraining, true);
    await network.settle();
    assert.deepEqual(numbers(ended), [0], 'the first one at once');
    for (let second = 1; second <= 8; second++) {
      await network.advance(1_000);
      assert.equal(ended.length, Math.min(5, Math.floor(second / 2) + 1), `after ${second} s`);
    }
    assert.deepEqual(ended, [
      [0, 0, 1012, 'update'],
      [1, 2_000, 1012, 'update'],
      [2, 4_000, 1012, 'update'],
      [3, 6_000, 1012, 'update'],
      [4, 8_000, 1012, 'update'],
    ]);
    // It does not wait for the rest of the spread when nobody is left.
    assert.deepEqual(await drained, { closed: 5, terminated: 0, duration: 8_000, codes: { 1012: 5 } });
    assert.equal(server.isDraining, true, 'until it listens again');
    await server.listen({ port: 80 });
    assert.equal(server.isDraining, false);
    await server.close();
    assert.equal(server.isDraining, true);
  });

  test('a server that has not listened, and one without connections', async () => {
    await using network = useNetwork();
    const server = createServer();
    assert.equal(server.isDraining, false);
    const nothing = { closed: 0, terminated: 0, duration: 0, codes: {} };
    assert.deepEqual(await server.drain({ spread: 5_000 }), nothing);
    await server.listen({ port: 80 });
    assert.deepEqual(await server.drain({ spread: 5_000, order: 'random' }), nothing);
    await network.settle();
  });

  test('more connections than milliseconds', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 40);
    const drained = server.drain({ spread: 10 });
    for (let now = 1; now <= 10; now++) {
      await network.advance(1);
      assert.ok(ended.length >= now * 4 && ended.length <= now * 4 + 4, `${ended.length} after ${now} ms`);
    }
    assert.equal((await drained).closed, 40);
  });

  test('the newest first', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 4);
    const drained = server.drain({ spread: 4_000, order: 'newest' });
    await network.advance(4_000);
    await drained;
    assert.deepEqual(numbers(ended), [3, 2, 1, 0]);
  });

  test('any order: all of them, and not always the same order', async () => {
    await using network = useNetwork();
    const seen = new Set<string>();
    for (let run = 0; run < 20 && seen.size < 2; run++) {
      const { server, ended } = await crowd(network, 6);
      const drained = server.drain({ spread: 600, order: 'random' });
      await network.advance(600);
      await drained;
      assert.deepEqual(numbers(ended).sort(), [0, 1, 2, 3, 4, 5]);
      seen.add(numbers(ended).join());
    }
    assert.equal(seen.size, 2);
  });

  test('new connections are refused from the beginning', async () => {
    await using network = useNetwork();
    const { server } = await crowd(network, 2);
    const drained = server.drain({ spread: 1_000 });
    await rejectsWith(connect('ws://localhost/'), 'ERR_WS_CONNECT');
    await network.advance(1_000);
    await drained;
  });

  test('messages go on in both directions until the turn of a connection', async () => {
    await using network = useNetwork();
    const { server, clients } = await crowd(network, 2, {
      message: (connection, data) => void connection.send(`${data}!`),
    });
    const drained = server.drain({ spread: 2_000 });
    await network.advance(900);
    const second = clients[1] as ClientConnection;
    const answers = second[Symbol.asyncIterator]();
    second.send('still here');
    assert.equal((await answers.next()).value, 'still here!');
    await network.advance(1_100);
    assert.equal((await drained).closed, 2);
    assert.equal((await answers.next()).done, true);
  });

  test('connections that end by themselves meanwhile are in the report, with their codes', async () => {
    await using network = useNetwork();
    const { server, clients } = await crowd(network, 4);
    const drained = server.drain({ code: 1012, spread: 4_000 });
    void clients[1]?.close(4001, 'bye');
    clients[2]?.terminate();
    await network.advance(4_000);
    assert.deepEqual(await drained, {
      closed: 3,
      terminated: 1,
      duration: 3_000,
      codes: { 1006: 1, 1012: 2, 4001: 1 },
    });
  });

  test('if all end by themselves, the drain ends with the last of them', async () => {
    await using network = useNetwork();
    const { server, clients } = await crowd(network, 3);
    const drained = server.drain({ spread: 60_000 });
    await network.advance(1_000);
    for (const client of clients) void client.close(4001);
    assert.deepEqual(await drained, { closed: 3, terminated: 0, duration: 1_000, codes: { 1001: 1, 4001: 2 } });
  });
});

describe('the deadline', { timeout: 30_000 }, () => {
  test('begins after the spread; peers that do not answer are cut then', async () => {
    await using network = useNetwork();
    const server = createServer({ closeTimeout: 60_000 });
    await server.listen({ port: 80 });
    const silent = await network.client('ws://localhost/');
    silent.answersClose = false;
    const polite = await connect('ws://localhost/');
    let result: DrainResult | undefined;
    void server.drain({ spread: 10_000, deadline: 3_000 }).then((value) => {
      result = value;
    });
    await network.advance(12_999);
    assert.equal((await polite.closed).code, 1001);
    assert.equal(result, undefined);
    await network.advance(1);
    await network.settle();
    assert.deepEqual(result, { closed: 1, terminated: 1, duration: 13_000, codes: { 1001: 1, 1006: 1 } });
  });

  test('of 0 cuts what is open at the end of the spread', async () => {
    await using network = useNetwork();
    const server = createServer({ closeTimeout: 60_000 });
    await server.listen({ port: 80 });
    const silent = await network.client('ws://localhost/');
    silent.answersClose = false;
    const drained = server.drain({ spread: 500, deadline: 0 });
    await network.advance(500);
    assert.deepEqual(await drained, { closed: 0, terminated: 1, duration: 500, codes: { 1006: 1 } });
  });

  test('of 24 days after a spread of 24 days is not at once', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 2);
    const longest = 2 ** 31 - 1;
    const drained = server.drain({ spread: longest, deadline: longest });
    await network.advance(60_000);
    assert.equal(ended.length, 1);
    await server.close();
    await drained;
  });
});

describe('another call during a drain takes over', { timeout: 30_000 }, () => {
  for (const [title, later, codes] of [
    ['close(): everything at once', async (server) => server.close(), undefined],
    ['drain(): all that are left at once', async (server) => server.drain({ code: 4000 }), { 1012: 1, 4000: 2 }],
    ['drain({ deadline: 0 })', async (server) => server.drain({ deadline: 0 }), undefined],
  ] as [string, (server: Crowd['server']) => Promise<unknown>, DrainResult['codes'] | undefined][]) {
    test(title, async () => {
      await using network = useNetwork();
      const { server, ended } = await crowd(network, 3);
      const first = server.drain({ code: 1012, spread: 60_000 });
      await network.settle();
      assert.equal(ended.length, 1);
      const second = later(server);
      await network.settle();
      assert.equal(ended.length, 3);
      await second;
      const { closed, terminated, duration, codes: seen } = await first;
      assert.deepEqual({ sum: closed + terminated, duration }, { sum: 3, duration: 0 });
      if (codes !== undefined) assert.deepEqual(seen, codes);
      assert.equal(server.connections.size, 0);
    });
  }

  test('a second spread goes on with those that are left', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 5);
    const first = server.drain({ code: 1012, spread: 50_000 });
    await network.advance(20_000);
    assert.deepEqual(numbers(ended), [0, 1, 2]);
    const second = server.drain({ code: 1001, spread: 2_000 });
    await network.advance(1_000);
    assert.equal(ended.length, 5);
    assert.deepEqual(await second, { closed: 2, terminated: 0, duration: 1_000, codes: { 1001: 2 } });
    assert.deepEqual(await first, { closed: 5, terminated: 0, duration: 21_000, codes: { 1001: 2, 1012: 3 } });
  });

  test('listen() during a drain: its connections and its port are not a part of the drain', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 2);
    const drained = server.drain({ spread: 1_000, deadline: 0 });
    await network.settle();
    await server.listen({ port: 81 });
    const later = await connect('ws://localhost:81/');
    await network.advance(2_000);
    assert.equal((await drained).closed + (await drained).terminated, 2);
    assert.equal(ended.length, 2);
    assert.equal(later.isOpen, true);
    await connect('ws://localhost:81/');
    await server.close();
  });
});

describe('a function as reason', { timeout: 30_000 }, () => {
  test('gets each connection at its turn, while it is open; it may send', async () => {
    await using network = useNetwork();
    const { server, clients, ended } = await crowd(network, 2);
    const first = (clients[0] as ClientConnection)[Symbol.asyncIterator]();
    let count = 0;
    const drained = server.drain({
      code: 1012,
      spread: 1_000,
      reason(connection) {
        connection.send(`see you, ${connection.url}`);
        return ++count === 1 ? 'after=1500' : undefined;
      },
    });
    assert.equal((await first.next()).value, 'see you, /');
    assert.equal(count, 1);
    await network.advance(1_000);
    await drained;
    assert.deepEqual(
      ended.map(([, , , reason]) => reason),
      ['after=1500', 'server is going away'],
    );
  });

  test('is not called for connections that have ended', async () => {
    await using network = useNetwork();
    const { server, clients } = await crowd(network, 3);
    let count = 0;
    const drained = server.drain({ spread: 3_000, reason: () => `number ${++count}` });
    await clients[1]?.close();
    await network.advance(3_000);
    await drained;
    assert.equal(count, 2);
  });

  test('may be async: the connection is closed when it settles, and cut at the deadline if it does not', async () => {
    await using network = useNetwork();
    const { server, ended } = await crowd(network, 2);
    const answers: ((reason: string) => void)[] = [];
    const drained = server.drain({
      deadline: 2_000,
      reason: () => new Promise<string>((resolve) => answers.push(resolve)),
    });
    await network.settle();
    assert.equal(ended.length, 0);
    answers[1]?.('later');
    await network.settle();
    assert.deepEqual(ended, [[1, 0, 1001, 'later']]);
    await network.advance(2_000);
    assert.deepEqual(await drained, { closed: 1, terminated: 1, duration: 2_000, codes: { 1001: 1, 1006: 1 } });
    answers[0]?.('too late');
    await network.settle();
  });

  for (const [title, reason] of [
    [
      'throws',
      () => {
        throw new Error('mistake');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('mistake');
      },
    ],
    ['gives a number', () => 5],
    ['gives a promise of a number', async () => 5],
    ['gives 124 bytes', () => 'é'.repeat(62)],
    ['gives null', () => null],
  ] as [string, () => never][]) {
    test(`that ${title}: failed is told, the connection is closed, the others as well`, async () => {
      await using network = useNetwork();
      const failures: unknown[] = [];
      const { server, ended } = await crowd(network, 2, { failed: (error) => void failures.push(error) });
      const options: DrainOptions = { code: 1012, spread: 1_000, reason };
      const drained = server.drain(options);
      await network.advance(1_000);
      const { closed, terminated, codes } = await drained;
      assert.deepEqual({ closed, terminated, codes }, { closed: 2, terminated: 0, codes: { 1012: 2 } });
      assert.equal(ended.length, 2);
      assert.equal(failures.length, 2);
      if (title.startsWith('gives')) isError(failures[0], 'ERR_WS_OPTION', 'result of reason', '123 bytes');
    });
  }
});

test('bad options: nothing has been done', async () => {
  await using network = useNetwork();
  const { server } = await crowd(network, 1);
  for (const [options, ...parts] of [
    [{ spread: -1 }, 'spread is -1', 'milliseconds from 0'],
    [{ spread: '30s' }, 'spread is "30s"'],
    [{ spread: Number.NaN }, 'spread is NaN'],
    [{ spread: 2 ** 31 }, 'spread is 2147483648'],
    [{ order: 'first' }, 'order is "first"', 'newest, oldest, random'],
    [{ reason: 5 }, 'reason is 5', 'a function that returns one'],
    [{ code: 1006, spread: 10 }, '1006'],
    [{ jitter: 5 }, 'use spread'],
    [{ timeout: 5 }, 'use deadline'],
  ] as [DrainOptions, ...string[]][]) {
    const code = options.code === undefined ? 'ERR_WS_OPTION' : 'ERR_WS_SEND_CLOSE_CODE';
    await rejectsWith(server.drain(options), code, ...parts);
  }
  assert.equal(server.isDraining, false);
  assert.equal(server.connections.size, 1);
  await server.close();
  await network.settle();
});
