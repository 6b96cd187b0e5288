// The client and the server of this package together, over real sockets: breaks, drains, topics, large messages, and a plain
// client beside.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  connect,
  createServer,
  fileStore,
  type ResumeClientOptions,
  refuse,
  type ServerConnection,
} from '../../../src/engine/index.ts';
import { serverCertificate, trust } from '../../support/engine.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';

const reconnect = { initial: 1, max: 20 };

function begin(scope: Scope, url: string, options: Partial<ResumeClientOptions> = {}) {
  const events = new Inbox<string>();
  const messages = new Inbox<string | Buffer>();
  const client = connect(url, {
    resume: true,
    reconnect,
    ...options,
    handlers: {
      open: () => events.push('open'),
      message: (_connection, data) => messages.push(data),
      interrupted: (_connection, { code }) => events.push(`interrupted ${code}`),
      resumed: (_connection, { lost, isOrphan }) => events.push(`resumed ${lost} ${isOrphan}`),
      expired: (_connection, { why }) => events.push(`expired ${why}`),
      close: (_connection, { code }) => events.push(`close ${code}`),
    },
  });
  scope.defer(() => client.terminate());
  return { client, events, messages };
}

describe('with a server of this package', () => {
  test(
    'a session survives its connections; topics go on, and a plain client gets the same',
    leavingNothing(async (scope) => {
      const opened = new Inbox<ServerConnection>();
      const received = new Inbox<string>();
      const server = createServer({
        resume: { drainSpread: 0 },
        open(connection) {
          connection.subscribe('news');
          opened.push(connection);
        },
        message: (_connection, data) => received.push(String(data)),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1' });
      const proxy = await cutting(scope, port);
      const { client, events, messages } = begin(scope, proxy.url);
      const connection = await opened.next();
      assert.equal(await events.next(), 'open');
      const plainMessages = new Inbox<string>();
      const plain = await connect(`ws://127.0.0.1:${port}/`, {
        handlers: { message: (_connection, data) => plainMessages.push(String(data)) },
      });
      scope.defer(() => plain.terminate());
      await opened.next();
      for (let round = 0; round < 5; round++) {
        proxy.cut();
        assert.equal(await events.next(), 'interrupted 1006');
        server.publish('news', `topic ${round}`);
        connection.send(`direct ${round}`);
        client.send(`up ${round}`);
        assert.equal(await events.next(), 'resumed undefined false');
        assert.deepEqual(await messages.take(2), [`topic ${round}`, `direct ${round}`]);
        assert.equal(await plainMessages.next(), `topic ${round}`);
        assert.equal(await received.next(), `up ${round}`);
      }
      assert.equal(connection.session?.id, client.sessionId);
      await client.close();
      assert.equal(await events.next(), 'close 1000');
    }),
  );
  test(
    'a drain moves sessions to the next server by a store, and nothing is lost',
    leavingNothing(async (scope) => {
      const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
      scope.defer(() => rmSync(directory, { recursive: true, force: true }));
      const received = new Inbox<string>();
      const start = async (port: number) => {
        const store = fileStore({ directory, failed: (error) => assert.fail(error) });
        const server = createServer({
          resume: { store, drainSpread: 0 },
          message(connection, data) {
            received.push(String(data));
            connection.send(`echo ${data}`);
          },
        });
        const listening = await server.listen({ host: '127.0.0.1', port });
        scope.defer(async () => {
          await server.close();
          await store.close();
        });
        return { server, port: listening.port };
      };
      let { server, port } = await start(0);
      const { client, events, messages } = begin(scope, `ws://127.0.0.1:${port}/`);
      assert.equal(await events.next(), 'open');
      const id = client.sessionId;
      for (let round = 0; round < 3; round++) {
        client.send(`before ${round}`);
        const drained = server.drain();
        client.send(`while ${round}`);
        await drained;
        ({ server, port } = await start(port));
        assert.match(await events.next(), /^interrupted 101[23]$|^interrupted 100[16]$/);
        assert.match(await events.next(), /^resumed undefined/);
        assert.deepEqual(await messages.take(2), [`echo before ${round}`, `echo while ${round}`]);
        assert.deepEqual(await received.take(2), [`before ${round}`, `while ${round}`]);
      }
      assert.equal(client.sessionId, id);
      await client.close();
    }),
  );
  test(
    'over TLS, with compression, a message of 8 MiB each way and cuts in between',
    leavingNothing(async (scope) => {
      const server = createServer({
        resume: true,
        compression: true,
        message: (connection, data) => void connection.send(data),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
      // A cut after each 2 MiB, up to eight times: more resumes in a minute would be too many for the server.
      const proxy = await cutting(scope, port, 2 * 1024 * 1024, 8);
      const { client, messages } = begin(scope, proxy.url.replace('ws:', 'wss:'), { tls: trust(), compression: true });
      const large = Buffer.alloc(8 * 1024 * 1024);
      for (let at = 0; at < large.length; at += 4) large.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
      client.send(large);
      client.send('end');
      const got = await messages.next();
      assert.ok(Buffer.isBuffer(got) && got.equals(large));
      assert.equal(await messages.next(), 'end');
      assert.equal(proxy.cuts, 8);
      assert.ok(proxy.bytes < 1.3 * 2 * large.length, `${proxy.bytes} bytes for ${2 * large.length}`);
    }),
  );
  test(
    'that says no at a resume: the end, with its reason',
    leavingNothing(async (scope) => {
      let isAllowed = true;
      const server = createServer({
        resume: true,
        upgrade: () => (isAllowed ? undefined : refuse(403, 'blocked')),
      });
      scope.defer(() => server.close());
      const { port } = await server.listen({ host: '127.0.0.1' });
      const proxy = await cutting(scope, port);
      const { client, events } = begin(scope, proxy.url);
      assert.equal(await events.next(), 'open');
      isAllowed = false;
      client.send('x');
      proxy.cut();
      const { error } = await client.closed;
      assert.equal(error?.status, 403);
      assert.match(error?.message ?? '', /blocked/);
    }),
  );
});

interface CuttingProxy {
  readonly url: string;
  /** Bytes that have passed, both ways. */
  readonly bytes: number;
  readonly cuts: number;
  cut(): void;
}

/** A proxy whose connections the test cuts, or that cuts them itself whenever so many bytes have passed. */
async function cutting(scope: Scope, port: number, each = Infinity, times = 0): Promise<CuttingProxy> {
  let bytes = 0;
  let cuts = 0;
  const sockets = new Set<{ destroy(): void }>();
  const proxy = createTcpServer((socket) => {
    const upstream = connectTcp(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('data', (chunk) => {
        bytes += chunk.length;
        if (cuts < times && bytes >= each * (cuts + 1)) {
          cuts++;
          cut();
        } else other.write(chunk);
      });
      one.on('end', () => other.end());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  scope.defer(() => {
    cut();
    proxy.close();
  });
  return {
    url: `ws://127.0.0.1:${(proxy.address() as { port: number }).port}/`,
    get bytes() {
      return bytes;
    },
    get cuts() {
      return cuts;
    },
    cut,
  };
}
