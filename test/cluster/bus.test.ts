// The servers of workers as one system: topics, single connections, counts; and a bus to other machines, of which the primary
// process has the one connection.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BusEvents, createBus, localBus, workersBus } from 'harmony-websocket/bus';
import { createServer } from 'harmony-websocket/engine';
import { CHILD_PATIENCE } from '../support/command.ts';
import { unhandledRejections } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { until } from '../support/until.ts';
import { type Guest, guests, start } from './clusters.ts';

const within = (body: Parameters<typeof leavingNothing>[0]) => leavingNothing(body, 2 * CHILD_PATIENCE);

/** Asks, and returns the answer. Messages that are published meanwhile are passed over. */
async function ask(guest: Guest, question: string): Promise<string> {
  const [verb = ''] = question.split(' ');
  guest.connection.send(question);
  for (;;) {
    const answer = await guest.messages.next();
    if (answer.startsWith(verb) || (verb === 'publish' && answer.startsWith('published'))) return answer;
    if (verb === 'send' && answer.startsWith('sent')) return answer;
  }
}

/** Publishes from one until the other hears it: the nodes know each other. */
async function joined(from: Guest, to: Guest): Promise<void> {
  let isHeard = false;
  const heard = (async () => {
    while ((await to.messages.next()) !== 'hello') {
      // Something of before.
    }
    isHeard = true;
  })();
  while (!isHeard) {
    await ask(from, 'publish hello');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await heard;
}

async function pair(scope: Scope, options: Parameters<typeof start>[1] = {}) {
  const started = await start(scope, options);
  const [one, other] = await guests(scope, started);
  assert.ok(one !== undefined && other !== undefined);
  return { ...started, one, other };
}

describe('the bus of workers', () => {
  test(
    'publish reaches subscribers of all workers once and in order; sendTo and count reach all connections',
    within(async (scope) => {
      const { cluster, one, other } = await pair(scope);
      await joined(one, other);
      const sent = Array.from({ length: 200 }, (_, at) => `message ${at}`);
      for (const text of sent) one.connection.send(`publish ${text}`);
      const heard: string[] = [];
      while (heard.length < sent.length) {
        const text = await other.messages.next();
        if (text.startsWith('message ')) heard.push(text);
      }
      assert.deepEqual(heard, sent);

      const id = (await ask(other, 'id')).slice('id '.length);
      assert.match(id, /^worker-[12]-\w+\/\d+$/u);
      assert.equal(await ask(one, `send ${id}`), 'sent true');
      for (;;) if ((await other.messages.next()) === 'privately') break;
      const { connections } = await cluster.metrics();
      assert.equal(await ask(one, 'count'), `count ${connections.open}`);
    }),
  );

  test(
    'a driver that breaks its promises does not end the first process; workers have the name of the machine',
    within(async (scope) => {
      const uncaught = unhandledRejections(scope);
      const told: string[] = [];
      const fail = (what: string) => async (): Promise<never> => {
        throw new Error(`${what} at redis://user:hunter2@h`);
      };
      const driver = {
        name: 'broken',
        address: 'broken:',
        maxPayload: 2 ** 20,
        payloadBound: 'the test',
        async open(events: BusEvents) {
          events.ready();
          events.message('hws.n', undefined as never);
          events.trouble('no error' as never);
        },
        publish: fail('publish') as never,
        subscribe: fail('subscribe'),
        unsubscribe: fail('unsubscribe') as never,
        flush: fail('flush'),
        close: fail('close'),
      };
      const failed = ({ code, message }: Error & { code: string }): number => told.push(`${code} ${message}`);
      const { one, cluster } = await pair(scope, { bus: createBus(driver, { node: 'berlin', failed }) });
      assert.match(await ask(one, 'id'), /^id berlin-worker-[12]-/u);
      await ask(one, 'publish hello');
      for (const what of ['publish', 'subscribe', 'no error']) {
        await until(what, () => told.some((line) => line.startsWith('ERR_WS_BUS_TROUBLE') && line.includes(what)));
      }
      await cluster.close();
      assert.deepEqual(uncaught.rest, []);
      assert.doesNotMatch(told.join(), /hunter2/u);
    }),
  );

  test(
    'with a bus to others, the primary has the one connection: messages go both ways, and none comes twice',
    within(async (scope) => {
      const told: string[] = [];
      const { one, other } = await pair(scope, {
        bus: localBus({ name: 'outside', prefix: 'chat', ready: () => told.push('ready') }),
      });
      const outside = createServer({ bus: localBus({ name: 'outside', prefix: 'chat' }) });
      scope.defer(() => outside.close());
      await outside.listen({ host: '127.0.0.1' });
      await joined(one, other);
      // Now and then, until the subscriptions of the workers have reached it.
      while (outside.nodes().length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
      let isHeard = false;
      const heard = (async () => {
        for (const guest of [one, other]) while ((await guest.messages.next()) !== 'from outside');
        isHeard = true;
      })();
      while (!isHeard) {
        outside.publish('room', 'from outside');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await heard;
      one.connection.send('publish once');
      one.connection.send('publish end');
      const after: string[] = [];
      while (after.at(-1) !== 'end') after.push(await other.messages.next());
      assert.equal(after.filter((text) => text === 'once').length, 1);
      const { count, missing } = await outside.count();
      assert.deepEqual(missing, []);
      assert.ok(count >= 2);
      assert.deepEqual(told, ['ready']);
    }),
  );

  test('workersBus() in another process says where it belongs', () => {
    assert.throws(() => workersBus(), {
      code: 'ERR_WS_NO_CLUSTER',
      message: /this process is not one; use localBus\(\)/u,
    });
  });
});
