// Messages that are sent while no connection is open: kept in order and within bounds, refused, dropped or given back, and
// never lost in silence.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, test } from 'node:test';
import { ClientOutbox, waitingMessage } from '../../../src/client/reconnect/outbox.ts';
import { connect, createServer, type UnsentMessage } from '../../../src/engine/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { leavingNothing, turn } from '../../support/handles.ts';
import { begin } from './rig.ts';

type Told = string[];

function add(outbox: ClientOutbox, text: string, told: Told): boolean {
  return outbox.add(waitingMessage(text, undefined, (error) => told.push(`${text}: ${error?.message ?? 'sent'}`)));
}

function texts(messages: readonly UnsentMessage[]): unknown[] {
  return messages.map(({ data }) => data);
}

describe('the outbox', () => {
  test('refuses what exceeds the number of messages, and says which bound', () => {
    const outbox = new ClientOutbox({ maxMessages: 2 });
    const told: Told = [];
    assert.deepEqual(
      ['a', 'b', 'c'].map((text) => add(outbox, text, told)),
      [true, true, false],
    );
    assert.match(told.join(), /^c: message was not sent: 2 messages wait \(outbox\.maxMessages\)/);
    assert.deepEqual(texts(outbox.giveBack('the end')), ['a', 'b']);
    assert.equal(told.length, 3);
    assert.equal(outbox.bytes, 0);
    assert.equal(outbox.length, 0);
  });
  test('refuses what exceeds the bytes, counted as UTF-8', () => {
    const outbox = new ClientOutbox({ maxBytes: 6 });
    const told: Told = [];
    assert.ok(add(outbox, '€', told));
    assert.equal(outbox.bytes, 3);
    assert.equal(add(outbox, '€€', told), false);
    assert.ok(add(outbox, 'abc', told));
    assert.match(told.join(), /its 6 bytes and the 3 that wait exceed outbox\.maxBytes \(6\)/);
  });
  test('with drop-oldest makes room, but not for what is too large by itself', () => {
    const outbox = new ClientOutbox({ maxBytes: 4, policy: 'drop-oldest' });
    const told: Told = [];
    for (const text of ['aa', 'bb', 'cc']) assert.ok(add(outbox, text, told));
    assert.equal(add(outbox, 'ddddd', told), false);
    assert.deepEqual(
      told.map((line) => line.slice(0, 2)),
      ['aa', 'dd'].map((text) => text.slice(0, 2)),
    );
    assert.deepEqual(texts(outbox.giveBack('the end')), ['bb', 'cc']);
  });
  test('of no size takes nothing, with either policy', () => {
    for (const settings of [
      false as const,
      { maxMessages: 0 },
      { maxMessages: 0, policy: 'drop-oldest' as const },
      { maxBytes: 0 },
    ]) {
      const told: Told = [];
      assert.equal(add(new ClientOutbox(settings), 'a', told), false);
      assert.equal(told.length, 1);
    }
  });
  test('keeps the order of very many', () => {
    const outbox = new ClientOutbox({ maxMessages: 10 });
    const seen: unknown[] = [];
    for (let count = 0; count < 1000; count++) {
      add(outbox, String(count), []);
      if (outbox.length === 10) seen.push(outbox.take()?.data);
    }
    assert.deepEqual(
      [...seen, ...texts(outbox.giveBack(''))],
      Array.from({ length: 1000 }, (_, index) => String(index)),
    );
  });
  test('copies bytes, and refuses what cannot be sent at the call', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const message = waitingMessage(bytes, undefined, undefined);
    bytes.fill(9);
    assert.deepEqual(message.data, Buffer.from([1, 2, 3]));
    assert.equal(waitingMessage('x', { binary: true }, undefined).isBinary, true);
    assert.throws(() => waitingMessage(5 as never, undefined, undefined), { code: 'ERR_WS_DATA_TYPE' });
    assert.throws(() => waitingMessage(new Uint8Array([255]), { binary: false }, undefined), {
      code: 'ERR_WS_SEND_UTF8',
    });
  });
});

describe('send', () => {
  test(
    'before the first connection: the open handler goes first, then the waiting messages, then later ones',
    leavingNothing(async (scope) => {
      const network = useNetwork();
      scope.defer(() => network.uninstall());
      const seen: string[] = [];
      const server = createServer({
        message: (_connection, data, isBinary) => void seen.push(`${data}${isBinary ? '!' : ''}`),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen();
      const sent: string[] = [];
      const { client } = begin(scope, `ws://127.0.0.1:${port}/`, {
        handlers: {
          open(connection) {
            connection.send('hello');
            client.send('login');
          },
        },
      });
      assert.equal(
        client.send('1', () => sent.push('1')),
        true,
      );
      assert.equal(
        client.send(Buffer.from('2'), undefined, () => sent.push('2')),
        true,
      );
      assert.equal(client.send('3', { binary: true }), true);
      assert.equal(client.waitingMessages, 3);
      assert.equal(client.bufferedAmount, 3);
      assert.throws(() => client.send('x', { fin: true } as never), { code: 'ERR_WS_OPTION' });
      assert.throws(() => client.send('x', undefined, 5 as never), { code: 'ERR_WS_OPTION' });
      await client.opened();
      client.send('4');
      await network.settle();
      assert.deepEqual(seen, ['hello', 'login', '1', '2!', '3!', '4']);
      assert.deepEqual(sent, ['1', '2']);
      assert.equal(client.waitingMessages, 0);
    }),
  );
  test(
    'while away: more than a connection takes at once leaves in order, and nothing is dropped',
    leavingNothing(async (scope) => {
      const network = useNetwork();
      scope.defer(() => network.uninstall());
      const seen: number[] = [];
      const server = createServer({ message: (_connection, data) => void seen.push((data as Buffer).readUInt32BE(0)) });
      scope.defer(() => server.close());
      const { port } = await server.listen();
      const { client, log } = begin(scope, `ws://127.0.0.1:${port}/`, {
        reconnect: { outbox: { maxBytes: 64 * 1024 * 1024, maxMessages: 10_000 } },
        limits: { maxQueuedBytes: 2 * 1024 * 1024 },
        slowConsumer: 'close',
      });
      const message = Buffer.alloc(64 * 1024);
      for (let count = 0; count < 500; count++) {
        message.writeUInt32BE(count);
        assert.ok(client.send(message));
        if (count === 250) await client.opened();
      }
      await network.settle();
      await network.settle();
      assert.deepEqual(
        seen,
        Array.from({ length: 500 }, (_, index) => index),
      );
      assert.deepEqual(log, ['connecting 1', 'open']);
    }),
  );
  test(
    'its callback runs once, later, in the context of the call; what it throws goes to failed',
    leavingNothing(async (scope) => {
      const network = useNetwork();
      scope.defer(() => network.uninstall());
      const storage = new AsyncLocalStorage<string>();
      const told: unknown[] = [];
      const client = storage.run('connect', () =>
        connect('ws://127.0.0.1:9/', {
          reconnect: { outbox: false },
          handlers: {
            failed: (error) => void told.push(`failed ${(error as Error).message} ${storage.getStore()}`),
            waiting: () => void told.push(`waiting ${storage.getStore()}`),
          },
        }),
      );
      scope.defer(() => client.terminate());
      storage.run('send', () => {
        const taken = client.send('x', (error) => {
          told.push(`${error?.code} ${storage.getStore()}`);
          throw new Error('oh');
        });
        assert.equal(taken, false);
      });
      assert.deepEqual(told, []);
      await turn();
      await network.settle();
      assert.deepEqual(told.slice(0, 2), ['ERR_WS_DROPPED send', 'failed oh send']);
      assert.equal(told[2], 'waiting connect');
    }),
  );
});
