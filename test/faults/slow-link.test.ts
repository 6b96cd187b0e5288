// Links that are slow and steady, over sockets and a proxy that throttles: bounds of some hundred milliseconds against
// transfers of seconds. All is delivered, nobody is told of a loss, and the end is clean, whichever end sends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WebSocketError } from '../../src/core/errors.ts';
import { webSocket } from '../../src/kit/index.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { slowProxy } from '../support/slow-proxy.ts';

const MiB = 1024 * 1024;
const PIECE = 256 * 1024;
/** Bytes in a second. */
const RATE = 5 * MiB;
const heartbeat = { interval: 200, timeout: 200 };
const closeTimeout = 200;
const quiet = { heartbeat: false, closeTimeout: 60_000 } as const;

interface Sender {
  send(data: Uint8Array, sent: (error?: WebSocketError) => void): boolean;
}

/** @returns what senders were told of losses */
function queue(connection: Sender, bytes: number): string[] {
  const lost: string[] = [];
  for (let at = 0; at < bytes; at += PIECE) {
    connection.send(new Uint8Array(PIECE), (error) => {
      if (error !== undefined) lost.push(error.code);
    });
  }
  return lost;
}

for (const tls of [false, true]) {
  const name = tls ? 'TLS' : 'TCP';
  const secure = tls ? { tls: serverCertificate() } : {};
  const trusting = tls ? { tls: trust() } : {};
  const scheme = tls ? 'wss' : 'ws';

  describe(`${name}: ${RATE / MiB} MiB/s`, () => {
    test(
      'a server that sends 16 MiB: no heartbeat cuts it',
      leavingNothing(async (scope) => {
        const { port, opened } = await listen(scope, { heartbeat, closeTimeout }, secure);
        const proxy = await slowProxy(scope, port, { toClients: RATE });
        let received = 0;
        let all = (): void => {};
        const arrived = new Promise<void>((resolve) => {
          all = resolve;
        });
        const client = await open(scope, `${scheme}://127.0.0.1:${proxy.port}/`, {
          ...quiet,
          ...trusting,
          handlers: {
            message(_, data) {
              received += data.length;
              if (received === 16 * MiB) all();
            },
            close: () => all(),
          },
        });
        const connection = await opened.next();
        const lost = queue(connection, 16 * MiB);
        await arrived;
        assert.deepEqual([received, lost, connection.isOpen, client.isOpen], [16 * MiB, [], true, true]);
      }),
    );

    test(
      'a server that closes with 12 MiB queued: all arrives, and it is clean at both ends',
      leavingNothing(async (scope) => {
        const { port, opened } = await listen(scope, { heartbeat, closeTimeout }, secure);
        const proxy = await slowProxy(scope, port, { toClients: RATE });
        let received = 0;
        const client = await open(scope, `${scheme}://127.0.0.1:${proxy.port}/`, {
          ...quiet,
          ...trusting,
          handlers: {
            message(_, data) {
              received += data.length;
            },
          },
        });
        const connection = await opened.next();
        const lost = queue(connection, 12 * MiB);
        const ours = await connection.close(1000, 'bye');
        const theirs = await client.closed;
        assert.deepEqual([received, lost], [12 * MiB, []]);
        assert.deepEqual([ours.code, ours.wasClean, theirs.code, theirs.wasClean], [1000, true, 1000, true]);
      }),
    );

    test(
      'a client that does the same',
      leavingNothing(async (scope) => {
        let received = 0;
        const { port, opened } = await listen(
          scope,
          {
            ...quiet,
            message(_, data) {
              received += data.length;
            },
          },
          secure,
        );
        const proxy = await slowProxy(scope, port, { toServer: RATE });
        const client = await open(scope, `${scheme}://127.0.0.1:${proxy.port}/`, {
          heartbeat,
          closeTimeout,
          ...trusting,
        });
        const connection = await opened.next();
        const lost = queue(client, 12 * MiB);
        const ours = await client.close(1000, 'bye');
        const theirs = await connection.closed;
        assert.deepEqual([received, lost], [12 * MiB, []]);
        assert.deepEqual([ours.wasClean, theirs.wasClean], [true, true]);
      }),
    );
  });
}

test(
  'a client of the kit with a heartbeat of a second: 48 messages of 256 KiB arrive',
  leavingNothing(async (scope) => {
    let received = 0;
    const { port } = await listen(scope, {
      ...quiet,
      message(connection, data) {
        received += data.length;
        if (received === 48 * PIECE) void connection.close(1000);
      },
    });
    const proxy = await slowProxy(scope, port, { toServer: 3 * MiB });
    const ws = webSocket.createWebSocket();
    const failures: unknown[] = [];
    ws.on('error', (error) => failures.push(error));
    const closed = new Promise<webSocket.CloseResult>((resolve) => ws.on('close', (_err, result) => resolve(result)));
    ws.on('open', () => {
      for (let count = 0; count < 48; count++) void ws.send(new ArrayBuffer(PIECE));
    });
    await ws.connect(`ws://127.0.0.1:${proxy.port}/`, { pingInterval: 1, pongTimeout: 1 });
    assert.equal((await closed).code, 1000);
    assert.deepEqual([received, failures], [48 * PIECE, []]);
  }),
);
