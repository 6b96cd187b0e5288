// `listen({ request })`: HTTP connections that idle between requests. They do not count as handshakes; incomplete heads do.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type Listening, listen, open, serverCertificate, trust } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';

const GET = 'GET /page HTTP/1.1\r\nHost: x\r\n\r\n';

const page: RequestListener = (_request, response) => void response.setHeader('Content-Length', 4).end('page');

async function getPage(peer: RawPeer): Promise<void> {
  peer.write(GET);
  assert.match(await peer.readUntil('\r\n\r\npage'), /^HTTP\/1\.1 200 OK\r\n/);
}

function serve(scope: Scope, settings: object = {}, request = page): Promise<Listening<undefined>> {
  return listen(scope, { limits: { maxHandshakes: 20 }, ...settings }, { request });
}

/** Connects until there is a free slot: the end of another client is seen some turns later. */
async function openWhenThereIsRoom(scope: Scope, url: string): Promise<void> {
  for (;;) {
    try {
      await open(scope, url);
      return;
    } catch {
      await turn();
    }
  }
}

describe('maxHandshakes: 20', () => {
  test(
    'as many HTTP clients that keep their connections do not fill it, and can go on',
    leavingNothing(async (scope) => {
      const { port, url, server } = await serve(scope);
      const peers: RawPeer[] = [];
      for (let count = 0; count < 25; count++) {
        const peer = await connectRaw(scope, port);
        await getPage(peer);
        peers.push(peer);
      }
      for (let count = 0; count < 25; count++) await open(scope, url);
      assert.equal(server.connections.size, 25);
      for (const peer of peers) await getPage(peer);
    }),
  );
  test(
    'nor do those that wait for their response',
    leavingNothing(async (scope) => {
      const answers: (() => void)[] = [];
      const { port, url } = await serve(scope, {}, (request, response) => {
        answers.push(() => page(request, response));
      });
      const peers: RawPeer[] = [];
      while (peers.length < 25) {
        const peer = await connectRaw(scope, port);
        peer.write(GET);
        peers.push(peer);
        while (answers.length < peers.length) await turn();
      }
      await open(scope, url);
      for (const answer of answers) answer();
      for (const peer of peers) await peer.readUntil('\r\n\r\npage');
    }),
  );
  test(
    'with TLS',
    leavingNothing(async (scope) => {
      const { port } = await listen(
        scope,
        { limits: { maxHandshakes: 3 } },
        { request: page, tls: serverCertificate() },
      );
      for (let count = 0; count < 5; count++) {
        const socket = connectTls({ port, host: '127.0.0.1', ...trust(), servername: 'localhost' });
        scope.defer(() => void socket.destroy());
        await once(socket, 'secureConnect');
        await getPage(new RawPeer(socket));
      }
      await open(scope, `wss://localhost:${port}/`, { tls: trust() });
    }),
  );
  test(
    'the same connection may become a WebSocket, and counts until then like any handshake',
    leavingNothing(async (scope) => {
      const refused = new Inbox<string>();
      const decisions: (() => void)[] = [];
      const { port, server } = await serve(scope, {
        limits: { maxHandshakes: 1 },
        upgrade: () => new Promise<void>((resolve) => decisions.push(resolve)),
        refused: (_request: unknown, error: { code: string }) => refused.push(error.code),
      });
      const first = await connectRaw(scope, port);
      await getPage(first);
      const second = await connectRaw(scope, port);
      await getPage(second);
      first.write(upgradeRequest());
      while (decisions.length === 0) await turn();
      second.write(upgradeRequest());
      assert.match((await second.readToEnd()).toString(), /^HTTP\/1\.1 503 .*maxHandshakes \(1\)/s);
      assert.equal(await refused.next(), 'ERR_WS_TOO_MANY_HANDSHAKES');
      await second.gone();
      decisions.pop()?.();
      assert.match(await first.readHead(), /^HTTP\/1\.1 101 /);
      const third = await connectRaw(scope, port);
      const accepted = requestHandshake(third);
      while (decisions.length === 0) await turn();
      decisions.pop()?.();
      await accepted;
      assert.equal(server.connections.size, 2);
    }),
  );
  test(
    'heads that do not end still fill it, until they leave',
    leavingNothing(async (scope) => {
      const refused = new Inbox<unknown>();
      const { port, url } = await serve(scope, {
        refused: (_request: unknown, error: unknown) => refused.push(error),
      });
      const slow: RawPeer[] = [];
      for (let count = 0; count < 20; count++) {
        const peer = await connectRaw(scope, port);
        peer.write(GET.slice(0, 20));
        slow.push(peer);
      }
      await rejectsWith(open(scope, url), 'ERR_WS_REFUSED', '503');
      isError(await refused.next(), 'ERR_WS_TOO_MANY_HANDSHAKES');
      for (const peer of slow) peer.reset();
      await openWhenThereIsRoom(scope, url);
    }),
  );
});

test(
  'handshakeTimeout bounds the head of every request of a connection: 408',
  leavingNothing(async (scope) => {
    const refused = new Inbox<unknown>();
    const { port } = await serve(scope, {
      handshakeTimeout: 1_000,
      refused: (_request: unknown, error: unknown) => refused.push(error),
    });
    const peer = await connectRaw(scope, port);
    await getPage(peer);
    peer.write(GET.slice(0, 20));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 408 Request Timeout\r\n/);
    isError(await refused.next(), 'ERR_WS_HANDSHAKE_TIMEOUT');
    await peer.gone();
  }),
);
test(
  'a request that is completed after the answer 408 is not processed',
  leavingNothing(async (scope) => {
    const seen: unknown[] = [];
    const { port } = await serve(scope, { handshakeTimeout: 50 }, ({ url }, response) => {
      seen.push(url);
      response.end();
    });
    const peer = await connectRaw(scope, port);
    peer.write(GET.slice(0, -2));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 408 /);
    peer.write(`\r\n${GET}`);
    for (let count = 0; count < 100; count++) await turn();
    await peer.gone();
    assert.deepEqual(seen, []);
  }),
);

test(
  'a client that leaves within its first request: `refused` is called; within a later request it is not',
  leavingNothing(async (scope) => {
    const refused = new Inbox<unknown>();
    const { port } = await serve(scope, { refused: (_request: unknown, error: unknown) => refused.push(error) });
    for (const part of [`${GET}GET /pa`, 'POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab']) {
      const peer = await connectRaw(scope, port);
      peer.write(part);
      await peer.readUntil('\r\n\r\npage');
      peer.end();
      await peer.gone();
    }
    assert.deepEqual(refused.rest, []);
    const peer = await connectRaw(scope, port);
    peer.end('GET /pa');
    const text =
      'received only a part of a request before the connection ended: check the client, and the proxies in between';
    isError(await refused.next(), 'ERR_WS_REQUEST_MALFORMED', text);
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 400 /);
  }),
);
