// `drain` and `close`: messages that were sent arrive, connections close with 1001, peers that do not answer are cut, and the
// ports are free when the promise resolves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type DrainResult } from '../../src/engine/index.ts';
import { listen, open, pair, serverCertificate, trust } from '../support/engine.ts';
import { ends, rejectsWith } from '../support/expect.ts';
import { handlesBecome, leavingNothing, openHandles, turn } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { hex, toHex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

describe('drain', () => {
  test(
    'delivers the messages that were sent before, then 1001 with its reason',
    leavingNothing(async (scope) => {
      const { port, server, opened } = await listen(scope);
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      (await opened.next()).send('last words');
      const drained = server.drain();
      assert.equal((await peer.readFrame()).payload.toString(), 'last words');
      const close = await peer.readFrame();
      assert.equal(close.first, 0x88);
      assert.equal(toHex(close.payload.subarray(0, 2)), '03 e9');
      assert.equal(close.payload.subarray(2).toString(), 'server is going away');
      peer.end(hex('88 82 00000000 03e9'));
      assert.deepEqual(ends(await drained), { closed: 1, terminated: 0 });
      await peer.gone();
    }),
  );
  test(
    'with another code and reason, over TCP and TLS, on several ports: all connections and the ports are gone',
    leavingNothing(async (scope) => {
      const before = openHandles();
      const { server, url, port } = await listen(scope);
      const secure = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
      const clients = [
        await open(scope, url),
        await open(scope, url),
        await open(scope, `wss://localhost:${secure.port}/`, { tls: trust() }),
      ];
      assert.deepEqual(ends(await server.drain({ code: 4000, reason: 'update' })), { closed: 3, terminated: 0 });
      assert.equal(server.connections.size, 0);
      for (const client of clients) {
        const { code, reason, wasClean } = await client.closed;
        assert.deepEqual({ code, reason, wasClean }, { code: 4000, reason: 'update', wasClean: true });
      }
      await handlesBecome(before);
      await rejectsWith(connect(url), 'ERR_WS_CONNECT', 'ECONNREFUSED');
      const again = await server.listen({ host: '127.0.0.1', port });
      assert.equal(again.port, port, 'the same port, at once');
      await open(scope, url);
    }),
  );
  test(
    'another server may listen on the port at once',
    leavingNothing(async (scope) => {
      const { server, url, port } = await listen(scope);
      await open(scope, url);
      await server.drain();
      const next = createServer();
      scope.defer(() => next.close());
      await next.listen({ host: '127.0.0.1', port });
    }),
  );
  test(
    'a client with much to read gets all of it',
    leavingNothing(async (scope) => {
      const received: number[] = [];
      const { server, connection, client } = await pair(
        scope,
        {},
        {
          handlers: { message: (_, data) => received.push((data as Buffer).length) },
        },
      );
      const data = Buffer.alloc(1024 * 1024);
      for (let count = 0; count < 16; count++) connection.send(data);
      assert.deepEqual(ends(await server.drain()), { closed: 1, terminated: 0 });
      assert.equal((await client.closed).code, 1001);
      assert.equal(received.length, 16);
    }),
  );
  test(
    'cuts peers that do not answer at the deadline',
    leavingNothing(async (scope) => {
      const { server, port, opened } = await listen(scope);
      const silent = await connectRaw(scope, port);
      await requestHandshake(silent);
      const connection = await opened.next();
      const begun = performance.now();
      assert.deepEqual(ends(await server.drain({ deadline: 50 })), { closed: 0, terminated: 1 });
      assert.ok(performance.now() - begun >= 50);
      assert.equal((await connection.closed).code, 1006);
      await silent.gone();
    }),
  );
  test(
    'refuses an invalid code, reason or deadline, and does nothing',
    leavingNothing(async (scope) => {
      const { server, url } = await listen(scope);
      await open(scope, url);
      await rejectsWith(server.drain({ code: 1006 }), 'ERR_WS_SEND_CLOSE_CODE', '1006');
      await rejectsWith(server.drain({ reason: 'x'.repeat(124) }), 'ERR_WS_CLOSE_REASON_TOO_LONG', '124');
      await rejectsWith(server.drain({ deadline: -1 }), 'ERR_WS_OPTION', 'deadline is -1');
      assert.equal(server.connections.size, 1);
      await open(scope, url);
    }),
  );
  for (const [when, decide] of [
    ['at once', () => undefined],
    ['later', () => turn()],
    ['never', () => new Promise<undefined>(() => {})],
  ] as const)
    test(
      `refuses with 503 the handshake whose upgrade handler drains its server, and accepts ${when}`,
      leavingNothing(async (scope) => {
        const { server, port } = await listen(scope, {
          handshakeTimeout: 0,
          upgrade() {
            drained = server.drain();
            return decide();
          },
        });
        let drained: Promise<DrainResult> | undefined;
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 503 /);
        peer.destroy();
        assert.deepEqual(ends(await drained), { closed: 0, terminated: 0 });
        assert.equal(server.connections.size, 0);
      }),
    );
  test(
    'refuses with 503 the handshakes that are being decided on, and does not wait for the decision',
    leavingNothing(async (scope) => {
      const asked = new Inbox<AbortSignal>();
      const { server, port } = await listen(scope, {
        handshakeTimeout: 0,
        upgrade: ({ signal }) => {
          asked.push(signal);
          return new Promise<undefined>(() => {});
        },
      });
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      const signal = await asked.next();
      const drained = server.drain();
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 503 Service Unavailable\r\n/);
      assert.equal(signal.aborted, true);
      peer.end();
      assert.deepEqual(ends(await drained), { closed: 0, terminated: 0 });
    }),
  );
  test(
    'ends clients that have not sent a request, or are in the middle of a head',
    leavingNothing(async (scope) => {
      const { server, port } = await listen(scope, { handshakeTimeout: 0 });
      const idle = await connectRaw(scope, port);
      const slow = await connectRaw(scope, port);
      slow.write('GET / HTTP/1.1\r\nHost: x\r\n');
      // An answered request shows that the server has seen the earlier ones.
      const third = await connectRaw(scope, port);
      await requestHandshake(third);
      third.reset();
      await server.drain();
      await idle.gone();
      await slow.gone();
    }),
  );
  test(
    'ends clients that have not finished TLS',
    leavingNothing(async (scope) => {
      const { server, port, url } = await listen(scope, { handshakeTimeout: 0 }, { tls: serverCertificate() });
      const idle = await connectRaw(scope, port);
      await open(scope, url, { tls: trust() });
      await server.close();
      await idle.gone();
    }),
  );
  test(
    'twice at once, and with nothing to do',
    leavingNothing(async (scope) => {
      assert.deepEqual(ends(await createServer().drain()), { closed: 0, terminated: 0 });
      const { server, url } = await listen(scope);
      await open(scope, url);
      const [first, second] = await Promise.all([server.drain(), server.drain()]);
      assert.equal(first.closed, 1);
      assert.equal(second.terminated, 0);
      await server.drain();
    }),
  );
});

describe('close', () => {
  test(
    'ends everything at once',
    leavingNothing(async (scope) => {
      const { server, url, port } = await listen(scope);
      const client = await open(scope, url);
      const silent = await connectRaw(scope, port);
      await requestHandshake(silent);
      const before = server.connections.size;
      assert.equal(before, 2);
      await server.close();
      assert.equal(server.connections.size, 0);
      assert.ok([1001, 1006].includes((await client.closed).code));
      await silent.gone();
    }),
  );
});
