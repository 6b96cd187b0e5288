// `handleUpgrade` with an owner: the server checks a request, counts it and answers; somebody else decides, gets the
// connection, or keeps the socket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import {
  accept,
  createServer,
  refuse,
  release,
  type Server,
  type ServerOptions,
  type UpgradeOwner,
} from '../../src/engine/index.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

interface Site {
  readonly server: Server<string>;
  readonly events: unknown[];
  peer(request?: string | Uint8Array): Promise<RawPeer>;
}

/** A site whose upgrades all have one owner. It records what it is told. */
async function site(
  scope: Scope,
  owner: (request: IncomingMessage, socket: Duplex, head: Buffer) => UpgradeOwner<string>,
  options: Partial<ServerOptions<string>> = {},
): Promise<Site> {
  const events: unknown[] = [];
  const server = createServer<string>({
    upgrade: () => accept({ context: 'of the server' }),
    open: (connection) => void events.push(`open ${connection.context}`),
    message: (connection, data) => void events.push(`message ${connection.context} ${data}`),
    refused: (_, error) => void events.push(error.code),
    ...options,
  });
  scope.defer(() => server.close());
  const { http, port } = await httpSite(scope, (_, response) => response.end());
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    server.handleUpgrade(request, socket, head, owner(request, socket, head));
  });
  return {
    server,
    events,
    async peer(request = upgradeRequest()) {
      const peer = await connectRaw(scope, port);
      peer.write(request);
      return peer;
    },
  };
}

describe('an owner of an upgrade', () => {
  test(
    'accepts: it gets the connection behind the open handler, before the messages that came with the request',
    leavingNothing(async (scope) => {
      const order: unknown[] = [];
      const { peer, events } = await site(scope, () => ({
        upgrade: () => accept({ context: 'of the owner', headers: { 'X-A': '1' } }),
        accepting(fields, request) {
          order.push(fields.join(' '), request.url);
          return { 'X-B': '2' };
        },
        opened(connection, request) {
          order.push(connection.context, connection.isOpen, request.url, [...events]);
          connection.send('hello');
        },
      }));
      const client = await peer(Buffer.concat([Buffer.from(upgradeRequest()), hex('81 82 00000000 6869')]));
      const head = await client.readHead();
      assert.match(head, /\r\nX-A: 1\r\nX-B: 2\r\n/u);
      await client.expect(hex('81 05 68656c6c6f'));
      while (events.length < 2) await turn();
      assert.deepEqual(events, ['open of the owner', 'message of the owner hi']);
      assert.deepEqual(order, [
        `Sec-WebSocket-Accept ${SAMPLE_ACCEPT} X-A 1`,
        '/',
        'of the owner',
        true,
        '/',
        ['open of the owner'],
      ]);
    }),
  );

  test(
    'without upgrade: the handler of the server decides',
    leavingNothing(async (scope) => {
      const { peer, events } = await site(scope, () => ({ opened: (connection) => connection.terminate() }));
      assert.match(await (await peer()).readHead(), /^HTTP\/1\.1 101 /u);
      assert.deepEqual(events, ['open of the server']);
    }),
  );

  test(
    'selects the subprotocol',
    leavingNothing(async (scope) => {
      const { peer } = await site(scope, () => ({
        upgrade: ({ subprotocols }) => accept({ context: '', subprotocol: subprotocols[1] }),
      }));
      const client = await peer(upgradeRequest({ 'Sec-WebSocket-Protocol': 'a, b' }));
      assert.match(await client.readHead(), /\r\nSec-WebSocket-Protocol: b\r\n/u);
    }),
  );

  test(
    'refuses: the body is its reason, and the type is its own',
    leavingNothing(async (scope) => {
      const { peer, events } = await site(scope, () => ({
        upgrade: () => refuse(401, 'who?', { 'Content-Type': 'text/html' }),
      }));
      const client = await peer();
      const head = await client.readHead();
      assert.match(head, /^HTTP\/1\.1 401 Unauthorized\r\n/u);
      assert.match(head, /\r\nContent-Type: text\/html\r\nContent-Length: 4\r\n/u);
      assert.equal((await client.read(4)).toString(), 'who?');
      assert.deepEqual(events, ['ERR_WS_UPGRADE_REFUSED']);
    }),
  );

  test(
    'keeps the socket: nothing has been written, and it no longer counts',
    leavingNothing(async (scope) => {
      const { peer, events, server } = await site(
        scope,
        (_, socket) => ({
          async upgrade({ url }) {
            await turn();
            if (url !== '/mine') return accept({ context: 'next' });
            setImmediate(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
            return release();
          },
        }),
        { limits: { maxConnections: 1, maxHandshakes: 1, maxConnectionsPerAddress: 1 } },
      );
      for (let round = 0; round < 3; round++) {
        const client = await peer(upgradeRequest({}, '/mine'));
        assert.match(await client.readHead(), /^HTTP\/1\.1 200 OK\r\n/u);
      }
      assert.equal(server.connections.size, 0);
      assert.match(await (await peer()).readHead(), /^HTTP\/1\.1 101 /u);
      assert.deepEqual(events, ['open next']);
    }),
  );

  test(
    'is told of a request that is not a handshake, and answers in its own way',
    leavingNothing(async (scope) => {
      const told: unknown[] = [];
      const { peer, events } = await site(scope, (_, socket) => ({
        upgrade: () => assert.fail('it is not asked'),
        invalid(request, error) {
          told.push(request.url, error.code, error.status);
          if (request.url === '/default') return undefined;
          if (request.url === '/other') return refuse(418, 'tea', { 'X-A': '1' });
          socket.end('HTTP/1.1 499 Mine\r\nContent-Length: 0\r\n\r\n');
          return release();
        },
      }));
      const bad = { 'Sec-WebSocket-Key': 'short' };
      assert.match(await (await peer(upgradeRequest(bad, '/default'))).readHead(), /^HTTP\/1\.1 400 /u);
      const other = await peer(upgradeRequest(bad, '/other'));
      assert.match(await other.readHead(), /^HTTP\/1\.1 418 [\s\S]*\r\nX-A: 1\r\n/u);
      assert.equal((await other.read(3)).toString(), 'tea');
      assert.match(await (await peer(upgradeRequest(bad, '/mine'))).readHead(), /^HTTP\/1\.1 499 Mine/u);
      const code = 'ERR_WS_REQUEST_KEY';
      assert.deepEqual(told, ['/default', code, 400, '/other', code, 400, '/mine', code, 400]);
      assert.deepEqual(events, [code, code, code]);
    }),
  );

  test(
    'is told of a client that is one too many',
    leavingNothing(async (scope) => {
      const told: unknown[] = [];
      const owner: UpgradeOwner<string> = { invalid: (_, error) => void told.push(error.code) };
      const { peer } = await site(scope, () => owner, { limits: { maxConnections: 1 } });
      assert.match(await (await peer()).readHead(), /^HTTP\/1\.1 101 /u);
      assert.match(await (await peer()).readHead(), /^HTTP\/1\.1 503 /u);
      assert.deepEqual(told, ['ERR_WS_TOO_MANY_CONNECTIONS']);
    }),
  );

  for (const method of ['upgrade', 'accepting', 'invalid'] as const) {
    test(
      `throws in ${method}: the client gets 500, and the failed handler is told`,
      leavingNothing(async (scope) => {
        const failures: unknown[] = [];
        const thrown = new Error('owner');
        const throws = (): never => {
          throw thrown;
        };
        const owner: UpgradeOwner<string> = { upgrade: () => accept({ context: '' }), [method]: throws };
        const { peer } = await site(scope, () => owner, { failed: (error) => void failures.push(error) });
        const client = await peer(upgradeRequest(method === 'invalid' ? { 'Sec-WebSocket-Key': 'short' } : {}));
        assert.match(await client.readHead(), /^HTTP\/1\.1 500 /u);
        assert.deepEqual(failures, [thrown]);
      }),
    );
  }

  test(
    'throws in opened: the connection is closed with 1011, and the failed handler is told',
    leavingNothing(async (scope) => {
      const failures: unknown[] = [];
      const thrown = new Error('owner');
      const owner: UpgradeOwner<string> = {
        opened() {
          throw thrown;
        },
      };
      const { peer } = await site(scope, () => owner, { failed: (error) => void failures.push(error) });
      const client = await peer();
      await client.readHead();
      await client.expect(hex('88 10 03f3'));
      assert.deepEqual(failures, [thrown]);
    }),
  );

  test(
    'selects a subprotocol in accepting, if none is selected',
    leavingNothing(async (scope) => {
      const told: unknown[] = [];
      const { peer, events } = await site(
        scope,
        ({ url }) => ({
          upgrade: () => accept({ context: '', subprotocol: url === '/has' ? 'a' : '' }),
          accepting: () => ({ 'Sec-WebSocket-Protocol': url === '/other' ? 'c' : 'b' }),
          opened: (connection) => void told.push(connection.subprotocol),
        }),
        { failed: (error) => void events.push(error) },
      );
      const request = (path: string): string => upgradeRequest({ 'Sec-WebSocket-Protocol': 'a, b' }, path);
      assert.match(await (await peer(request('/'))).readHead(), /\r\nSec-WebSocket-Protocol: b\r\n/u);
      assert.deepEqual(told, ['b']);
      assert.match(await (await peer(request('/other'))).readHead(), /^HTTP\/1\.1 500 /u);
      isError(events.at(-1), 'ERR_WS_OPTION', 'a, b');
      assert.match(await (await peer(request('/has'))).readHead(), /^HTTP\/1\.1 500 /u);
      isError(events.at(-1), 'ERR_WS_OPTION', 'Sec-WebSocket-Protocol');
    }),
  );

  test(
    'gives fields that cannot be sent: 500',
    leavingNothing(async (scope) => {
      const owner = { accepting: () => ({ 'Sec-WebSocket-Accept': 'x' }) };
      const { peer, events } = await site(scope, () => owner, { failed: (error) => void events.push(error) });
      assert.match(await (await peer()).readHead(), /^HTTP\/1\.1 500 /u);
      assert.equal(events[0], 'ERR_WS_UPGRADE_FAILED');
      isError(events[1], 'ERR_WS_OPTION', 'Sec-WebSocket-Accept');
    }),
  );

  test(
    'takes its time, and the client leaves: it is told by the signal, and its decision does not matter',
    leavingNothing(async (scope) => {
      let decide: (decision: ReturnType<typeof release>) => void = () => {};
      let signal: AbortSignal | undefined;
      const { peer, events } = await site(scope, () => ({
        upgrade(request) {
          signal = request.signal;
          return new Promise((resolve) => {
            decide = resolve;
          });
        },
      }));
      const client = await peer();
      while (signal === undefined) await turn();
      client.destroy();
      await once(signal, 'abort');
      decide(release());
      await turn();
      assert.deepEqual(events, ['ERR_WS_HANDSHAKE_LOST']);
    }),
  );

  test('has other methods, or is not an object: ERR_WS_OPTION, and nothing has been done', () => {
    const server = createServer();
    const arguments_ = [{ url: '/', rawHeaders: [] }, undefined, Buffer.alloc(0)];
    assert.throws(() => Reflect.apply(server.handleUpgrade, server, [...arguments_, {}]), { code: 'ERR_WS_OPTION' });
  });
});

test(
  'release() is not a decision of the upgrade handler of a server: 500',
  leavingNothing(async (scope) => {
    const failures: unknown[] = [];
    const options = {
      upgrade: () => release() as never,
      failed: (error: unknown) => void failures.push(error),
    };
    const { peer } = await site(scope, () => ({}) as never, options);
    void peer;
    const server = createServer(options);
    scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    const client = await connectRaw(scope, port);
    client.write(upgradeRequest());
    assert.match(await client.readHead(), /^HTTP\/1\.1 500 /u);
    isError(failures[0], 'ERR_WS_OPTION', 'answer of upgrade');
  }),
);
