// RFC 9110 §7.8: requests for an upgrade to another protocol are served as HTTP, as if the server were not attached. Each
// test compares the response with that of an HTTP server without WebSocket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createServer } from '../../src/engine/index.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { httpSite } from '../support/http-site.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';

/** Responds with the request. */
const mirror: RequestListener = (request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, upgrade: headers.upgrade, settings: headers['http2-settings'], body }));
  });
};

/** The ways to have HTTP beside WebSocket; each returns a port. */
const ways: Record<string, (scope: Scope) => Promise<number>> = {
  async 'listen({ request })'(scope) {
    return (await listen(scope, {}, { request: mirror })).port;
  },
  async attach(scope) {
    return attached(scope);
  },
  async 'attach({ path }), to the very path'(scope) {
    return attached(scope, '/a');
  },
};

async function attached(scope: Scope, path?: string): Promise<number> {
  const { http, port } = await httpSite(scope, mirror);
  const server = createServer();
  scope.defer(() => server.close());
  server.attach(http, { path });
  return port;
}

const NEXT = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

function head(method: string, upgrade: string, ...more: string[]): string {
  const fields = [`Upgrade: ${upgrade}`, 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABk', ...more];
  return [`${method} /a HTTP/1.1`, 'Host: x', ...fields, '\r\n'].join('\r\n');
}

const requests: Record<string, string> = {
  'h2c, as Java sends it': head('GET', 'h2c'),
  'TLS/1.0': head('GET', 'TLS/1.0, HTTP/1.1'),
  'something like websocket': head('GET', 'websocket/13, "websocket"'),
  'in upper case, with white space': head('GET', ' \t H2C ,, foo \t'),
  'a HEAD': head('HEAD', 'h2c'),
  'a POST with a length': `${head('POST', 'h2c', 'Content-Length: 5')}hello`,
  'a POST in chunks': `${head('POST', 'h2c', 'Transfer-Encoding: chunked')}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`,
  'a DELETE of nothing': head('DELETE', 'h2c', 'Content-Length: 0'),
  'two fields': head('GET', 'h2c', 'Upgrade: foo'),
};

/**
 * The responses to a request in parts, and to another one behind it, without dates. The second request waits for the first
 * response: Node's parser loses bytes that come in one piece with a request that has an Upgrade field but is not an upgrade,
 * even without this package.
 */
async function answersTo(peer: RawPeer, parts: readonly string[]): Promise<string> {
  peer.socket.setNoDelay(true);
  for (const part of parts) {
    await new Promise((resolve) => peer.socket.write(part, 'latin1', resolve));
    await turn();
  }
  const first = await (parts.join('').startsWith('HEAD') ? peer.readHead() : peer.readUntil('}'));
  peer.write(NEXT);
  const answer = first + (await peer.readToEnd()).toString();
  await peer.gone();
  return answer.replaceAll(/Date: .*\r\n/g, '');
}

for (const [way, start] of Object.entries(ways)) {
  describe(`beside WebSocket, ${way}`, () => {
    for (const [name, request] of Object.entries(requests)) {
      test(
        `${name} is served as HTTP, and the request behind it`,
        leavingNothing(async (scope) => {
          const port = await start(scope);
          const alone = (await httpSite(scope, mirror)).port;
          const half = request.length >> 1;
          for (const parts of [[request], [request.slice(0, half), request.slice(half)], [...request]]) {
            const answer = await answersTo(await connectRaw(scope, port), parts);
            assert.equal(answer, await answersTo(await connectRaw(scope, alone), parts));
            assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 2, answer);
            assert.match(answer, /"url":"\/next"/);
          }
        }),
      );
    }
    test(
      'a list with websocket in it is an upgrade, in upper or lower case, in any field',
      leavingNothing(async (scope) => {
        const port = await start(scope);
        for (const upgrade of ['foo, WebSocket', 'h2c,websocket', 'websocket\t, h2c']) {
          assert.match(await requestHandshake(await connectRaw(scope, port), { Upgrade: upgrade }, '/a'), / 101 /);
        }
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest({ upgrade: 'h2c' }, '/a'));
        assert.match(await peer.readHead(), / 101 /);
      }),
    );
  });
}

test(
  'over TLS',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope, {}, { request: mirror, tls: serverCertificate() });
    const { http, port: other } = await httpSite(scope, mirror, true);
    const server = createServer();
    scope.defer(() => server.close());
    server.attach(http);
    for (const one of [port, other]) {
      const socket = connectTls({ port: one, host: '127.0.0.1', ...trust(), servername: 'localhost' });
      scope.defer(() => void socket.destroy());
      await once(socket, 'secureConnect');
      const answer = await answersTo(new RawPeer(socket), [head('GET', 'h2c')]);
      assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 2, answer);
    }
  }),
);
test(
  'an HTTP/2 server that speaks HTTP/1 as well',
  leavingNothing(async (scope) => {
    const http2 = createSecureServer({ ...serverCertificate(), allowHTTP1: true }, (_request, response) => {
      response.end('"a page"}');
    });
    http2.listen(0, '127.0.0.1');
    await once(http2, 'listening');
    scope.defer(() => new Promise((resolve) => http2.close(resolve)));
    const { port } = http2.address() as AddressInfo;
    const server = createServer({ open: (connection) => connection.send('ours') });
    scope.defer(() => server.close());
    server.attach(http2 as never);
    const socket = connectTls({ port, host: '127.0.0.1', ...trust(), servername: 'localhost' });
    scope.defer(() => void socket.destroy());
    await once(socket, 'secureConnect');
    const answer = await answersTo(new RawPeer(socket), [head('GET', 'h2c')]);
    assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 2, answer);
    const connection = await open(scope, `wss://localhost:${port}/`, { tls: trust() });
    assert.equal((await connection[Symbol.asyncIterator]().next()).value, 'ours');
  }),
);
test(
  'a server without an HTTP handler answers 426',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope);
    const peer = await connectRaw(scope, port);
    peer.write(head('GET', 'h2c'));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 426 Upgrade Required\r\n/);
    await peer.gone();
  }),
);
test(
  'a detached server leaves the HTTP server as it was',
  leavingNothing(async (scope) => {
    const { http, port } = await httpSite(scope, mirror);
    const before = { emit: http.emit, select: Reflect.get(http, 'shouldUpgradeCallback') as unknown };
    const first = createServer().attach(http, { path: '/a' });
    const second = createServer().attach(http);
    first();
    second();
    assert.equal(http.emit, before.emit);
    assert.equal(Reflect.get(http, 'shouldUpgradeCallback'), before.select);
    assert.equal(http.listenerCount('upgrade'), 0);
    const peer = await connectRaw(scope, port);
    peer.write(upgradeRequest({ Connection: 'Upgrade, close' }));
    assert.match((await peer.readToEnd()).toString(), /"upgrade":"websocket"/);
  }),
);
test(
  'another listener for upgrades gets the requests for other protocols',
  leavingNothing(async (scope) => {
    const { http, port } = await httpSite(scope, mirror);
    const server = createServer();
    scope.defer(() => server.close());
    server.attach(http);
    http.on('upgrade', (request, socket) => {
      if (request.headers.upgrade === 'echo') socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n');
    });
    const peer = await connectRaw(scope, port);
    peer.write(head('GET', 'echo'));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 101 .*\r\nUpgrade: echo\r\n/);
    assert.match(await requestHandshake(await connectRaw(scope, port)), / 101 .*\r\nUpgrade: websocket/);
  }),
);
