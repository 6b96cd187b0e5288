// The fault proxy itself: it passes bytes on unchanged and in order, and each fault is what its name says.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { faultProxy, type Proxied } from '../support/fault-proxy.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { connectRaw, listenRaw, type RawPeer } from '../support/raw-peer.ts';

interface Ends {
  readonly client: RawPeer;
  readonly server: RawPeer;
  readonly proxied: Proxied;
}

async function connected(scope: Scope): Promise<Ends> {
  const listener = await listenRaw(scope);
  const proxy = await faultProxy(scope, listener.port);
  const client = await connectRaw(scope, proxy.port);
  return { client, server: await listener.accepted(), proxied: await proxy.connections.next() };
}

/** Bytes of which no two neighbouring pairs are alike for a long way. */
function numbered(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 3 < size; at += 4) bytes.writeUInt32BE(at, at);
  return bytes;
}

async function resetSeen(peer: RawPeer): Promise<void> {
  const [error] = (await once(peer.socket, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
}

describe('the fault proxy', () => {
  test(
    'keeps order and bytes both ways, throttled and held in between',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      const sent = numbered(300_000);
      proxied.toServer.throttle(997);
      proxied.toServer.hold(1_001);
      client.write(sent);
      await proxied.toServer.held();
      assert.equal(proxied.toServer.passed, 1_001);
      proxied.toServer.release();
      assert.ok((await server.read(sent.length)).equals(sent));
      server.write(sent);
      assert.ok((await client.read(sent.length)).equals(sent));
    }),
  );
  test(
    'corrupts one byte',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      client.write('abc');
      await server.read(3);
      proxied.toServer.corrupt(4, 0x20);
      client.write('defghi');
      assert.equal((await server.read(6)).toString(), 'defgHi');
    }),
  );
  test(
    'ends one direction, the other goes on',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      proxied.toServer.hold(2);
      client.write('abc');
      await proxied.toServer.held();
      proxied.toServer.end();
      assert.equal((await server.readToEnd()).toString(), 'ab');
      server.write('still');
      assert.equal((await client.read(5)).toString(), 'still');
      server.end();
      assert.equal((await client.readToEnd()).length, 0);
    }),
  );
  test(
    'ends both directions',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      proxied.end();
      await Promise.all([client.gone(), server.gone(), proxied.gone()]);
    }),
  );
  test(
    'resets both sides',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      client.socket.resume();
      server.socket.resume();
      const seen = [resetSeen(client), resetSeen(server)];
      proxied.reset();
      await Promise.all(seen);
    }),
  );
  test(
    'passes a reset of one side to the other',
    leavingNothing(async (scope) => {
      const { client, server } = await connected(scope);
      server.socket.resume();
      const seen = resetSeen(server);
      client.reset();
      await seen;
    }),
  );
  test(
    'freezes one direction: neither bytes nor the end pass, the other goes on',
    leavingNothing(async (scope) => {
      const { client, server, proxied } = await connected(scope);
      proxied.toServer.freeze();
      client.end('nobody hears this');
      server.write('ping-pong '.repeat(100));
      await client.read(1_000);
      assert.equal(server.socket.read(), null);
      assert.equal(server.socket.readableEnded, false);
      assert.equal(proxied.toServer.passed, 0);
    }),
  );
});
