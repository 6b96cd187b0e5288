// How connections end over real sockets (RFC 6455 §7.1): by either side's Close, by TCP only, by a reset. Each side gets the
// right event, and nothing stays behind.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CloseEvent, connect } from '../../src/engine/index.ts';
import { listen, pair, serverCertificate, trust } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { handlesBecome, leavingNothing, openHandles } from '../support/handles.ts';
import { acceptHandshake, requestHandshake } from '../support/handshake.ts';
import { hex, toHex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw } from '../support/raw-peer.ts';

function plain({ code, reason, wasClean }: CloseEvent): [number, string, boolean] {
  return [code, reason, wasClean];
}

for (const [name, tls] of [
  ['TCP', false],
  ['TLS', true],
] as const) {
  describe(name, () => {
    for (const side of ['client', 'server'] as const) {
      const table: readonly (readonly [code: number | undefined, reason: string, received: number])[] = [
        [undefined, '', 1005],
        [1000, '', 1000],
        [1001, 'going away', 1001],
        [3000, 'é€😀', 3000],
        [4999, 'x'.repeat(123), 4999],
      ];
      for (const [code, reason, received] of table) {
        test(
          `the ${side} closes with ${code ?? 'no code'}${reason === '' ? '' : ` and ${Buffer.byteLength(reason)} bytes of reason`}: both get the same event`,
          leavingNothing(async (scope) => {
            const { client, connection } = await pair(scope, {}, {}, tls);
            const [closer, other] = side === 'client' ? [client, connection] : [connection, client];
            const event = code === undefined ? await closer.close() : await closer.close(code, reason);
            assert.deepEqual(plain(event), [received, reason, true]);
            assert.deepEqual(plain(await other.closed), [received, reason, true]);
            assert.equal(closer.state.kind, 'closed');
            assert.equal(event.error, undefined);
          }),
        );
      }
    }
    test(
      'both close at once, each with its own code',
      leavingNothing(async (scope) => {
        const { client, connection } = await pair(scope, {}, {}, tls);
        const [atClient, atServer] = await Promise.all([
          client.close(3001, 'client'),
          connection.close(3002, 'server'),
        ]);
        assert.deepEqual(plain(atClient), [3002, 'server', true]);
        assert.deepEqual(plain(atServer), [3001, 'client', true]);
      }),
    );
    test(
      'terminate on one side is 1006 on both',
      leavingNothing(async (scope) => {
        const errors = new Inbox<unknown>();
        const { client, connection } = await pair(
          scope,
          {},
          { handlers: { error: (_, error) => errors.push(error) } },
          tls,
        );
        connection.terminate();
        const event = await connection.closed;
        assert.deepEqual(plain(event), [1006, '', false]);
        isError(event.error, 'ERR_WS_TERMINATED');
        assert.deepEqual(plain(await client.closed), [1006, '', false]);
        isError(await errors.next(), 'ERR_WS_LOST', /connect again/);
      }),
    );
    test(
      '200 connections, one after the other: nothing stays behind',
      leavingNothing(async (scope) => {
        const { server, url } = await listen(scope, {}, tls ? { tls: serverCertificate() } : {});
        const before = openHandles();
        for (let count = 0; count < (tls ? 50 : 200); count++) {
          const connection = await connect(url, tls ? { tls: trust() } : {});
          const event = await connection.close(1000);
          assert.equal(event.wasClean, true);
          assert.ok(server.connections.size <= 1);
        }
        await handlesBecome(before);
        assert.equal(server.connections.size, 0);
      }),
    );
  });
}

describe('a server that goes away without a Close is 1006 at the client', () => {
  for (const [name, cut, cause] of [
    ['a reset', 'reset', 'ECONNRESET'],
    ['the end of TCP', 'end', 'the peer ended TCP'],
  ] as const) {
    test(
      name,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const errors = new Inbox<unknown>();
        const connecting = connect(server.url, { handlers: { error: (_, error) => errors.push(error) } });
        const peer = await server.accepted();
        await acceptHandshake(peer);
        const connection = await connecting;
        peer[cut]();
        const event = await connection.closed;
        assert.deepEqual(plain(event), [1006, '', false]);
        assert.equal(isError(event.error, 'ERR_WS_LOST', cause), errors.rest[0]);
        assert.equal(errors.rest.length, 1);
        await peer.gone();
      }),
    );
  }
});

describe('a client that goes away without a Close is 1006 at the server', () => {
  for (const cut of ['reset', 'end', 'destroy'] as const) {
    test(
      cut,
      leavingNothing(async (scope) => {
        const { port, server, opened } = await listen(scope);
        const peer = await connectRaw(scope, port);
        await requestHandshake(peer);
        const connection = await opened.next();
        peer[cut]();
        const event = await connection.closed;
        assert.equal(event.code, 1006);
        isError(event.error, 'ERR_WS_LOST');
        assert.equal(server.connections.size, 0);
        await peer.gone();
      }),
    );
  }
});

describe('RFC 6455 §7.1.1: the side that ends TCP', () => {
  test(
    'the server, as soon as both Close frames are there',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope);
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      peer.write(hex('88 82 00000000 03e8'));
      await peer.expect(hex('88 02 03 e8'));
      assert.equal((await peer.readToEnd()).length, 0);
      peer.end();
      assert.equal((await connection.closed).wasClean, true);
    }),
  );
  test(
    'a client that keeps its direction open is cut after closeTimeout, and the closing was clean all the same',
    leavingNothing(async (scope) => {
      const { port, opened } = await listen(scope, { closeTimeout: 50 });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      const connection = await opened.next();
      peer.write(hex('88 80 00000000'));
      await peer.expect(hex('88 00'));
      assert.deepEqual(plain(await connection.closed), [1005, '', true]);
    }),
  );
  test(
    'a client waits for the server to end it, and cuts it after closeTimeout',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url, { closeTimeout: 50 });
      const peer = await server.accepted();
      await acceptHandshake(peer);
      const connection = await connecting;
      const closed = connection.close(1000);
      assert.equal(toHex((await peer.readFrame()).payload), '03 e8');
      peer.write(hex('88 02 03 e8'));
      assert.deepEqual(plain(await closed), [1000, '', true]);
      await peer.gone();
    }),
  );
  test(
    'a peer that never answers a Close is cut after closeTimeout: 1006',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url, { closeTimeout: 50 });
      const peer = await server.accepted();
      await acceptHandshake(peer);
      const event = await (await connecting).close(1000);
      assert.deepEqual(plain(event), [1006, '', false]);
      await peer.gone();
    }),
  );
});

test(
  'RFC 6455 §5.5.2 heartbeat: a peer that does not answer pings is lost, with the bound in the error',
  leavingNothing(async (scope) => {
    const { port, opened } = await listen(scope, { heartbeat: { interval: 30, timeout: 30 } });
    const peer = await connectRaw(scope, port);
    await requestHandshake(peer);
    const connection = await opened.next();
    const ping = await peer.readFrame();
    assert.equal(ping.first, 0x89);
    const event = await connection.closed;
    isError(event.error, 'ERR_WS_HEARTBEAT', 'heartbeat.timeout (30 ms)');
    await peer.gone();
  }),
);
test(
  'heartbeat: a peer that answers stays',
  leavingNothing(async (scope) => {
    const pongs = new Inbox<void>();
    const { connection } = await pair(scope, { heartbeat: { interval: 10, timeout: 5_000 }, pong: () => pongs.push() });
    await pongs.take(5);
    assert.equal(connection.isOpen, true);
  }),
);
