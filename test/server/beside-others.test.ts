// An attached server beside other listeners of the same HTTP server's `upgrade` event, in either order: the `ws` package,
// and stand-ins for Socket.IO and for proxies of development servers. Each path has its own server or one clear refusal, no
// listener writes into a socket of another one, and a request that no listener takes does not hang.

import assert from 'node:assert/strict';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { type AttachOptions, createServer, type ServerOptions } from '../../src/engine/index.ts';
import { listen, open, trust } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake, switchingProtocols, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { connectRaw } from '../support/raw-peer.ts';

type Listen = (http: HttpServer, scope: Scope) => void;

/** A site with a server that is attached before or after other listeners. */
async function beside(
  scope: Scope,
  others: Listen,
  isFirst: boolean,
  attachOptions: AttachOptions = { path: '/chat' },
  options: ServerOptions<undefined> = {},
): Promise<number> {
  const { http, port } = await httpSite(scope, (_request, response) => void response.end('page'));
  const server = createServer({ open: (connection) => connection.send('ours'), ...options });
  scope.defer(() => server.close());
  if (!isFirst) others(http, scope);
  server.attach(http, attachOptions);
  if (isFirst) others(http, scope);
  return port;
}

/** The name that a server sends first. Checks that nothing else was written. */
async function whoIs(scope: Scope, port: number, path: string): Promise<string> {
  const peer = await connectRaw(scope, port);
  const head = await requestHandshake(peer, {}, path);
  assert.match(head, /^HTTP\/1\.1 101 /);
  const name = (await peer.readFrame()).payload.toString();
  // A Close, its echo, and the end: no byte of another listener.
  peer.write(hex('88 82 00000000 03e8'));
  assert.equal((await peer.readToEnd()).toString('hex'), '880203e8', `${path} of ${name}`);
  await peer.gone();
  return name;
}

async function refusal(scope: Scope, port: number, path: string): Promise<string> {
  const peer = await connectRaw(scope, port);
  peer.write(upgradeRequest({}, path));
  const answer = (await peer.readToEnd()).toString();
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, answer);
  await peer.gone();
  return answer;
}

const ws: Listen = (server, scope) => {
  const other = new WebSocketServer({ server, path: '/ws' });
  other.on('connection', (socket) => socket.send('theirs'));
  scope.defer(() => void other.close());
};

/**
 * Socket.IO (engine.io 6): decides on its path when the application's checks are over, and after a while ends the sockets
 * that no listener has written to.
 */
const socketIo =
  (patience: number): Listen =>
  (http) => {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      if (request.url?.startsWith('/socket.io/') === true) {
        void turn().then(() => takeAs('theirs', request, socket));
      } else {
        setTimeout(() => {
          if (socket.writable && (socket as { bytesWritten?: number }).bytesWritten === 0) socket.end();
        }, patience).unref();
      }
    });
  };

function takeAs(name: string, request: IncomingMessage, socket: Duplex): void {
  const head = `GET / HTTP/1.1\r\nSec-WebSocket-Key: ${request.headers['sec-websocket-key']}\r\n\r\n`;
  const bytes = Buffer.from([0x81, name.length, ...Buffer.from(name)]);
  socket.on('error', () => {});
  socket.write(switchingProtocols(head));
  socket.write(bytes);
  socket.once('data', () => socket.end(hex('88 02 03e8')));
}

/** A proxy of a development server: forwards its path, and ignores other paths. */
const proxy =
  (upstream: number): Listen =>
  (http) => {
    http.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      if (request.url !== '/hmr') return;
      const further = connectTcp({ port: upstream, host: '127.0.0.1', allowHalfOpen: true });
      further.write(upgradeRequest({ 'Sec-WebSocket-Key': request.headers['sec-websocket-key'] }));
      for (const end of [further, socket]) end.on('error', () => {});
      further.pipe(socket).pipe(further);
      socket.on('close', () => further.destroy());
    });
  };

for (const isFirst of [true, false]) {
  const order = isFirst ? 'attached first' : 'attached last';
  describe(`beside the ws package with a path, ${order}`, () => {
    test(
      'each path has its server; another path gets one refusal',
      leavingNothing(async (scope) => {
        const port = await beside(scope, ws, isFirst);
        assert.equal(await whoIs(scope, port, '/chat'), 'ours');
        assert.equal(await whoIs(scope, port, '/ws'), 'theirs');
        assert.equal(await whoIs(scope, port, '/chat?room'), 'ours');
        assert.match(await refusal(scope, port, '/other'), /^HTTP\/1\.1 400 Bad Request\r\n/);
      }),
    );
    test(
      'even if our server takes all paths, and if its decision takes time',
      leavingNothing(async (scope) => {
        const general = await beside(scope, ws, isFirst, {});
        assert.equal(await whoIs(scope, general, '/ws'), 'theirs');
        const port = await beside(scope, ws, isFirst, { path: '/chat' }, { upgrade: () => turn() });
        assert.equal(await whoIs(scope, port, '/chat'), 'ours');
        assert.equal(await whoIs(scope, port, '/ws'), 'theirs');
      }),
    );
    test(
      'even for upgrades after a request that is being answered',
      leavingNothing(async (scope) => {
        const port = await beside(scope, ws, isFirst);
        const peer = await connectRaw(scope, port);
        peer.write(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${upgradeRequest({}, '/chat')}`);
        await peer.readUntil('\r\n\r\npage');
        assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
        assert.equal((await peer.readFrame()).payload.toString(), 'ours');
      }),
    );
  });
  describe(`beside one that decides later, as Socket.IO, ${order}`, () => {
    test(
      'each path has its server, even if both decide slowly',
      leavingNothing(async (scope) => {
        const slowly = { upgrade: () => new Promise<void>((resolve) => setTimeout(resolve, 100)) };
        const port = await beside(scope, socketIo(20), isFirst, { path: '/chat' }, slowly);
        assert.equal(await whoIs(scope, port, '/socket.io/?EIO=4'), 'theirs');
        assert.equal(await whoIs(scope, port, '/chat'), 'ours');
      }),
    );
    test(
      'a path that no listener takes is answered 404 when the time for it is over',
      leavingNothing(async (scope) => {
        const port = await beside(
          scope,
          socketIo(5_000),
          isFirst,
          { path: '/chat' },
          {
            handshakeTimeout: 100,
          },
        );
        assert.match(await refusal(scope, port, '/none'), /^HTTP\/1\.1 404 .*expected path \/chat\n$/s);
        assert.equal(await whoIs(scope, port, '/socket.io/'), 'theirs');
      }),
    );
  });
  describe(`beside a proxy, ${order}`, () => {
    test(
      'each path has its server, and a third one 404',
      leavingNothing(async (scope) => {
        const upstream = await listen(scope, { open: (connection) => connection.send('upstream') });
        const port = await beside(scope, proxy(upstream.port), isFirst, { path: '/chat' }, { handshakeTimeout: 100 });
        assert.equal(await whoIs(scope, port, '/chat'), 'ours');
        assert.equal(await whoIs(scope, port, '/hmr'), 'upstream');
        assert.match(await refusal(scope, port, '/none'), /^HTTP\/1\.1 404 /);
      }),
    );
    test(
      'a listener that reads or pauses keeps the socket, however long it takes',
      leavingNothing(async (scope) => {
        let isOver = false;
        const late: Listen = (http) => {
          http.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
            if (request.url === '/read') socket.resume();
            else socket.pause();
            setTimeout(() => {
              isOver = true;
              takeAs('theirs', request, socket);
              socket.resume();
            }, 150);
          });
        };
        for (const options of [{ path: '/chat' }, {}]) {
          const port = await beside(scope, late, isFirst, options, { handshakeTimeout: 30 });
          for (const path of ['/read', '/pause']) {
            isOver = false;
            assert.equal(await whoIs(scope, port, path), 'theirs');
            assert.ok(isOver);
          }
        }
      }),
    );
    test(
      'a listener that only watches does not take the socket',
      leavingNothing(async (scope) => {
        let seen = 0;
        const watching: Listen = (http) => {
          http.on('upgrade', (_request, socket: Duplex) => {
            seen++;
            for (const event of ['error', 'close', 'end']) socket.on(event, () => {});
          });
        };
        const general = await beside(scope, watching, isFirst, {});
        assert.equal(await whoIs(scope, general, '/any'), 'ours');
        const port = await beside(scope, watching, isFirst, { path: '/chat' }, { handshakeTimeout: 50 });
        assert.match(await refusal(scope, port, '/none'), /^HTTP\/1\.1 404 /);
        assert.equal(seen, 2);
      }),
    );
    test(
      'a client that resets meanwhile ends only itself',
      leavingNothing(async (scope) => {
        const sockets: Duplex[] = [];
        const idle: Listen = (http) => void http.on('upgrade', (_request, socket) => void sockets.push(socket));
        const port = await beside(scope, idle, isFirst);
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest({}, '/none'));
        while (sockets.length === 0) await turn();
        peer.reset();
        await peer.gone();
        sockets[0]?.resume();
        while (sockets[0]?.closed === false) await turn();
        assert.equal(await whoIs(scope, port, '/chat'), 'ours');
      }),
    );
  });
}

test(
  'two attached servers: the one with a path goes before the one without, in either order',
  leavingNothing(async (scope) => {
    for (const paths of [
      ['/chat', undefined],
      [undefined, '/chat'],
    ]) {
      const { http, port } = await httpSite(scope, (_request, response) => void response.end());
      for (const path of paths) {
        const server = createServer({ open: (connection) => connection.send(path ?? 'all') });
        scope.defer(() => server.close());
        server.attach(http, { path });
      }
      assert.equal(await whoIs(scope, port, '/chat'), '/chat');
      assert.equal(await whoIs(scope, port, '/news'), 'all');
    }
  }),
);
test(
  'the path of an absolute target counts, as it was sent',
  leavingNothing(async (scope) => {
    const urls: string[] = [];
    const opened = (connection: { url: string; send(text: string): boolean }): void => {
      urls.push(connection.url);
      connection.send('ours');
    };
    const { http, port } = await httpSite(scope, (_request, response) => void response.end());
    for (const path of ['/a', '/']) {
      const server = createServer({ open: opened });
      scope.defer(() => server.close());
      server.attach(http, { path });
    }
    const targets = [
      'http://host/a',
      'HTTP://host:80/a?b=http://c/d',
      'https://host/a',
      'http://host',
      'http://host?q',
    ];
    for (const target of targets) assert.equal(await whoIs(scope, port, target), 'ours');
    assert.deepEqual(urls, targets);
    for (const target of ['http://host/b', '//a', '/a/', '/%61', '/a/../a', 'http://host//a']) {
      assert.match(await refusal(scope, port, target), /^HTTP\/1\.1 404 /, target);
    }
  }),
);
test(
  'with TLS, as without',
  leavingNothing(async (scope) => {
    const { http, url } = await httpSite(scope, (_request, response) => void response.end(), true);
    const server = createServer({ open: (connection) => connection.send('ours') });
    scope.defer(() => server.close());
    ws(http, scope);
    server.attach(http, { path: '/chat' });
    for (const [path, name] of [
      ['/chat', 'ours'],
      ['/ws', 'theirs'],
    ]) {
      const client = await open(scope, `${url.replace('127.0.0.1', 'localhost')}${path}`, { tls: trust() });
      assert.equal((await client[Symbol.asyncIterator]().next()).value, name);
    }
  }),
);
