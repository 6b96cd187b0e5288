// The channels of node:diagnostics_channel: what is published, to subscribers that come at any time.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, type TestContext, test } from 'node:test';
import { NO_OBSERVERS } from '../../src/core/observer.ts';
import { connect, createServer } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';

/** Closes a server at the end of a block. */
const closing = (server: { close(): Promise<void> }): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => server.close(),
});

interface Published {
  readonly channel: string;
  // biome-ignore lint/suspicious/noExplicitAny: of any channel
  readonly message: any;
}

const NAMES = [
  'handshake:start',
  'handshake:end',
  'handshake:error',
  'open',
  'message',
  'ping',
  'pong',
  'drain',
  'error',
  'close',
];

/** Subscribes to channels for the time of a test. */
function listen(context: TestContext, names: readonly string[] = NAMES): Published[] {
  const published: Published[] = [];
  for (const name of names) {
    const channel = `harmony-websocket:${name}`;
    const subscriber = (message: unknown): void => void published.push({ channel: name, message });
    subscribe(channel, subscriber);
    context.after(() => void unsubscribe(channel, subscriber));
  }
  return published;
}

describe('channels', () => {
  test('the life of a connection, of both ends', async (context) => {
    await using network = useNetwork();
    const published = listen(context);
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    await using _ = closing(server);
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/chat?room=1`);
    client.send('hello');
    client.ping('?');
    await network.settle();
    const [atServer] = server.connections;
    await client.close(1000, 'bye');
    await network.settle();

    const of = (connection: unknown) => published.filter(({ message }) => message.connection === connection);
    const names = (list: readonly Published[]) =>
      list.map(({ channel, message }) => `${channel}${message.direction === undefined ? '' : ` ${message.direction}`}`);
    assert.deepEqual(names(of(atServer)), [
      'handshake:end',
      'open',
      'message received',
      'message sent',
      'ping received',
      'pong sent',
      'close',
    ]);
    assert.deepEqual(names(of(client)), [
      'handshake:end',
      'open',
      'message sent',
      'ping sent',
      'message received',
      'pong received',
      'close',
    ]);
    const [start, ...starts] = published.filter(({ channel }) => channel === 'handshake:start');
    assert.equal(starts.length, 1);
    assert.equal(start?.message.request.role, 'client');
    const end = of(atServer).find(({ channel }) => channel === 'handshake:end');
    assert.equal(end?.message.request, starts[0]?.message.request, 'one object for one handshake');
    assert.equal(end?.message.request.url, '/chat?room=1');
    assert.deepEqual(end?.message.rawHeaders.slice(0, 5), [
      'Upgrade',
      'websocket',
      'Connection',
      'Upgrade',
      'Sec-WebSocket-Accept',
    ]);
    const received = of(atServer).find(({ channel }) => channel === 'message');
    assert.deepEqual(
      { ...received?.message, connection: 0 },
      { connection: 0, direction: 'received', data: 'hello', isBinary: false },
    );
    const ping = of(atServer).find(({ channel }) => channel === 'ping');
    assert.equal(Buffer.from(ping?.message.payload).toString(), '?');
    const close = of(client).at(-1)?.message;
    assert.deepEqual([close.code, close.reason, close.wasClean], [1000, 'bye', true]);
  });

  test('handshakes that lead to nothing, and a connection that fails', async (context) => {
    await using network = useNetwork();
    const published = listen(context, ['handshake:error', 'error']);
    const server = createServer({ allowedOrigins: ['https://good.example'], limits: { maxMessageSize: 10 } });
    await using _ = closing(server);
    const { port } = await server.listen();
    await connect(`ws://localhost:${port}/`, { headers: { Origin: 'https://bad.example' } }).catch(() => {});
    const client = await connect(`ws://localhost:${port}/`);
    client.send('more than ten bytes');
    await network.settle();
    assert.deepEqual(
      published.map(({ channel, message }) => [channel, message.request?.role ?? '', message.error.code]).sort(),
      [
        ['error', '', 'ERR_WS_LOST'],
        ['error', '', 'ERR_WS_MESSAGE_TOO_LARGE'],
        ['handshake:error', 'client', 'ERR_WS_REFUSED'],
        ['handshake:error', 'server', 'ERR_WS_REQUEST_ORIGIN'],
      ].filter(([, , code]) => published.some(({ message }) => message.error.code === code)),
    );
    assert.ok(published.length >= 3);
  });

  test('a subscriber that comes when connections are open is served, and none after it has gone', async (context) => {
    await using network = useNetwork();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    await using _ = closing(server);
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`);
    assert.deepEqual(
      [NO_OBSERVERS.wantsMessages, NO_OBSERVERS.wantsFrames, NO_OBSERVERS.isEmpty],
      [false, false, true],
    );

    const published: unknown[] = [];
    const subscriber = (message: unknown): void => void published.push(message);
    subscribe('harmony-websocket:message', subscriber);
    assert.deepEqual([NO_OBSERVERS.wantsMessages, NO_OBSERVERS.wantsFrames], [true, false], 'only what is wanted');
    client.send('hello');
    await network.settle();
    assert.equal(published.length, 4, 'sent and received by both ends');

    unsubscribe('harmony-websocket:message', subscriber);
    assert.ok(NO_OBSERVERS.isEmpty);
    client.send('again');
    await network.settle();
    assert.equal(published.length, 4);
    client.terminate();
    await network.settle();
    void context;
  });

  test('servers that come later are served as well', async (context) => {
    await using network = useNetwork();
    const published = listen(context, ['open']);
    const server = createServer({ observer: {} });
    await using _ = closing(server);
    const { port } = await server.listen();
    await connect(`ws://localhost:${port}/`, { observer: {} });
    await network.settle();
    assert.equal(published.length, 2);
  });

  test('a subscriber that throws does not disturb a connection', async () => {
    await using network = useNetwork();
    const uncaught: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    const throwing = (): never => {
      throw new Error('subscriber');
    };
    subscribe('harmony-websocket:message', throwing);
    try {
      const server = createServer({ message: (connection, data) => void connection.send(data) });
      await using _ = closing(server);
      const { port } = await server.listen();
      const client = await connect(`ws://localhost:${port}/`);
      client.send('hello');
      assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hello');
      await network.settle();
    } finally {
      unsubscribe('harmony-websocket:message', throwing);
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    assert.equal(uncaught.length, 4);
  });
});
