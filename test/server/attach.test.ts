// `attach`: WebSocket on an application's own HTTP server, one server or several on the same port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type Server as HttpServer,
  get as httpGet,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type Server } from '../../src/engine/index.ts';
import { open } from '../support/engine.ts';
import { ends, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

interface Site {
  readonly http: HttpServer;
  readonly port: number;
  readonly url: string;
}

/** An HTTP server with a page. */
async function site(scope: Scope): Promise<Site> {
  const http = createHttpServer((_, response) => response.end('the page'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  scope.defer(async () => {
    http.closeAllConnections();
    if (http.listening) await new Promise((resolve) => http.close(resolve));
  });
  const { port } = http.address() as AddressInfo;
  return { http, port, url: `ws://127.0.0.1:${port}` };
}

/** A server that sends its name to each client. */
function named(scope: Scope, name: string): Server {
  const server = createServer({ open: (connection) => connection.send(name) });
  scope.defer(() => server.close());
  return server;
}

async function whoAnswers(scope: Scope, url: string): Promise<unknown> {
  const connection = await open(scope, url);
  return (await connection[Symbol.asyncIterator]().next()).value;
}

test(
  'upgrades of any path are taken; requests still reach the application',
  leavingNothing(async (scope) => {
    const { http, port, url } = await site(scope);
    named(scope, 'one').attach(http);
    assert.equal(await whoAnswers(scope, `${url}/`), 'one');
    assert.equal(await whoAnswers(scope, `${url}/any/path?q`), 'one');
    const request = httpGet({ port, host: '127.0.0.1', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response) body += chunk;
    assert.equal(body, 'the page');
  }),
);
test(
  'a path is compared without the query; several servers share one port',
  leavingNothing(async (scope) => {
    const { http, url } = await site(scope);
    named(scope, 'chat').attach(http, { path: '/chat' });
    named(scope, 'news').attach(http, { path: '/news' });
    assert.equal(await whoAnswers(scope, `${url}/news?today`), 'news');
    assert.equal(await whoAnswers(scope, `${url}/chat`), 'chat');
    assert.equal(await whoAnswers(scope, `${url}/chat?`), 'chat');
  }),
);
test(
  'a path that no server takes is answered 404 once, with an expected path',
  leavingNothing(async (scope) => {
    const { http, port, url } = await site(scope);
    named(scope, 'chat').attach(http, { path: '/chat' });
    named(scope, 'news').attach(http, { path: '/news' });
    for (const path of ['/', '/cha', '/chat/', '/Chat']) {
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest({}, path));
      const answer = (await peer.readToEnd()).toString();
      assert.match(
        answer,
        /^HTTP\/1\.1 404 Not Found\r\n(.+\r\n)+\r\nno WebSocket here; expected path \/(chat|news)\n$/,
      );
    }
    await rejectsWith(connect(`${url}/`), 'ERR_WS_REFUSED', '404 Not Found');
    // Whether the handshake is valid does not matter there.
    const peer = await connectRaw(scope, port);
    peer.write(upgradeRequest({ 'Sec-WebSocket-Version': '8' }));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 404 /);
  }),
);
test(
  'a path that another listener of the application takes is left to it',
  leavingNothing(async (scope) => {
    const { http, port } = await site(scope);
    named(scope, 'chat').attach(http, { path: '/chat' });
    http.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 101 Switching Protocols\r\nX-Other: yes\r\n\r\n');
    });
    const peer = await connectRaw(scope, port);
    const head = await requestHandshake(peer, {}, '/other');
    assert.match(head, /X-Other: yes/);
    assert.equal((await peer.readToEnd()).length, 0);
  }),
);
test(
  'an upgrade is taken once: a server with a path goes before the one without',
  leavingNothing(async (scope) => {
    const { http, port } = await site(scope);
    named(scope, 'chat').attach(http, { path: '/chat' });
    named(scope, 'all').attach(http);
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer, {}, '/chat');
    assert.equal((await peer.readFrame()).payload.toString(), 'chat');
    peer.end();
    assert.equal((await peer.readToEnd()).toString('latin1'), '', 'only one answer');
  }),
);
test(
  'a detached server takes nothing more and keeps its connections; the path is free for another',
  leavingNothing(async (scope) => {
    const { http, url } = await site(scope);
    const server = named(scope, 'old');
    const detach = server.attach(http, { path: '/chat' });
    const connection = await open(scope, `${url}/chat`);
    detach();
    detach();
    named(scope, 'new').attach(http, { path: '/chat' });
    assert.equal(await whoAnswers(scope, `${url}/chat`), 'new');
    assert.equal(server.connections.size, 1);
    assert.equal(connection.isOpen, true);
  }),
);
test(
  'a path is attached once to an HTTP server, and so is a server without a path',
  leavingNothing(async (scope) => {
    const { http, url } = await site(scope);
    const server = named(scope, 'first');
    const detach = server.attach(http, { path: '/chat' });
    server.attach(http);
    const remedy = 'to replace that server, first call the function that its attach() returned';
    for (const second of [server, named(scope, 'second')]) {
      assert.throws(() => second.attach(http, { path: '/chat' }), {
        code: 'ERR_WS_OPTION',
        message: `path of attach is "/chat"; expected a path that is not attached to this HTTP server yet; ${remedy}`,
      });
      assert.throws(() => second.attach(http), {
        code: 'ERR_WS_OPTION',
        message: `path of attach is undefined; expected a path: a server without one is attached to this HTTP server already; ${remedy}`,
      });
    }
    // The refused calls have changed nothing.
    assert.equal(await whoAnswers(scope, `${url}/chat`), 'first');
    detach();
    named(scope, 'third').attach(http, { path: '/chat' });
    assert.equal(await whoAnswers(scope, `${url}/chat`), 'third');
    const { http: other } = await site(scope);
    server.attach(other, { path: '/chat' });
  }),
);
test(
  'one server may listen and be attached, several times',
  leavingNothing(async (scope) => {
    const first = await site(scope);
    const second = await site(scope);
    const server = named(scope, 'one');
    server.attach(first.http, { path: '/a' });
    server.attach(second.http, { path: '/b' });
    const { port } = await server.listen({ host: '127.0.0.1' });
    for (const url of [`${first.url}/a`, `${second.url}/b`, `ws://127.0.0.1:${port}/c`]) {
      assert.equal(await whoAnswers(scope, url), 'one');
    }
    assert.equal(server.connections.size, 3);
  }),
);
test(
  'handleUpgrade serves a router of the application',
  leavingNothing(async (scope) => {
    const { http, url } = await site(scope);
    const urls = new Inbox<string>();
    const server = createServer({ open: (connection) => urls.push(connection.url) });
    scope.defer(() => server.close());
    http.on('upgrade', (request, socket, head) => server.handleUpgrade(request, socket, head));
    await open(scope, `${url}/routed`);
    assert.equal(await urls.next(), '/routed');
  }),
);
test(
  'draining: upgrades are refused with 503 meanwhile; afterwards the HTTP server goes on by itself',
  leavingNothing(async (scope) => {
    const { http, port, url } = await site(scope);
    const server = named(scope, 'one');
    server.attach(http);
    const holding = await connectRaw(scope, port);
    await requestHandshake(holding);
    await holding.readFrame();
    const drained = server.drain();
    const close = await holding.readFrame();
    assert.equal(close.first, 0x88);
    // The drain waits for this client's Close.
    const refused = await rejectsWith(connect(`${url}/`), 'ERR_WS_REFUSED', '503 Service Unavailable');
    assert.equal(refused.status, 503);
    holding.end(Buffer.concat([Buffer.from('888200000000', 'hex'), close.payload.subarray(0, 2)]));
    assert.deepEqual(ends(await drained), { closed: 1, terminated: 0 });
    await holding.gone();
    assert.equal(http.listening, true);
    assert.equal(http.listenerCount('upgrade'), 0);
    server.attach(http);
    assert.equal(await whoAnswers(scope, `${url}/`), 'one');
  }),
);
