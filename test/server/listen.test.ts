// `listen`: addresses, ports and certificates, failures, and responses to requests that are not upgrades.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { connect, createServer, type ServerOptions } from '../../src/engine/index.ts';
import type { ListenOptions } from '../../src/server/options.ts';
import { certificates } from '../support/certificates.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { handlesBecome, leavingNothing, openHandles } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { connectRaw } from '../support/raw-peer.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const withoutIPv6 = hasIPv6 ? false : 'this machine has no IPv6 loopback address';

/** A plain HTTP request. */
async function get(port: number, path = '/'): Promise<{ response: IncomingMessage; body: string }> {
  const request = httpGet({ host: '127.0.0.1', port, path, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return { response, body };
}

describe('a server that listens', () => {
  test(
    'returns its real address; 0 is any free port',
    leavingNothing(async (scope) => {
      const server = createServer();
      scope.defer(() => server.close());
      const { address, port, family } = await server.listen({ host: '127.0.0.1', port: 0 });
      assert.equal(address, '127.0.0.1');
      assert.equal(family, 'IPv4');
      assert.ok(port > 0);
      (await connect(`ws://127.0.0.1:${port}/`)).terminate();
    }),
  );
  test(
    'on several ports at once, with and without TLS, serves all of them',
    leavingNothing(async (scope) => {
      const { server, url, opened } = await listen(scope);
      const second = await server.listen({ host: '127.0.0.1' });
      const secure = await server.listen({ host: '127.0.0.1', tls: serverCertificate() });
      await open(scope, url);
      assert.equal((await opened.next()).encrypted, false);
      await open(scope, `ws://127.0.0.1:${second.port}/`);
      assert.equal((await opened.next()).encrypted, false);
      await open(scope, `wss://localhost:${secure.port}/`, { tls: trust() });
      assert.equal((await opened.next()).encrypted, true);
      assert.equal(server.connections.size, 3);
      await server.close();
      assert.equal(server.connections.size, 0);
    }),
  );
  test(
    'with any handshakeTimeout and maxHeaderSize that createServer takes',
    leavingNothing(async () => {
      const table: ServerOptions<undefined>[] = [
        { handshakeTimeout: 0 },
        { handshakeTimeout: 1 },
        { handshakeTimeout: 1_001 },
        { handshakeTimeout: 1_500.5 },
        { handshakeTimeout: 2 ** 31 - 1 },
        { maxHeaderSize: Infinity },
      ];
      for (const options of table) {
        const server = createServer(options);
        const { port } = await server.listen({ host: '127.0.0.1' });
        assert.ok(port > 0);
        await server.close();
      }
    }),
  );
});

describe('the peer’s address', () => {
  test(
    'IPv4 of a listener for everything, not the IPv4-mapped form of IPv6',
    { skip: withoutIPv6 },
    leavingNothing(async (scope) => {
      const requests: string[] = [];
      const server = createServer({
        upgrade: ({ remoteAddress, remotePort }) => void requests.push(`${remoteAddress} ${remotePort}`),
        open: ({ remoteAddress, remotePort }) => void requests.push(`${remoteAddress} ${remotePort}`),
      });
      scope.defer(() => server.close());
      const { port, address } = await server.listen();
      assert.equal(address, '::');
      for (const host of ['127.0.0.1', '::1']) {
        const peer = await connectRaw(scope, port, host);
        await requestHandshake(peer);
        const expected = `${host} ${peer.socket.localPort}`;
        assert.deepEqual(requests.splice(0), [expected, expected]);
      }
    }),
  );
  test(
    'a client connects to an IPv6 address in brackets',
    { skip: withoutIPv6 },
    leavingNothing(async (scope) => {
      const { server } = await listen(scope);
      const { port } = await server.listen({ host: '::1' });
      const connection = await open(scope, `ws://[::1]:${port}/`);
      assert.equal(connection.remoteAddress, '::1');
      assert.equal(connection.remotePort, port);
    }),
  );
});

describe('listen fails', () => {
  test(
    'on a port that is taken: ERR_WS_LISTEN names it and the remedy; the holder is not disturbed',
    leavingNothing(async (scope) => {
      const holder = await listen(scope);
      const server = createServer();
      const before = openHandles();
      const error = await rejectsWith(
        server.listen({ host: '127.0.0.1', port: holder.port }),
        'ERR_WS_LISTEN',
        `127.0.0.1:${holder.port}`,
        'EADDRINUSE',
        /choose another \(0 means any free one\)/,
      );
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'EADDRINUSE');
      await handlesBecome(before);
      await open(scope, holder.url);
    }),
  );
  test(
    'then again on a free one, with the same server',
    leavingNothing(async (scope) => {
      const holder = createTcpServer().listen(0, '127.0.0.1');
      await once(holder, 'listening');
      const { port } = holder.address() as AddressInfo;
      const server = createServer();
      scope.defer(() => server.close());
      await rejectsWith(server.listen({ host: '127.0.0.1', port }), 'ERR_WS_LISTEN');
      holder.close();
      await once(holder, 'close');
      assert.equal((await server.listen({ host: '127.0.0.1', port })).port, port);
    }),
  );
  test(
    'on an address of another machine (192.0.2.1, RFC 5737)',
    leavingNothing(async () => {
      await rejectsWith(
        createServer().listen({ host: '192.0.2.1' }),
        'ERR_WS_LISTEN',
        '192.0.2.1:0',
        'EADDRNOTAVAIL',
        /does not belong to this machine/,
      );
    }),
  );
  const bad: readonly (readonly [name: string, options: object, ...parts: (string | RegExp)[]])[] = [
    ['a port above 65535', { port: 65_536 }, 'port is 65536', 'from 0 (any free port) to 65535'],
    ['a negative port', { port: -1 }, 'port is -1'],
    ['half a port', { port: 80.5 }, 'port is 80.5'],
    ['a port as text', { port: '8080' }, 'port is "8080"'],
    ['no number', { port: Number.NaN }, 'port is NaN'],
    ['TLS without certificate', { tls: {} }, 'tls.cert', /certificate in PEM/],
    ['TLS without key', { tls: { cert: certificates().server.cert } }, 'tls.key', /private key of tls.cert/],
    ['a certificate’s path', { tls: { cert: '/etc/cert.pem', key: 'x' } }, 'tls.cert', /not its path/],
    ['a key of another', { tls: { cert: certificates().server.cert, key: certificates().ca.key } }, 'tls.key'],
    ['requestCert without ca', { tls: { ...serverCertificate(), requestCert: true } }, 'tls.ca', /tls.requestCert/],
    [
      'a misspelt TLS option',
      { tls: { ...serverCertificate(), certificate: 'x' } },
      'tls.certificate',
      'did you mean tls.cert?',
    ],
  ];
  for (const [name, options, ...parts] of bad) {
    test(
      `with ${name}: ERR_WS_OPTION, and nothing listens`,
      leavingNothing(async () => {
        await rejectsWith(createServer().listen(options as ListenOptions), 'ERR_WS_OPTION', ...parts);
      }),
    );
  }
  test('createServer refuses settings that are out of their range at once', () => {
    const table: readonly (readonly [object, RegExp])[] = [
      [{ handshakeTimeout: -1 }, /handshakeTimeout is -1/],
      [{ handshakeTimeout: Infinity }, /handshakeTimeout is Infinity/],
      [{ maxHeaderSize: '5' }, /maxHeaderSize is "5"/],
      [{ limits: { maxQueuedBytes: -1 } }, /limits.maxQueuedBytes is -1/],
      [{ highWaterMark: Number.NaN }, /highWaterMark is NaN/],
      [{ heartbeat: { timeout: -1 } }, /heartbeat.timeout is -1/],
    ];
    for (const [options, message] of table) {
      assert.throws(() => createServer(options as ServerOptions<undefined>), { code: 'ERR_WS_OPTION', message });
    }
  });
});

describe('a request that is not an upgrade', () => {
  test(
    'is answered 426, with the protocol that is supported',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope);
      const { response, body } = await get(port);
      assert.equal(response.statusCode, 426);
      assert.equal(response.headers.upgrade, 'websocket');
      assert.equal(response.headers['sec-websocket-version'], '13');
      assert.match(response.headers.connection ?? '', /upgrade/i);
      assert.equal(response.headers['content-type'], 'text/plain; charset=utf-8');
      assert.match(body, /expected Upgrade: websocket: use a WebSocket client/);
    }),
  );
  test(
    'goes to the request handler if there is one; upgrades do not',
    leavingNothing(async (scope) => {
      const paths: (string | undefined)[] = [];
      const { port, url } = await listen(
        scope,
        {},
        {
          request(request, response) {
            paths.push(request.url);
            response.end('a page');
          },
        },
      );
      await open(scope, `${url}socket`);
      const { response, body } = await get(port, '/page');
      assert.equal(response.statusCode, 200);
      assert.equal(body, 'a page');
      assert.deepEqual(paths, ['/page']);
    }),
  );
});
