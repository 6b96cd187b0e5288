// Handshakes of servers and clients: how they are counted, and what observers are told of them.

import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { describe, test } from 'node:test';
import {
  type ClientMetrics,
  clientMetrics,
  connect,
  createServer,
  type Observer,
  refuse,
  type ServerOptions,
} from '../../src/engine/index.ts';
import { listen, pair } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';

/** Writes down handshakes and the order of events. */
function recorder(lines: string[]): Observer<unknown> {
  const requests = new Map<object, number>();
  return {
    handshake(request, outcome) {
      let number = 0;
      if (request !== undefined) {
        if (!requests.has(request)) requests.set(request, requests.size + 1);
        number = requests.get(request) as number;
      }
      const reason = 'error' in outcome ? ` ${outcome.error.code} ${outcome.error.status ?? ''}`.trimEnd() : '';
      lines.push(`${request?.role ?? 'nobody'} ${number} ${outcome.kind}${reason}`);
    },
    open: () => lines.push('open'),
    close: (_connection, { code }) => lines.push(`close ${code}`),
  };
}

/** The client's counts, without what other tests of this file have done. */
function since(before: ClientMetrics): { opened: number; refused: Record<string, number>; failed: number } {
  const now = clientMetrics();
  const refused: Record<string, number> = {};
  for (const [reason, count] of Object.entries(now.connections.refused)) {
    const more = (count ?? 0) - (before.connections.refused[reason] ?? 0);
    if (more > 0) refused[reason] = more;
  }
  return {
    opened: now.connections.opened - before.connections.opened,
    refused,
    failed: now.handshakes.failed - before.handshakes.failed,
  };
}

test(
  'a handshake that is accepted: started, accepted, open, in this order at both ends',
  leavingNothing(async (scope) => {
    const lines = { server: [] as string[], client: [] as string[] };
    const before = clientMetrics();
    const options = { observer: recorder(lines.server), message: () => {} };
    const clientOptions = { observer: recorder(lines.client) };
    const { server, client, connection } = await pair(scope, options, clientOptions);
    await client.close(1000);
    await connection.closed;
    assert.deepEqual(lines.server, ['server 1 started', 'server 1 accepted', 'open', 'close 1000']);
    assert.deepEqual(lines.client, ['client 1 started', 'client 1 accepted', 'open', 'close 1000']);
    const { connections, handshakes, closeCodes, received, sent } = server.metrics();
    assert.deepEqual([connections.open, connections.opened, connections.closed], [0, 1, 1]);
    assert.deepEqual([connections.refused, connections.lifetime.count], [{}, 1]);
    assert.deepEqual([handshakes.accepted, handshakes.refused, handshakes.failed], [1, 0, 0]);
    assert.equal(handshakes.duration.count, 1);
    assert.deepEqual(closeCodes, { received: { 1000: 1 }, sent: { 1000: 1 } });
    assert.deepEqual([received.frames.close, sent.frames.close], [1, 1]);
    assert.deepEqual(since(before), { opened: 1, refused: {}, failed: 0 });
    assert.notEqual(client.id, connection.id);
  }),
);

describe('a handshake that leads to no connection', () => {
  const cases: readonly [string, ServerOptions<undefined>, string, 'refused' | 'failed'][] = [
    ['refused by upgrade', { upgrade: () => refuse(403, 'no') }, '403', 'refused'],
    [
      'by an exception of upgrade',
      {
        upgrade: () => {
          throw new Error('mistake');
        },
        failed: () => {},
      },
      'ERR_WS_UPGRADE_FAILED',
      'failed',
    ],
    ['by a bound', { limits: { maxConnections: 0 } }, 'ERR_WS_TOO_MANY_CONNECTIONS', 'refused'],
    [
      'by its time',
      { handshakeTimeout: 1, upgrade: () => new Promise(() => {}) },
      'ERR_WS_HANDSHAKE_TIMEOUT',
      'failed',
    ],
    ['by its origin', { allowedOrigins: ['https://example.org'] }, 'ERR_WS_REQUEST_ORIGIN', 'refused'],
  ];
  for (const [title, options, reason, kind] of cases) {
    test(
      title,
      leavingNothing(async (scope) => {
        const lines: string[] = [];
        const before = clientMetrics();
        const { server, url } = await listen(scope, { ...options, observer: recorder(lines) } as object);
        const refused = await connect(url, { headers: { Origin: 'https://other.example' } }).catch((error) => error);
        isError(refused, 'ERR_WS_REFUSED');
        const { connections, handshakes } = server.metrics();
        assert.deepEqual(connections.refused, { [reason]: 1 });
        assert.deepEqual([handshakes.accepted, handshakes[kind]], [0, 1]);
        assert.equal(handshakes.duration.count, 1);
        assert.equal(lines.length, 2);
        assert.equal(lines[0], 'server 1 started');
        assert.ok(lines[1]?.startsWith(`server 1 ${kind}`), lines[1]);
        assert.deepEqual(since(before), { opened: 0, refused: { [String(refused.status)]: 1 }, failed: 0 });
      }),
    );
  }

  test(
    'a client that is not one: nobody knows its request',
    leavingNothing(async (scope: Scope) => {
      const lines: string[] = [];
      const { server, port } = await listen(scope, { observer: recorder(lines) } as object);
      const socket = connectSocket(port, '127.0.0.1');
      socket.end('this is not HTTP\r\n\r\n');
      socket.resume();
      await new Promise((resolve) => socket.on('close', resolve));
      assert.deepEqual(lines, ['nobody 0 refused ERR_WS_REQUEST_MALFORMED 400']);
      assert.deepEqual(server.metrics().connections.refused, { ERR_WS_REQUEST_MALFORMED: 1 });
    }),
  );

  test(
    'a client without a server',
    leavingNothing(async (scope) => {
      const lines: string[] = [];
      const { server, url } = await listen(scope);
      await server.close();
      const before = clientMetrics();
      await assert.rejects(connect(url, { observer: recorder(lines) }), { code: 'ERR_WS_CONNECT' });
      assert.deepEqual(lines, ['client 1 started', 'client 1 failed ERR_WS_CONNECT']);
      assert.deepEqual(since(before), { opened: 0, refused: { ERR_WS_CONNECT: 1 }, failed: 1 });
    }),
  );
});

test(
  'server.observe adds an observer to open connections, and takes it away again',
  leavingNothing(async (scope) => {
    const frames: string[] = [];
    const { server, client, connection } = await pair(scope, { message: (it, data) => void it.send(data) });
    const received = (async () => {
      const texts: string[] = [];
      for await (const message of client) {
        texts.push(String(message));
        if (texts.length === 3) break;
      }
      return texts;
    })();
    client.send('before');
    await connectionHas(1);
    const stop = server.observe({
      frame: (_it, { direction, payload }) => frames.push(`${direction} ${Buffer.from(payload)}`),
    });
    client.send('while');
    await connectionHas(2);
    stop();
    client.send('after');
    assert.deepEqual(await received, ['before', 'while', 'after']);
    assert.deepEqual(frames, ['received while', 'sent while']);

    async function connectionHas(messages: number): Promise<void> {
      while (connection.metrics().sent.messages < messages) await new Promise(setImmediate);
    }
  }),
);

test(
  'publishes count once, and for each connection',
  leavingNothing(async (scope) => {
    const { server, url, opened } = await listen(scope, { open: (it) => void it.subscribe('news') });
    const clients = [await connect(url), await connect(url)];
    const connections = [await opened.next(), await opened.next()];
    assert.equal(server.publish('news', 'one'), 2);
    assert.equal(server.broadcast(Uint8Array.of(1, 2, 3)), 2);
    connections[0]?.terminate();
    assert.equal(server.publish('news', 'two'), 1);
    const { topics, sent } = server.metrics();
    assert.deepEqual(topics, { topics: 1, subscriptions: 1, publishes: 3, deliveries: 5, passedOver: 0 });
    assert.deepEqual(sent.messages, { text: 3, binary: 2 });
    assert.deepEqual([sent.frames.text, sent.frames.binary, sent.payloadBytes], [3, 2, 15]);
    assert.equal(connections[1]?.metrics().sent.messages, 3);
    for (const client of clients) client.terminate();
  }),
);

test('options that are not observers are refused', () => {
  assert.throws(() => createServer({ observer: { frames: () => {} } } as object), { code: 'ERR_WS_OPTION' });
  assert.throws(() => createServer({ observer: { frame: 'all' } } as object), { code: 'ERR_WS_OPTION' });
  assert.throws(() => createServer().observe({ ping: () => {} } as object), /use frame: a ping has the opcode 9/);
});
