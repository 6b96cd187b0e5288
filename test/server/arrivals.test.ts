// Handshakes without a stream: a whole handshake begins a connection at once, everything else gets a stream. Nobody may see a
// difference, except by what is not made.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server as HttpServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, test } from 'node:test';
import * as v8 from 'node:v8';
import { ConnectionMachine } from '../../src/core/connection/machine.ts';
import { accept, type ServerOptions } from '../../src/engine/index.ts';
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

describe('a stream is made', () => {
  const cases: Record<
    string,
    { readonly options?: ServerOptions<undefined>; readonly request: string; readonly status: number }
  > = {
    'where the application decides': {
      options: { upgrade: ({ message }) => (message.socket instanceof Socket ? accept() : undefined) },
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

test(
  'nothing of a handshake is kept for an idle connection',
  { skip: queryObjects === undefined && 'this Node cannot count objects' },
  leavingNothing(async (scope) => {
    const { port, server } = await listen(scope, { limits: { maxConnectionsPerAddress: Infinity } });
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
