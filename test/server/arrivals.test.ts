// Handshakes without a stream: a whole handshake begins a connection at once, everything else gets a stream. Nobody may see a
// difference, except by what is not made.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server as HttpServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import * as v8 from 'node:v8';
import { ConnectionMachine } from '../../src/core/connection/machine.ts';
import { accept, refuse, type ServerOptions, type UpgradeRequest } from '../../src/engine/index.ts';
import { HandleTransport } from '../../src/node/transport/handle-transport.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

const HI = '\x81\x82\0\0\0\0hi';
const HI_ECHOED = hex('81 02 68 69');
const echo: ServerOptions<undefined> = { message: (connection, data) => connection.send(data) };

/** Counts the sockets that Node makes of connections to HTTP servers of this process. */
function countStreams(scope: Scope): () => number {
  const { emit } = HttpServer.prototype;
  let count = 0;
  HttpServer.prototype.emit = function (this: HttpServer, ...event: [string, unknown]) {
    if (event[0] === 'connection' && event[1] instanceof Socket) count++;
    return Reflect.apply(emit, this, event) as boolean;
  } as typeof emit;
  scope.defer(() => {
    Reflect.deleteProperty(HttpServer.prototype, 'emit');
  });
  return () => count;
}

describe('a handshake in one piece', () => {
  test(
    'begins a connection without a stream, with the address, the target and the bytes after it',
    leavingNothing(async (scope) => {
      const streams = countStreams(scope);
      const opened = new Inbox<unknown[]>();
      const { port } = await listen(scope, {
        ...echo,
        subprotocols: ['chat'],
        open: ({ url, remoteAddress, remotePort, encrypted, subprotocol }) =>
          opened.push([url, remoteAddress, remotePort > 0, encrypted, subprotocol]),
      });
      const peer = await connectRaw(scope, port, '127.0.0.1', '127.0.0.9');
      peer.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'chat' }, '/room?a=1') + HI);
      const head = await peer.readHead();
      assert.match(head, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
      assert.ok(head.includes(`Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}\r\nSec-WebSocket-Protocol: chat\r\n`), head);
      await peer.expect(HI_ECHOED);
      assert.deepEqual(await opened.next(), ['/room?a=1', '127.0.0.9', true, false, 'chat']);
      assert.equal(streams(), 0);
    }),
  );

  test(
    'cut in two at any place, it gets a stream and the same answer',
    leavingNothing(async (scope) => {
      const streams = countStreams(scope);
      const { port, server } = await listen(scope, { ...echo, limits: { maxConnectionsPerMinute: Infinity } });
      const request = upgradeRequest();
      for (let cut = 1; cut < request.length; cut += 13) {
        const peer = await connectRaw(scope, port);
        peer.write(request.slice(0, cut));
        const before = streams();
        while (streams() === before) await turn();
        peer.write(request.slice(cut) + HI);
        assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
        await peer.expect(HI_ECHOED);
        peer.destroy();
      }
      while (server.connections.size > 0) await turn();
    }),
  );
});

/** Handlers that accept in the same turn, after they have looked at a request. */
const deciders: Record<string, NonNullable<ServerOptions<unknown>['upgrade']>> = {
  'at once': () => accept({ context: 'user', subprotocol: 'b', headers: { 'Set-Cookie': ['a=1', 'b=2'] } }),
  'by a promise': async () => {
    await Promise.resolve();
    return accept({ context: 'user', subprotocol: 'b', headers: { 'Set-Cookie': ['a=1', 'b=2'] } });
  },
};

/** What a handler sees, other than objects of Node's. */
function seenOf(request: UpgradeRequest): unknown {
  const { url, headers, subprotocols, remoteAddress, peerAddress, encrypted, signal } = request;
  return { url, headers, subprotocols, remoteAddress, peerAddress, encrypted, isAborted: signal.aborted };
}

const FIELDS = { Cookie: 'a=b; sid=1', 'X-Some': 'thing', 'Sec-WebSocket-Protocol': 'a, b' };
/** Fields that occur twice: joined, and only the first. */
const REQUEST = upgradeRequest(FIELDS, '/room?a=1').replace(
  '\r\n\r\n',
  '\r\nX-some: more\r\nOrigin: a\r\norigin: b\r\n\r\n',
);

describe('an upgrade handler that accepts', () => {
  for (const [name, upgrade] of Object.entries(deciders)) {
    test(
      `${name}: no stream is made, with the context, the subprotocol, the fields and the bytes after the head`,
      leavingNothing(async (scope) => {
        const streams = countStreams(scope);
        const { port, opened } = await listen<unknown>(scope, {
          message: (connection, data) => connection.send(data),
          upgrade,
        });
        const peer = await connectRaw(scope, port);
        peer.write(REQUEST + HI);
        const head = await peer.readHead();
        assert.ok(head.includes('\r\nSec-WebSocket-Protocol: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n'), head);
        await peer.expect(HI_ECHOED);
        peer.write(HI);
        await peer.expect(HI_ECHOED);
        const { context, subprotocol } = await opened.next();
        assert.deepEqual([context, subprotocol], ['user', 'b']);
        assert.equal(streams(), 0);
      }),
    );
  }

  test(
    'sees the same with a stream and without; later, too, it gets a request of Node with the same head',
    leavingNothing(async (scope) => {
      const streams = countStreams(scope);
      const requests = new Inbox<UpgradeRequest>();
      const seen = new Inbox<unknown>();
      const { port } = await listen(scope, {
        upgrade(request) {
          seen.push(seenOf(request));
          requests.push(request);
        },
      });
      const heads: unknown[] = [];
      for (const cut of [REQUEST.length, 40]) {
        const peer = await connectRaw(scope, port);
        const before = streams();
        peer.write(REQUEST.slice(0, cut));
        while (cut < REQUEST.length && streams() === before) await turn();
        peer.write(REQUEST.slice(cut));
        await peer.readHead();
        const { message } = await requests.next();
        assert.ok(message instanceof IncomingMessage);
        const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders, headers } = message;
        const { headersDistinct, socket } = message;
        const numbers = [httpVersionMajor, httpVersionMinor];
        heads.push({ method, url, httpVersion, numbers, rawHeaders, headers, headersDistinct });
        assert.deepEqual([socket.remoteAddress, socket.remotePort], ['127.0.0.1', peer.socket.localPort]);
      }
      assert.equal(streams(), 1);
      assert.deepEqual(heads[0], heads[1]);
      const first = await seen.next();
      assert.deepEqual(first, await seen.next());
    }),
  );

  test(
    'is called once, whatever makes the stream, and reports the same request',
    leavingNothing(async (scope) => {
      const told = new Inbox<unknown>();
      let asked: UpgradeRequest[] = [];
      let then = (_request: UpgradeRequest): ReturnType<NonNullable<ServerOptions<undefined>['upgrade']>> => undefined;
      const { port } = await listen(scope, {
        upgrade(request) {
          asked.push(request);
          return then(request);
        },
        refused: (request) => void told.push(request),
        failed: (_error, request) => void told.push(request),
      });
      const answers: readonly [number, number, typeof then][] = [
        [403, 1, () => refuse(403)],
        [403, 1, async () => refuse(403)],
        [403, 1, ({ message }) => refuse(message.socket instanceof Socket ? 403 : 402)],
        [
          403,
          1,
          (request) =>
            turn()
              .then(turn)
              .then(() => refuse(request.message.socket.destroyed ? 402 : 403)),
        ],
        [101, 0, ({ message }) => (message.url === '/' ? accept() : refuse(402))],
        [
          101,
          0,
          () =>
            turn()
              .then(turn)
              .then(() => accept()),
        ],
        [500, 2, () => Reflect.apply(JSON.parse, JSON, ['{'])],
        [500, 2, () => Promise.reject(new Error('no'))],
        [500, 2, () => accept({ subprotocol: 'not offered' })],
      ];
      for (const [status, reports, decide] of answers) {
        asked = [];
        then = decide;
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        assert.ok((await peer.readHead()).startsWith(`HTTP/1.1 ${status} `));
        for (let count = 0; count < reports; count++) assert.equal(await told.next(), asked[0]?.message);
        assert.equal(asked.length, 1);
        peer.destroy();
      }
    }),
  );
});

describe('a stream is made', () => {
  const cases: Record<
    string,
    { readonly options?: ServerOptions<undefined>; readonly request: string; readonly status: number }
  > = {
    'where the application looks at the request of Node': {
      options: { upgrade: ({ message }) => (message.socket instanceof Socket ? accept() : undefined) },
      request: upgradeRequest(),
      status: 101,
    },
    'where the application refuses': {
      options: { upgrade: () => refuse(401) },
      request: upgradeRequest(),
      status: 401,
    },
    'where the application refuses later': {
      options: { upgrade: async () => refuse(401) },
      request: upgradeRequest(),
      status: 401,
    },
    'where the decision fails': {
      options: { upgrade: () => Promise.reject(new Error('no')), refused() {} },
      request: upgradeRequest(),
      status: 500,
    },
    'where the decision takes time': {
      options: {
        upgrade: () =>
          turn()
            .then(turn)
            .then(() => accept()),
      },
      request: upgradeRequest(),
      status: 101,
    },
    'for a client behind a trusted proxy': {
      options: { trustedProxies: ['loopback'] },
      request: upgradeRequest({ 'X-Forwarded-For': '10.1.1.1' }),
      status: 101,
    },
    'for an origin that is not allowed': {
      options: { allowedOrigins: ['https://a.example'] },
      request: upgradeRequest({ Origin: 'https://b.example' }),
      status: 403,
    },
    'for several origins, although the first is allowed': {
      options: { allowedOrigins: ['https://a.example'] },
      request: upgradeRequest({ Origin: 'https://a.example\r\nOrigin: https://b.example' }),
      status: 403,
    },
    'for a handshake without a key': { request: upgradeRequest({ 'Sec-WebSocket-Key': undefined }), status: 400 },
    'for another method': { request: upgradeRequest().replace('GET', 'POST'), status: 405 },
    'for an ordinary request': { request: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', status: 426 },
    'for what is not HTTP': { request: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03 not HTTP\r\n\r\n', status: 400 },
    'where a connection more is one too many': {
      options: { limits: { maxConnections: 0 } },
      request: upgradeRequest(),
      status: 503,
    },
  };
  for (const [name, { options = {}, request, status }] of Object.entries(cases)) {
    test(
      name,
      leavingNothing(async (scope) => {
        const streams = countStreams(scope);
        const { port } = await listen(scope, options);
        const peer = await connectRaw(scope, port);
        peer.write(request);
        assert.ok((await peer.readHead()).startsWith(`HTTP/1.1 ${status} `));
        assert.equal(streams(), 1);
      }),
    );
  }

  test(
    'where somebody watches the sockets of the process',
    leavingNothing(async (scope) => {
      const streams = countStreams(scope);
      const watch = (): void => {};
      subscribe('net.server.socket', watch);
      scope.defer(() => void unsubscribe('net.server.socket', watch));
      const { port } = await listen(scope, echo);
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      assert.match(await peer.readHead(), / 101 /);
      assert.equal(streams(), 1);
    }),
  );

  test(
    'when nothing has come for a while; the head then has its time',
    leavingNothing(async (scope) => {
      const streams = countStreams(scope);
      const { port } = await listen(scope, { handshakeTimeout: 200 });
      const peer = await connectRaw(scope, port);
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 408 /);
      assert.equal(streams(), 1);
    }),
  );
});

describe('a client that has sent nothing', () => {
  test(
    'counts as a handshake until it leaves',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, { limits: { maxHandshakes: 1 } });
      const silent = await connectRaw(scope, port);
      const refused = await connectRaw(scope, port);
      assert.match((await refused.readToEnd()).toString(), /^HTTP\/1\.1 503 /);
      silent.reset();
      for (let isOpen = false; !isOpen; ) {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        isOpen = (await peer.readHead().catch(() => '')).includes(' 101 ');
      }
    }),
  );

  test(
    'does not keep the server from closing',
    leavingNothing(async (scope) => {
      const { port, server } = await listen(scope, {});
      const silent = await connectRaw(scope, port);
      await server.close();
      silent.end();
      await silent.gone();
    }),
  );
});

const { queryObjects } = v8 as { queryObjects?: (kind: unknown, options: { format: 'count' }) => number };

const keepers: Record<string, ServerOptions<unknown>> = {
  'without an upgrade handler': {},
  'with one': { upgrade: ({ headers }) => accept({ context: headers.host }) },
  'with one that is async': { upgrade: async ({ headers }) => accept({ context: headers.host }) },
};
for (const [name, options] of Object.entries(keepers))
  test(
    `nothing of a handshake is kept for an idle connection, ${name}`,
    { skip: queryObjects === undefined && 'this Node cannot count objects' },
    leavingNothing(async (scope) => {
      const { port, server } = await listen<unknown>(scope, {
        ...options,
        limits: { maxConnectionsPerAddress: Infinity },
      });
      const count = (kind: unknown): number => queryObjects?.(kind, { format: 'count' }) ?? 0;
      const kinds = [Socket, IncomingMessage, HandleTransport, ConnectionMachine];
      const before = kinds.map(count);
      for (let opened = 0; opened < 40; opened++) {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        await peer.readHead();
      }
      assert.equal(server.connections.size, 40);
      // The sockets are those of the clients.
      assert.deepEqual(
        kinds.map((kind, index) => count(kind) - (before[index] as number)),
        [40, 0, 40, 40],
      );
    }),
  );
