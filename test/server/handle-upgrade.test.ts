// `handleUpgrade` with the arguments of routers, tests and other transports: streams that are not sockets, requests that were
// made by hand, sockets that have ended already. It works or refuses clearly, and leaves nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { createServer, type Server, type ServerOptions } from '../../src/engine/index.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT, SAMPLE_KEY } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';
import { tcpPair } from '../support/tcp-pair.ts';

const NOTHING = Buffer.alloc(0);

const headers = {
  host: 'x',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': SAMPLE_KEY,
  'sec-websocket-version': '13',
};

/** An object with everything of Node's request that a handshake needs. */
function requestOf(more: object = {}): IncomingMessage {
  return { method: 'GET', url: '/', httpVersion: '1.1', headers, ...more } as unknown as IncomingMessage;
}

interface Served {
  readonly server: Server;
  readonly refused: Inbox<unknown>;
}

function serve(scope: Scope, options: ServerOptions<undefined> = {}): Served {
  const refused = new Inbox<unknown>();
  const server = createServer({
    message: (connection, data) => connection.send(data),
    refused: (_request, error) => refused.push(error),
    limits: { maxHandshakes: 1, maxConnections: 1 },
    ...options,
  });
  scope.defer(() => server.close());
  return { server, refused };
}

/** A further handshake finds a free slot: nothing is left of earlier ones. */
async function assertNothingLeft({ server }: Served): Promise<void> {
  assert.equal(server.connections.size, 0);
  const [ours, theirs] = duplexPair();
  server.handleUpgrade(requestOf(), ours, NOTHING);
  const peer = new RawPeer(theirs as never);
  assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
  theirs.destroy();
  while (server.connections.size > 0) await turn();
}

async function converse(peer: RawPeer): Promise<void> {
  const head = await peer.readHead();
  assert.ok(head.includes(SAMPLE_ACCEPT), head);
  peer.write(hex('81 82 00000000 6869'));
  await peer.expect(hex('81 02 6869'));
  // More than a stream takes at once, in both directions.
  const large = Buffer.alloc(300_000, 'x');
  peer.write(Buffer.concat([hex('82 ff 00000000000493e0 00000000'), large]));
  await peer.expect(hex('82 7f 00000000000493e0'));
  assert.ok((await peer.read(large.length)).equals(large));
  peer.write(hex('88 82 00000000 03e8'));
  await peer.expect(hex('88 02 03e8'));
}

test(
  'a TCP socket that was reset before its request was checked does not become a connection',
  leavingNothing(async (scope) => {
    const opened: unknown[] = [];
    const served = serve(scope, { open: (connection) => void opened.push(connection) });
    const [ours] = duplexPair();
    // A socket of the system then no longer has the address of its peer.
    Object.assign(ours, { localAddress: '127.0.0.1', remoteAddress: undefined });
    served.server.handleUpgrade(requestOf(), ours, NOTHING);
    assert.ok(isError(await served.refused.next(), 'ERR_WS_HANDSHAKE_LOST', 'the client left'));
    assert.deepEqual(opened, []);
    await assertNothingLeft(served);
  }),
);

describe('a Duplex that is not a socket', () => {
  test(
    'carries a connection to its end',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      const [ours, theirs] = duplexPair();
      served.server.handleUpgrade(requestOf({ headers }), ours, NOTHING);
      const [connection] = served.server.connections;
      assert.equal(connection?.remoteAddress, '');
      assert.equal(connection.encrypted, false);
      const peer = new RawPeer(theirs as never);
      await converse(peer);
      theirs.end();
      await once(theirs, 'close');
      while (served.server.connections.size > 0) await turn();
      await assertNothingLeft(served);
    }),
  );
  test(
    'with frames after the head, and a slow decision',
    leavingNothing(async (scope) => {
      const served = serve(scope, { upgrade: () => turn() });
      const [ours, theirs] = duplexPair();
      served.server.handleUpgrade(requestOf(), ours, hex('81 82 00000000 6869'));
      const peer = new RawPeer(theirs as never);
      await peer.readHead();
      await peer.expect(hex('81 02 6869'));
      theirs.destroy();
      while (served.server.connections.size > 0) await turn();
      await assertNothingLeft(served);
    }),
  );
  test(
    'is refused with an answer, and ended',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      const [ours, theirs] = duplexPair();
      served.server.handleUpgrade(requestOf({ method: 'POST' }), ours, NOTHING);
      assert.match((await new RawPeer(theirs as never).readToEnd()).toString(), /^HTTP\/1\.1 405 /);
      theirs.end();
      isError(await served.refused.next(), 'ERR_WS_REQUEST_METHOD');
      await assertNothingLeft(served);
    }),
  );
  test(
    'whose first write fails leaves nothing',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      class Failing extends Duplex {
        override _read(): void {}
        override write(): boolean {
          throw new TypeError('does not write');
        }
      }
      for (const upgrade of [() => {}, () => turn()]) {
        const failing = serve(scope, { upgrade });
        failing.server.handleUpgrade(requestOf(), new Failing(), NOTHING);
        const error = isError(await failing.refused.next(), 'ERR_WS_HANDSHAKE_LOST');
        assert.match(String((error.cause as Error).message), /does not write/);
        assert.equal(failing.server.connections.size, 0);
      }
      await assertNothingLeft(served);
    }),
  );
});

describe('a request that was made by hand', () => {
  const raw = Object.entries(headers).flat();
  const table: Record<string, object> = {
    'without rawHeaders': {},
    'with repeated fields': { headers: { ...headers, 'x-a': ['1', '2'], 'sec-websocket-protocol': undefined } },
    'with names in other letters': {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
    },
    'with the Headers of fetch': { headers: new Headers(headers) },
    'without headers': { headers: undefined, rawHeaders: raw },
    'without anything else': { method: undefined, url: undefined, httpVersion: undefined },
  };
  for (const [name, more] of Object.entries(table)) {
    test(
      `${name} is accepted`,
      leavingNothing(async (scope) => {
        const asked: unknown[] = [];
        const served = serve(scope, {
          allowedOrigins: ['https://a.example'],
          trustedProxies: ['loopback'],
          upgrade: (request) => void asked.push([request.url, request.headers.upgrade, request.remoteAddress]),
        });
        const [ours, theirs] = duplexPair();
        served.server.handleUpgrade(requestOf(more), ours, NOTHING);
        assert.match(await new RawPeer(theirs as never).readHead(), / 101 /);
        assert.deepEqual(asked, [['/', 'websocket', '']]);
        theirs.destroy();
        while (served.server.connections.size > 0) await turn();
      }),
    );
  }
  test(
    'has its origin and its address checked like any other',
    leavingNothing(async (scope) => {
      const addresses: string[] = [];
      const served = serve(scope, {
        allowedOrigins: ['https://a.example'],
        open: ({ remoteAddress }) => addresses.push(remoteAddress),
      });
      const [ours, theirs] = duplexPair();
      served.server.handleUpgrade(requestOf({ headers: { ...headers, Origin: 'https://b.example' } }), ours, NOTHING);
      assert.match((await new RawPeer(theirs as never).readToEnd()).toString(), /^HTTP\/1\.1 403 /);
      theirs.end();
      const [second, end] = duplexPair();
      const socket = { remoteAddress: '::ffff:192.0.2.1', remotePort: 5 };
      served.server.handleUpgrade(requestOf({ socket }), second, NOTHING);
      assert.deepEqual(addresses, ['192.0.2.1']);
      end.destroy();
      while (served.server.connections.size > 0) await turn();
    }),
  );
  test(
    'a refusal on a stream whose write throws: nothing is uncaught, and the stream is destroyed',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      const stream = new Duplex({
        read() {},
        write() {
          throw new Error('not a stream');
        },
      });
      served.server.handleUpgrade(requestOf({ method: 'POST' }), stream, NOTHING);
      isError(await served.refused.next(), 'ERR_WS_REQUEST_METHOD');
      assert.equal(stream.destroyed, true);
      await assertNothingLeft(served);
    }),
  );
  test(
    'without fields, or with something other than a byte stream, is refused at the call, before anything is written',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      const [ours, theirs] = duplexPair();
      const strings = duplexPair()[0].setEncoding('utf8');
      const objects = new Duplex({ objectMode: true, read() {}, write() {} });
      const calls: readonly (readonly [unknown, unknown, string])[] = [
        [{}, ours, 'first argument of handleUpgrade'],
        [{ method: 'GET', headers: null }, ours, 'first argument of handleUpgrade'],
        [requestOf({ url: 5 }), ours, 'first argument of handleUpgrade'],
        [requestOf({ method: Symbol('GET') }), ours, 'first argument of handleUpgrade'],
        [requestOf({ httpVersion: 1.1 }), ours, 'first argument of handleUpgrade'],
        [requestOf({ rawHeaders: ['Host', 'x', 'Upgrade', null] }), ours, 'first argument of handleUpgrade'],
        [requestOf({ rawHeaders: [['Host', 'x']] }), ours, 'first argument of handleUpgrade'],
        [requestOf(), {}, 'second argument of handleUpgrade'],
        [requestOf(), { on() {}, write() {}, destroy() {} }, 'second argument of handleUpgrade'],
        [requestOf(), strings, 'second argument of handleUpgrade'],
        [requestOf(), objects, 'second argument of handleUpgrade'],
        [requestOf(), new ReadableStream(), 'second argument of handleUpgrade'],
      ];
      for (const [request, socket, text] of calls) {
        assert.throws(
          () => served.server.handleUpgrade(request as never, socket as never, NOTHING),
          (error) => isError(error, 'ERR_WS_OPTION', text) !== undefined,
        );
      }
      assert.equal(ours.writableLength + theirs.readableLength, 0);
      for (const stream of [ours, strings, objects]) stream.destroy();
      await assertNothingLeft(served);
    }),
  );
});

async function pairFor(scope: Scope, end: string): Promise<[Duplex, Duplex]> {
  if (end !== 'tcp') return duplexPair();
  const { accepted, client } = await tcpPair(scope);
  return [accepted, client];
}

describe('a call that comes too late', () => {
  test(
    'a socket that is destroyed, has closed, or has ended: no connection, and `refused` is called',
    leavingNothing(async (scope) => {
      for (const upgrade of [() => {}, () => turn()]) {
        const served = serve(scope, { upgrade });
        for (const end of ['destroy', 'close', 'end', 'tcp'] as const) {
          const [ours, theirs] = await pairFor(scope, end);
          if (end === 'end') ours.end();
          else ours.destroy();
          if (end === 'close') await once(ours, 'close');
          served.server.handleUpgrade(requestOf(), ours, NOTHING);
          isError(await served.refused.next(), 'ERR_WS_HANDSHAKE_LOST');
          theirs.destroy();
        }
        await assertNothingLeft(served);
      }
    }),
  );
  test(
    'with a request that was taken before: nothing happens',
    leavingNothing(async (scope) => {
      const served = serve(scope);
      const { http, port } = await httpSite(scope, (_request, response) => void response.end());
      const other = serve(scope);
      http.on('upgrade', (request, socket, head) => {
        served.server.handleUpgrade(request, socket, head);
        served.server.handleUpgrade(request, socket, head);
        other.server.handleUpgrade(request, socket, head);
      });
      other.server.attach(http);
      const peer = await connectRaw(scope, port);
      peer.write(
        `GET / HTTP/1.1\r\n${Object.entries(headers)
          .map((field) => `${field.join(': ')}\r\n`)
          .join('')}\r\n`,
      );
      await converse(peer);
      assert.equal((await peer.readToEnd()).length, 0);
      assert.equal(other.server.connections.size, 0);
    }),
  );
});
