// Arguments that are not objects with options, and those that a call does not take: wrong receivers, callbacks that would
// never be called, options where a callback stands.

import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { localBus } from '../../src/bus/local/local-bus.ts';
import { workersBus } from '../../src/bus/workers/workers-bus.ts';
import {
  accept,
  type ClientConnection,
  connect,
  createServer,
  fileStore,
  memoryStore,
  refuse,
  type ServerConnection,
} from '../../src/engine/index.ts';
import { natsBus, natsStore } from '../../src/nats/index.ts';
import { createPresence } from '../../src/presence/index.ts';
import { redisBus, redisStore } from '../../src/redis/index.ts';
import { harmonyWebSocket as esbuildPlugin } from '../../src/register/esbuild.ts';
import { harmonyWebSocket as vitePlugin } from '../../src/register/vite.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { ScriptedDriver } from '../support/bus.ts';
import { isError } from '../support/expect.ts';
import { openHandles } from '../support/handles.ts';
import { socket } from './entries.ts';

after(() => socket.destroy());

/** What a call throws, or rejects with. */
async function refusal(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('receivers', () => {
  const server = createServer();
  const http = createHttpServer();
  const app = Object.assign(() => {}, { on() {}, listen() {} });
  const attached: readonly (readonly [name: string, value: unknown, ...parts: string[]])[] = [
    ['a port', 8080, 'argument of attach is 8080', 'server.listen({ port: 8080 })'],
    ['a path', '/chat', 'argument of attach is "/chat"'],
    ['nothing', undefined, 'argument of attach is undefined'],
    ['null', null, 'argument of attach is null'],
    ['an Express application', app, 'argument of attach is a function', 'app.listen()', 'http.createServer(app)'],
    ['an application with its server in it', { server: http, listen() {} }, 'app.server'],
    ['a Koa application', { on() {}, off() {}, listenerCount() {}, listen() {} }, 'an HTTP server of node:http'],
    ['options', { server: http }, 'argument of attach is { server }'],
    ['a server without HTTP', createNetServer(), 'this server does not speak HTTP'],
    ['a TLS server without HTTP', createTlsServer(), 'this server does not speak HTTP'],
  ];
  for (const [name, value, ...parts] of attached) {
    test(`attach(${name})`, async () => {
      isError(await refusal(() => server.attach(value as never)), 'ERR_WS_OPTION', 'expected an HTTP server', ...parts);
    });
  }
  test('attach takes the servers of node:http, node:https and node:http2', () => {
    for (const right of [http, createHttpsServer(), createHttp2Server() as never]) server.attach(right)();
  });
  test('attach(server, wrong path)', async () => {
    for (const path of ['ws', '', '/a?b', '/a#b', '/a b', '/a\x7f', '/café', 5, /x/, ['/a']]) {
      const error = await refusal(() => server.attach(http, { path: path as never }));
      isError(error, 'ERR_WS_OPTION', 'path is ', "a path that begins with /, without query, such as '/chat'");
    }
    isError(await refusal(() => server.attach(http, '/chat' as never)), 'ERR_WS_OPTION', "such as { path: '/chat' }");
    assert.equal(http.listenerCount('upgrade'), 0, 'nothing was attached');
  });
  test('createServer(httpServer)', async () => {
    for (const wrong of [http, createNetServer()]) {
      isError(await refusal(() => createServer(wrong as never)), 'ERR_WS_OPTION', 'server.attach(httpServer)');
    }
  });
  test('handleUpgrade with something else', async () => {
    const request = { method: 'GET', rawHeaders: [] };
    const calls: readonly (readonly [unknown[], string])[] = [
      [[], 'first argument of handleUpgrade is undefined'],
      [[socket, request, Buffer.alloc(0)], 'first argument of handleUpgrade is an object of class Socket'],
      [[{ method: 'GET' }, socket, Buffer.alloc(0)], 'first argument of handleUpgrade is { method }'],
      [[request], 'second argument of handleUpgrade is undefined'],
      [[request, socket], 'third argument of handleUpgrade is undefined'],
      [[request, socket, 'head'], 'third argument of handleUpgrade is "head"'],
      [[request, socket, Buffer.alloc(0), () => {}], 'argument with the options of handleUpgrade is a function'],
      [[request, socket, Buffer.alloc(0), { open() {} }], 'use opened'],
      [[request, socket, Buffer.alloc(0), {}, () => {}], 'a further argument of handleUpgrade is a function'],
    ];
    for (const [given, text] of calls) {
      const error = await refusal(() => (server.handleUpgrade as (...args: unknown[]) => void)(...given));
      isError(error, 'ERR_WS_OPTION', text);
    }
  });
});

describe('arguments that a call does not take', () => {
  const server = createServer();
  const f = (): void => {};
  const calls: readonly (readonly [name: string, call: (...args: unknown[]) => unknown, given: unknown[]])[] = [
    ['createServer', createServer as never, [{}, f]],
    ['connect', connect as never, ['ws://127.0.0.1:9/', undefined, { headers: {} }]],
    ['listen', (...args) => (server.listen as (...args: unknown[]) => unknown)(...args), [{ port: 0 }, f]],
    ['close', (...args) => (server.close as (...args: unknown[]) => unknown).apply(server, args), [f]],
    ['harmonyWebSocket', vitePlugin as never, [{}, { include: 'x' }]],
    ['harmonyWebSocket', esbuildPlugin as never, [{}, { include: 'x' }]],
  ];
  test('broadcast leaves nobody out', async () => {
    const call = () => server.broadcast('x', { except: 5 } as never);
    isError(await refusal(call), 'ERR_WS_OPTION', 'publish(topic, data, { except }) leaves one out');
  });
  for (const [name, call, given] of calls) {
    test(name, async () => {
      const before = openHandles();
      isError(
        await refusal(() => call(...given)),
        'ERR_WS_OPTION',
        `a further argument of ${name} is `,
        'expected none: ',
      );
      assert.deepEqual(openHandles(), before, 'nothing was opened');
    });
  }
});

for (const [tool, plugin] of [
  ['Vite', vitePlugin],
  ['esbuild', esbuildPlugin],
] as const) {
  test(`options of the plugin for ${tool}`, async () => {
    const refused = (options: object) => refusal(() => plugin(options as never));
    isError(await refused({ provid: {} }), 'ERR_WS_OPTION', 'provid ', 'did you mean provide?');
    assert.match(String(await refused({ provide: ['./a.ts'] })), /harmonyWebSocket: "provide" has a wrong value/);
    plugin({ provide: undefined } as never);
  });
}

test('an argument that is undefined is absent', () => {
  (createServer as (...args: unknown[]) => unknown)({}, undefined);
});

describe('refuse', () => {
  test('reason and headers', async () => {
    isError(await refusal(() => refuse(403, { body: 'no' } as never)), 'ERR_WS_OPTION', 'reason of refuse is { body }');
    isError(
      await refusal(() => refuse(403, 'no', 'X-A: 1' as never)),
      'ERR_WS_OPTION',
      'headers of refuse is a string',
    );
    isError(await refusal(() => refuse('403' as never)), 'ERR_WS_OPTION', 'status is "403"');
    isError(await refusal(() => refuse(302, 'moved', [['X-A', '1']])), 'ERR_WS_OPTION', 'a Location, with status 302');
    refuse(302, 'moved', new Headers({ location: 'ws://a.example/' }));
  });
});

describe('methods of a connection', () => {
  const misuses: readonly (readonly [string, (connection: ClientConnection | ServerConnection) => unknown, string])[] =
    [
      ['send with fin', (c) => c.send('x', { fin: false } as never), 'use sendFragment(data, { fin: false })'],
      ['send with null', (c) => c.send('x', null as never), 'second argument of send is null'],
      ['send with true', (c) => c.send('x', true as never), 'second argument of send is true'],
      [
        'sendFragment alone',
        (c) => c.sendFragment('x', undefined as never),
        'second argument of sendFragment is undefined',
      ],
      ['sendFragment with true', (c) => c.sendFragment('x', true as never), 'expected { fin: true } or { fin: false }'],
      ['sendFragment with final', (c) => c.sendFragment('x', { final: true } as never), 'sendFragment is { final }'],
      ['sendFragment with fin 1', (c) => c.sendFragment('x', { fin: 1 } as never), 'second argument of sendFragment'],
      ['sendFragment with more', (c) => c.sendFragment('x', { fin: true, mask: true } as never), 'a client masks'],
      [
        'sendFragment with options',
        (c) => c.sendFragment('x', { fin: true }, {} as never),
        'third argument of sendFragment',
      ],
      [
        'ping with a mask and a callback',
        (c) => (c.ping as (...args: unknown[]) => unknown)('x', true, () => {}),
        'a further argument of ping',
      ],
      [
        'pong with a mask',
        (c) => (c.pong as (...args: unknown[]) => unknown)('x', true),
        'second argument of pong is true',
      ],
      [
        'close with a callback',
        (c) => (c.close as (...args: unknown[]) => unknown).call(c, 1000, '', () => {}),
        'a further argument of close',
      ],
      ['close with a number', (c) => c.close(1000, 5 as never), 'close reason is 5; expected a string'],
      ['close with null', (c) => c.close(1000, null as never), 'close reason is null; expected a string'],
    ];
  test('throw at the call, and nothing is sent', async () => {
    await using network = useNetwork();
    const seen: unknown[] = [];
    const server = createServer({
      open(connection) {
        for (const [, misuse, text] of misuses) {
          assert.throws(
            () => misuse(connection),
            (error) => !!isError(error, 'ERR_WS_OPTION', text),
          );
        }
        assert.throws(() => (connection.publish as (...args: unknown[]) => void)('topic', 'x', {}), {
          code: 'ERR_WS_OPTION',
        });
        assert.throws(() => connection.unsubscribe(5 as never), { code: 'ERR_WS_TOPIC' });
        assert.throws(() => (connection.subscribe as (...args: unknown[]) => void)('topic', () => {}), {
          code: 'ERR_WS_OPTION',
        });
      },
      message: (_connection, data) => void seen.push(data),
    });
    const { port } = await server.listen();
    const client = await connect(`ws://127.0.0.1:${port}/`, {
      handlers: { message: (_c, data) => void seen.push(data) },
    });
    for (const [, misuse, text] of misuses) {
      assert.throws(
        () => misuse(client),
        (error) => !!isError(error, 'ERR_WS_OPTION', text),
      );
    }
    assert.ok(client.isOpen);
    client.send('end', undefined);
    client.sendFragment('1', Object.create({ fin: false }) as { fin: boolean });
    client.sendFragment('2', { fin: true }, () => {});
    await network.settle();
    assert.deepEqual(seen, ['end', '12']);
    await server.close();
  });
});

test('accept and refuse take no more than they say', async () => {
  const more = { accept, refuse } as Record<string, (...values: unknown[]) => unknown>;
  isError(await refusal(() => more.accept?.({}, 'chat')), 'ERR_WS_OPTION', 'a further argument of accept is "chat"');
  isError(
    await refusal(() => more.refuse?.(401, 'no', {}, 'body')),
    'ERR_WS_OPTION',
    'a further argument of refuse is "body"',
  );
});

test('buses, stores and presence have all options in their first argument', async () => {
  const more: Record<string, (...values: unknown[]) => unknown> = {
    ...({ createBus, createPublisher, createPresence, fileStore, localBus, memoryStore } as object),
    ...({ natsBus, natsStore, redisBus, redisStore, workersBus } as object),
  };
  const first: Record<string, unknown> = {
    createBus: new ScriptedDriver(),
    createPublisher: { bus: localBus() },
    createPresence: createServer(),
    fileStore: { directory: './never-made' },
    localBus: 'chat',
    natsBus: 'nats://127.0.0.1:4222',
    natsStore: 'nats://127.0.0.1:4222',
    redisBus: 'redis://127.0.0.1:6379',
    redisStore: 'redis://127.0.0.1:6379',
  };
  for (const [name, call] of Object.entries(more)) {
    // What `redisBus(url, { prefix })` did: it used the default, and two systems met.
    const wrong = await refusal(() => call(first[name], undefined, { prefix: 'chat' }));
    isError(wrong, 'ERR_WS_OPTION', `a further argument of ${name} is { prefix }`);
    if (name === 'createBus' || name === 'createPresence') continue;
    isError(
      await refusal(() => call(first[name], { prefix: 'chat' })),
      'ERR_WS_OPTION',
      `a further argument of ${name}`,
    );
  }
});

test('createPresence needs a server', async () => {
  const presence = createPresence as unknown as (server: unknown) => unknown;
  for (const wrong of [undefined, null, 5, {}, { bus: localBus() }]) {
    isError(
      await refusal(() => presence(wrong)),
      'ERR_WS_OPTION',
      'first argument of createPresence is',
      'createServer()',
    );
  }
});

test('a misspelt password, and credentials in the place of their path, are not shown', async () => {
  const wrong: readonly (() => unknown)[] = [
    () => natsBus({ pas: 'hunter2' } as never),
    () => natsBus({ tokn: 'hunter2' } as never),
    () => natsBus({ cred: 'hunter2' } as never),
    () => natsBus({ creds: '-----BEGIN NATS USER JWT-----\nhunter2\n' }),
    () => natsStore({ creds: 'eyJ0eXAiOiJKV1QifQ.hunter2.x' }),
  ];
  for (const call of wrong) {
    const error = await refusal(call);
    isError(error, 'ERR_WS_OPTION', 'a string of ');
    assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /hunter2/);
  }
});
