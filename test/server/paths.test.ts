// `createServer({ paths })`: which path a request target has, what its handlers and settings are, and what is refused.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { accept, connect, createServer, refuse, type Server, type WebSocketError } from '../../src/engine/index.ts';
import { Routes } from '../../src/server/routes.ts';
import { open, serverCertificate } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

/** The path that is found, and the parameters. */
function found(paths: readonly string[], target: string): string {
  const routes = new Routes(Object.fromEntries(paths.map((path) => [path, path])));
  const path = routes.find(target);
  return path === undefined ? '-' : [path, ...Object.entries(routes.paramsOf(target)).flat()].join(' ');
}

describe('which path a target has', () => {
  const paths = [
    '/chat/:room',
    '/chat/lobby',
    '/:any/lobby',
    '/',
    '/chat',
    '/:a/:b/:c',
    '/x/:b/:c',
    '/a%20b',
    '/caf%C3%A9',
    '/%2F',
  ];
  const table: readonly (readonly [target: string, expected: string])[] = [
    ['/chat/tea', '/chat/:room room tea'],
    ['/chat/tea?x=/chat/lobby', '/chat/:room room tea'],
    ['/chat/lobby', '/chat/lobby'],
    ['/x/lobby', '/:any/lobby any x'],
    ['/', '/'],
    ['/?x', '/'],
    ['http://server.example/chat/tea', '/chat/:room room tea'],
    ['http://server.example', '/'],
    ['/chat', '/chat'],
    ['/1/2/3', '/:a/:b/:c a 1 b 2 c 3'],
    ['/x/2/3', '/x/:b/:c b 2 c 3'],
    // Decoded once, each segment for itself.
    ['/chat/a%2Fb', '/chat/:room room a/b'],
    ['/chat/%252F', '/chat/:room room %2F'],
    ['/chat/caf%C3%A9', '/chat/:room room café'],
    ['/ch%61t/tea', '/chat/:room room tea'],
    ['/chat/l%6Fbby', '/chat/lobby'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/%2F', '/%2F'],
    ['/chat%2Ftea', '-'],
    ['/chat/a+b', '/chat/:room room a+b'],
    // Nothing else is made of it.
    ['/chat/..', '/chat/:room room ..'],
    ['/chat/%2e%2e', '/chat/:room room ..'],
    ['/chat/../chat', '/:a/:b/:c a chat b .. c chat'],
    ['/chat/a;b=c', '/chat/:room room a;b=c'],
    ['/Chat/tea', '-'],
    ['/chat/', '-'],
    ['//', '-'],
    ['/chat//', '-'],
    ['/chat/tea/', '-'],
    ['//chat/tea', '-'],
    ['/chat/%', '-'],
    ['/chat/%zz', '-'],
    ['/chat/%ff', '-'],
    ['/chat/%00', '/chat/:room room \0'],
    ['chat/tea', '-'],
    ['*', '-'],
    ['', '-'],
    ['/1/2/3/4', '-'],
    [`/${'/'.repeat(60_000)}`, '-'],
    [`/chat/${'%41'.repeat(20_000)}`, `/chat/:room room ${'A'.repeat(20_000)}`],
  ];
  for (const [target, expected] of table) {
    test(target.slice(0, 40), () => assert.equal(found(paths, target), expected));
  }
  test('whatever the order in which they are given', () => {
    for (const [target, expected] of table) assert.equal(found([...paths].reverse(), target), expected, target);
  });
  test('parameters with names of an object’s own', () => {
    assert.equal(found(['/:constructor/:toString'], '/a/b'), '/:constructor/:toString constructor a toString b');
  });
});

describe('paths that are refused by createServer', () => {
  const table: readonly (readonly [paths: unknown, ...parts: string[]])[] = [
    [{ chat: {} }, 'paths is "chat"', 'begins with another character'],
    [{ '/chat?x': {} }, 'it has a ? or a #'],
    [{ '/chat#x': {} }, 'it has a ? or a #'],
    [{ '/chat/:': {} }, ': is not the name of a parameter'],
    [{ '/chat/:1st': {} }, ':1st is not the name of a parameter'],
    [{ '/chat/:a-b': {} }, ':a-b is not the name'],
    [{ '/:__proto__': {} }, ':__proto__ is not the name'],
    [{ '/:room/:room': {} }, ':room is there twice'],
    [{ '/chat/x:room': {} }, 'has a : or a * inside'],
    [{ '/chat/*': {} }, 'has a : or a * inside'],
    [{ '/chat/%zz': {} }, '%zz has a % that encodes nothing'],
    [{ '/a b': {} }, 'white space'],
    [{ '/chat/:a': {}, '/chat/:b': {} }, 'paths is "/chat/:b"', 'each path once: /chat/:a takes the same ones'],
    [{ '/caf%C3%A9': {}, '/café': {} }, 'each path once'],
    [{}, 'an object of paths such as'],
    [[], 'an object of paths such as'],
    ['/chat', 'an object of paths such as'],
    [{ '/chat': { colour: 5 } }, 'paths["/chat"].colour (5) is not an option'],
    [{ '/chat': { message: 5 } }, 'paths["/chat"].message is 5'],
    [{ '/chat': { limits: { maxConnections: 5 } } }, 'paths["/chat"].limits.maxConnections'],
    [{ '/chat': { handshakeTimeout: 5 } }, 'the path is not known before the head'],
    [{ '/chat': () => {} }, 'paths["/chat"]'],
  ];
  for (const [paths, ...parts] of table) {
    test(JSON.stringify(paths), () => {
      assert.throws(
        () => createServer({ paths } as never),
        (error: WebSocketError) => {
          assert.equal(error.code, 'ERR_WS_OPTION');
          for (const part of parts) assert.ok(error.message.includes(part), `${error.message} lacks ${part}`);
          return true;
        },
      );
    });
  }
});

/** Has a server listen. */
async function url(scope: Scope, server: Server): Promise<{ base: string; port: number }> {
  scope.defer(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1' });
  return { base: `ws://127.0.0.1:${port}`, port };
}

describe('handlers and settings of a path', () => {
  test('its own come first, those that it lacks are the server’s', () =>
    leavingNothing(async (scope) => {
      const told = new Inbox<string>();
      const server = createServer({
        paths: {
          '/chat/:room': {
            open: (connection) => void told.push(`chat opens ${connection.params.room}`),
            message: (connection, data) => void connection.send(`${connection.params.room}: ${data}`),
          },
          '/plain': {},
        },
        open: ({ url: target }) => void told.push(`opens ${target}`),
        message: (connection, data) => void connection.send(`${data} at ${connection.url}`),
        close: ({ url: target }) => void told.push(`closes ${target}`),
      });
      const { base } = await url(scope, server);
      for (const [path, opening, answer] of [
        ['/chat/tea?x', 'chat opens tea', 'tea: hi'],
        ['/plain', 'opens /plain', 'hi at /plain'],
      ] as const) {
        const client = await open(scope, base + path);
        assert.equal(await told.next(), opening);
        client.send('hi');
        assert.equal((await client[Symbol.asyncIterator]().next()).value, answer);
        await client.close();
        assert.equal(await told.next(), `closes ${path}`);
      }
    })());

  test('upgrade: with its parameters, instead of the server’s; the context goes along', () =>
    leavingNothing(async (scope) => {
      const server = createServer<{ user: string }, '/users/:name/:id' | '/open'>({
        paths: {
          '/users/:name/:id': {
            upgrade: ({ params }) =>
              params.id === '7' ? accept({ context: { user: params.name } }) : refuse(403, 'not you'),
            message: (connection) => void connection.send(connection.context.user),
          },
          '/open': { message: (connection) => void connection.send(connection.context.user) },
        },
        upgrade: () => accept({ context: { user: 'nobody' } }),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1' });
      const base = `ws://127.0.0.1:${port}`;
      for (const [path, user] of [
        ['/users/ann/7', 'ann'],
        ['/open', 'nobody'],
      ] as const) {
        const client = await open(scope, base + path);
        client.send('who');
        assert.equal((await client[Symbol.asyncIterator]().next()).value, user);
      }
      const error = await rejectsWith(connect(`${base}/users/ann/8`), 'ERR_WS_REFUSED', 'not you');
      assert.equal(error.status, 403);
    })());

  test('settings: subprotocols, origins, limits each for itself, compression', () =>
    leavingNothing(async (scope) => {
      const server = createServer({
        limits: { maxMessageSize: 10, maxFragments: 7 },
        subprotocols: ['server.v1'],
        paths: {
          '/small': {},
          '/large': {
            limits: { maxMessageSize: 100_000 },
            subprotocols: 'large.v1',
            compression: true,
            allowedOrigins: ['https://a.example'],
          },
        },
        message: (connection, data) => void connection.send(data),
      });
      const { base } = await url(scope, server);
      const offers = { subprotocols: ['large.v1', 'server.v1'], compression: true };
      const small = await open(scope, `${base}/small`, offers);
      assert.equal(small.subprotocol, 'server.v1');
      small.send('x'.repeat(11));
      assert.equal((await small.closed).code, 1009);
      const large = await open(scope, `${base}/large`, { ...offers, limits: { maxMessageSize: 100_000 } });
      assert.equal(large.subprotocol, 'large.v1');
      large.send('x'.repeat(50_000));
      assert.equal(String((await large[Symbol.asyncIterator]().next()).value).length, 50_000);
      await rejectsWith(
        connect(`${base}/large`, { headers: { Origin: 'https://b.example' } }),
        'ERR_WS_REFUSED',
        'allowedOrigins',
      );
      await open(scope, `${base}/small`, { headers: { Origin: 'https://b.example' } });
    })());

  test('handlers are called with their own object as this; it may be an instance of a class', () =>
    leavingNothing(async (scope) => {
      class Room {
        readonly greeting = 'hello';
        open(connection: { send(data: string): unknown }): void {
          connection.send(this.greeting);
        }
      }
      const server = createServer({ paths: { '/room': new Room() } });
      const { base } = await url(scope, server);
      const client = await open(scope, `${base}/room`);
      assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hello');
    })());

  test('what a handler throws goes to failed of its path, or of the server', () =>
    leavingNothing(async (scope) => {
      const failures = new Inbox<string>();
      const message = (): never => {
        throw new Error('mistake');
      };
      const server = createServer({
        failed: () => void failures.push('server'),
        paths: { '/a': { message, failed: () => void failures.push('path') }, '/b': { message } },
      });
      const { base } = await url(scope, server);
      for (const [path, expected] of [
        ['/a', 'path'],
        ['/b', 'server'],
      ] as const) {
        const client = await open(scope, base + path);
        client.send('hi');
        assert.equal((await client.closed).code, 1011);
        assert.equal(await failures.next(), expected);
      }
    })());

  test('topics and broadcasts reach the connections of all paths; bounds are those of the server', () =>
    leavingNothing(async (scope) => {
      const server = createServer({
        limits: { maxConnections: 2 },
        paths: {
          '/a': { open: (connection) => void connection.subscribe('t') },
          '/:b': { open: (connection) => void connection.subscribe('t') },
        },
      });
      const { base } = await url(scope, server);
      const clients = [await open(scope, `${base}/a`), await open(scope, `${base}/x`)];
      assert.equal(server.publish('t', 'news'), 2);
      assert.equal(server.broadcast('all'), 2);
      for (const client of clients) {
        const messages = client[Symbol.asyncIterator]();
        assert.deepEqual([(await messages.next()).value, (await messages.next()).value], ['news', 'all']);
      }
      await rejectsWith(connect(`${base}/a`), 'ERR_WS_REFUSED', 'maxConnections');
      assert.deepEqual(
        [...server.connections].map(({ params }) => params),
        [{}, { b: 'x' }],
      );
    })());
});

describe('other paths', () => {
  async function answer(scope: Scope, port: number, path: string): Promise<string> {
    const peer = await connectRaw(scope, port);
    peer.write(upgradeRequest({}, path));
    const all = (await peer.readToEnd()).toString();
    await peer.gone();
    return all;
  }

  test('404, with the paths that there are; `refused` gets ERR_WS_REQUEST_PATH', () =>
    leavingNothing(async (scope) => {
      const refused = new Inbox<WebSocketError>();
      const server = createServer({
        paths: { '/chat/:room': {}, '/news': {} },
        refused: (_, error) => void refused.push(error),
      });
      const { port } = await url(scope, server);
      for (const path of ['/chat', '/chat/%zz', '/News', '/chat/../news/x']) {
        assert.match(
          await answer(scope, port, path),
          /^HTTP\/1\.1 404 Not Found\r\n.*one of its paths \(\/chat\/:room, \/news\), or add it to them\n$/s,
        );
        assert.equal((await refused.next()).code, 'ERR_WS_REQUEST_PATH');
      }
    })());

  test('with NODE_ENV=production the client is not told which there are', () =>
    leavingNothing(async (scope) => {
      const before = process.env.NODE_ENV;
      scope.defer(() => {
        if (before === undefined) delete process.env.NODE_ENV;
        else process.env.NODE_ENV = before;
      });
      process.env.NODE_ENV = 'production';
      const refused = new Inbox<WebSocketError>();
      const server = createServer({ paths: { '/secret-admin': {} }, refused: (_, error) => void refused.push(error) });
      const { port } = await url(scope, server);
      const text = await answer(scope, port, '/x');
      assert.match(text, /^HTTP\/1\.1 404 Not Found\r\n.*\r\n\r\nnot found\n$/s);
      assert.ok(!text.includes('secret'));
      assert.match((await refused.next()).message, /secret-admin/);
    })());

  test('a bad handshake is refused as one, on any path', () =>
    leavingNothing(async (scope) => {
      const server = createServer({ paths: { '/a': {} } });
      const { port } = await url(scope, server);
      for (const path of ['/a', '/x']) {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest({ 'Sec-WebSocket-Version': '12' }, path));
        assert.match(await peer.readHead(), /^HTTP\/1\.1 426 /);
        await peer.gone();
      }
    })());
});

describe('with listen and attach', () => {
  test('metrics and health on a path of WebSocket are refused before anything listens', async () => {
    const server = createServer({ paths: { '/metrics': {}, '/:room/x': {} } });
    for (const options of [{ metrics: '/metrics' }, { health: '/metrics' }, { metrics: { path: '/a/x' } }]) {
      await assert.rejects(server.listen(options), {
        code: 'ERR_WS_OPTION',
        message: /expected a path that is not one of WebSocket: paths of createServer are \/metrics, \/:room\/x$/,
      });
    }
  });

  test('attach without a path gives 404 for others; with one, it must be of the table', () =>
    leavingNothing(async (scope) => {
      const server = createServer({ paths: { '/chat/:room': {}, '/news': {} } });
      const http = createHttpServer();
      const stop = server.attach(http);
      assert.throws(() => server.attach(http, { path: '/x' }), {
        code: 'ERR_WS_OPTION',
        message: /one of the paths of createServer: \/chat\/:room, \/news/,
      });
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      scope.defer(async () => {
        await server.close();
        http.close();
        http.closeAllConnections();
        await once(http, 'close');
      });
      const { port } = http.address() as AddressInfo;
      await open(scope, `ws://127.0.0.1:${port}/chat/tea`);
      await rejectsWith(connect(`ws://127.0.0.1:${port}/x`), 'ERR_WS_REFUSED', '404');
      stop();
      server.attach(http, { path: '/news' });
      await open(scope, `ws://127.0.0.1:${port}/news`);
      await rejectsWith(connect(`ws://127.0.0.1:${port}/chat/tea`), 'ERR_WS_REFUSED', '404');
    })());

  test('over TLS, where handshakes have streams', () =>
    leavingNothing(async (scope) => {
      const server = createServer({ paths: { '/chat/:room': {} } });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
      await open(scope, `wss://127.0.0.1:${port}/chat/tea`, { tls: { rejectUnauthorized: false } });
      await rejectsWith(
        connect(`wss://127.0.0.1:${port}/x`, { tls: { rejectUnauthorized: false } }),
        'ERR_WS_REFUSED',
        '404',
      );
      assert.deepEqual(
        [...server.connections].map(({ params }) => params),
        [{ room: 'tea' }],
      );
    })());
});
