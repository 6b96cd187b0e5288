// `listen({ proxyProtocol })`: which addresses are believed, how connections without a header end, and which client the
// application and the limits see.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createServer, type WebSocketError } from '../../src/engine/index.ts';
import { IncomingSockets } from '../../src/server/incoming-sockets.ts';
import type { ServerHandlers, ServerSettings } from '../../src/server/options.ts';
import { certificates } from '../support/certificates.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { requestHandshake, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';

const LINE = 'PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n';
/** The same in version 2, and that the client came over TLS. */
const BINARY = Buffer.from(
  hex(
    '0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a  21 11 00 14  cb 00 71 09  c0 00 02 01  dc 04  01 bb  20 00 05 01 00 00 00 00',
  ),
).toString('latin1');
const LOCAL = Buffer.from(hex('0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a  20 00 00 00')).toString('latin1');

interface Refused {
  readonly error: WebSocketError;
  readonly hasRequest: boolean;
}

async function listenBehindProxy(
  scope: Scope,
  options: ServerHandlers<undefined> & ServerSettings = {},
  tls = false,
): Promise<Awaited<ReturnType<typeof listen<undefined>>> & { refused: Inbox<Refused> }> {
  const refused = new Inbox<Refused>();
  const listening = await listen(
    scope,
    {
      trustedProxies: ['127.0.0.1'],
      message: (connection, data) => void connection.send(data),
      refused: (request, error) => void refused.push({ error, hasRequest: request !== undefined }),
      ...options,
    },
    { proxyProtocol: true, ...(tls ? { tls: serverCertificate() } : {}) },
  );
  return { ...listening, refused };
}

/** A masked `hi`, and its echo. */
const HI = Buffer.from(hex('81 82  00 00 00 00  68 69')).toString('latin1');
const ECHO = hex('81 02 68 69');

describe('the client of a trusted proxy', () => {
  for (const [name, header, encrypted] of [
    ['version 1', LINE, false],
    ['version 2, over TLS as it says', BINARY, true],
  ] as const) {
    test(`${name}: request and connection have its address; the header may be cut anywhere`, () =>
      leavingNothing(async (scope) => {
        const seen: unknown[] = [];
        const { port, opened } = await listenBehindProxy(scope, {
          upgrade: (request) => void seen.push([request.peerAddress, request.encrypted]),
        });
        const whole = header + upgradeRequest() + HI;
        for (let cut = 0; cut <= header.length + 20; cut++) {
          const peer = await connectRaw(scope, port);
          peer.write(whole.slice(0, cut));
          if (cut > 0) await new Promise((resolve) => setImmediate(resolve));
          peer.write(whole.slice(cut));
          assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
          await peer.expect(ECHO);
          const { remoteAddress, remotePort, encrypted: isEncrypted } = await opened.next();
          assert.deepEqual(
            { remoteAddress, remotePort, isEncrypted },
            { remoteAddress: '203.0.113.9', remotePort: 56_324, isEncrypted: encrypted },
          );
          peer.destroy();
        }
        assert.deepEqual(seen.at(-1), ['127.0.0.1', encrypted]);
      })());
  }

  test('byte by byte', () =>
    leavingNothing(async (scope) => {
      const { port, opened } = await listenBehindProxy(scope);
      const peer = await connectRaw(scope, port);
      await peer.writeByteByByte(BINARY + upgradeRequest() + HI);
      assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
      await peer.expect(ECHO);
      assert.equal((await opened.next()).remoteAddress, '203.0.113.9');
    })());

  test('LOCAL and UNKNOWN: the proxy itself', () =>
    leavingNothing(async (scope) => {
      const { port, opened } = await listenBehindProxy(scope);
      for (const header of [LOCAL, 'PROXY UNKNOWN\r\n']) {
        const peer = await connectRaw(scope, port);
        peer.write(header);
        await requestHandshake(peer);
        const { remoteAddress, remotePort } = await opened.next();
        assert.deepEqual(
          { remoteAddress, remotePort },
          { remoteAddress: '127.0.0.1', remotePort: peer.socket.localPort },
        );
      }
    })());

  test('X-Forwarded-For is believed only if the client is a trusted proxy itself', () =>
    leavingNothing(async (scope) => {
      const { port, opened } = await listenBehindProxy(scope, { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] });
      for (const [source, expected] of [
        ['203.0.113.9', '203.0.113.9'],
        ['10.1.2.3', '198.51.100.7'],
      ] as const) {
        const peer = await connectRaw(scope, port);
        peer.write(`PROXY TCP4 ${source} 192.0.2.1 1 2\r\n`);
        await requestHandshake(peer, { 'X-Forwarded-For': '198.51.100.7' });
        assert.equal((await opened.next()).remoteAddress, expected);
      }
    })());

  test('with TLS, the header comes before the ClientHello, in one chunk with it or cut', () =>
    leavingNothing(async (scope) => {
      const { port, opened } = await listenBehindProxy(scope, {}, true);
      for (const isCut of [false, true]) {
        const { socket } = await connectRaw(scope, port);
        socket.cork();
        socket.write(isCut ? LINE.slice(0, 20) : LINE);
        if (isCut) {
          socket.uncork();
          await new Promise((resolve) => setImmediate(resolve));
          socket.write(LINE.slice(20));
        }
        const encrypted = connectTls({ socket, ca: certificates().ca.cert, servername: 'localhost' });
        if (!isCut) process.nextTick(() => socket.uncork());
        await once(encrypted, 'secureConnect');
        const peer = new RawPeer(encrypted);
        await requestHandshake(peer);
        peer.write(HI);
        await peer.expect(ECHO);
        const connection = await opened.next();
        assert.deepEqual([connection.remoteAddress, connection.encrypted], ['203.0.113.9', true]);
      }
    })());

  test('limits of an address count the client’s, before its request', () =>
    leavingNothing(async (scope) => {
      const { port, refused } = await listenBehindProxy(scope, { limits: { maxConnectionsPerAddress: 2 } });
      for (let count = 0; count < 2; count++) {
        const peer = await connectRaw(scope, port);
        peer.write(LINE);
        await requestHandshake(peer);
      }
      const third = await connectRaw(scope, port);
      third.write(LINE);
      assert.match(
        (await third.readToEnd()).toString(),
        /^HTTP\/1\.1 429 .*203\.0\.113\.9 has maxConnectionsPerAddress \(2\)/s,
      );
      assert.equal((await refused.next()).error.code, 'ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS');
      await third.gone();
      const other = await connectRaw(scope, port);
      other.write('PROXY TCP4 203.0.113.10 192.0.2.1 1 2\r\n');
      assert.match(await requestHandshake(other), /^HTTP\/1\.1 101 /);
    })());

  test('HTTP requests behind the header are served', () =>
    leavingNothing(async (scope) => {
      const server = createServer({ trustedProxies: ['loopback'] });
      scope.defer(() => server.close());
      const { port } = await server.listen({
        host: '127.0.0.1',
        proxyProtocol: true,
        request: (_, response) => void response.end('fine'),
      });
      const peer = await connectRaw(scope, port);
      peer.write(`${LINE}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 200 OK\r\n.*fine/s);
      await peer.gone();
    })());
});

describe('what is refused', () => {
  test('a header from an address that is not trusted: 403, and it is not read', () =>
    leavingNothing(async (scope) => {
      const { port, refused, opened } = await listenBehindProxy(scope);
      for (const bytes of [LINE, BINARY, '']) {
        const peer = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
        peer.write(bytes + upgradeRequest());
        const answer = (await peer.readToEnd()).toString();
        assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/);
        assert.match(
          answer,
          /PROXY protocol header cannot be taken from 127\.0\.0\.2, which is not one of trustedProxies; add it/,
        );
        const { error, hasRequest } = await refused.next();
        assert.deepEqual([error.code, error.status, hasRequest], ['ERR_WS_REQUEST_PROXY_HEADER', 403, false]);
        await peer.gone();
      }
      assert.equal(opened.rest.length, 0);
    })());

  test('a connection of a trusted proxy without a header: 400', () =>
    leavingNothing(async (scope) => {
      const { port, refused } = await listenBehindProxy(scope);
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest());
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 400 .*PROXY protocol header is missing/s);
      assert.equal((await refused.next()).error.code, 'ERR_WS_REQUEST_PROXY_HEADER');
      await peer.gone();
    })());

  test('a second header is the beginning of a bad request', () =>
    leavingNothing(async (scope) => {
      const { port, opened } = await listenBehindProxy(scope);
      const peer = await connectRaw(scope, port);
      peer.write(`${LINE}PROXY TCP4 198.51.100.1 192.0.2.1 1 2\r\n${upgradeRequest()}`);
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 400 /);
      await peer.gone();
      assert.equal(opened.rest.length, 0);
    })());

  test('a header on a port that expects none: 400, which names the option', () =>
    leavingNothing(async (scope) => {
      const refused = new Inbox<WebSocketError>();
      const { port } = await listen(scope, { refused: (_, error) => void refused.push(error) });
      for (const header of [LINE, BINARY]) {
        const peer = await connectRaw(scope, port);
        peer.write(header + upgradeRequest());
        assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 400 .*use listen\(\{ proxyProtocol: true \}\)/s);
        assert.equal((await refused.next()).code, 'ERR_WS_REQUEST_PROXY_HEADER');
        await peer.gone();
      }
    })());

  test('the end of the connection: within a header it is reported, before it nobody is told', () =>
    leavingNothing(async (scope) => {
      const { port, refused } = await listenBehindProxy(scope);
      const silent = await connectRaw(scope, port);
      silent.end();
      await silent.gone();
      for (const header of [LINE, BINARY]) {
        const peer = await connectRaw(scope, port);
        peer.end(header.slice(0, -1));
        await peer.gone();
        assert.match((await refused.next()).error.message, new RegExp(`header ends after ${header.length - 1} bytes`));
      }
      const reset = await connectRaw(scope, port);
      reset.write('PROXY');
      reset.reset();
      assert.equal(refused.rest.length, 0);
    })());

  test('a header that does not end: 408 when the time for the head is over', () =>
    leavingNothing(async (scope) => {
      const { port, refused } = await listenBehindProxy(scope, { handshakeTimeout: 50 });
      const peer = await connectRaw(scope, port);
      peer.write('PROXY TCP4 ');
      assert.match(
        (await peer.readToEnd()).toString(),
        /^HTTP\/1\.1 408 .*handshakeTimeout \(50 ms\), before a PROXY header/s,
      );
      assert.equal((await refused.next()).error.code, 'ERR_WS_HANDSHAKE_TIMEOUT');
      await peer.gone();
      // A stalled one behind TLS is cut.
      const { port: securePort, refused: alsoRefused } = await listenBehindProxy(scope, { handshakeTimeout: 50 }, true);
      const silent = await connectRaw(scope, securePort);
      assert.equal((await silent.readToEnd()).length, 0);
      assert.equal((await alsoRefused.next()).error.code, 'ERR_WS_HANDSHAKE_TIMEOUT');
      await silent.gone();
    })());

  test('the end of a server cuts those that wait for a header', () =>
    leavingNothing(async (scope) => {
      for (const tls of [false, true]) {
        const { port, server } = await listenBehindProxy(scope, {}, tls);
        const peer = await connectRaw(scope, port);
        peer.write('PROXY TCP4 ');
        // It has been accepted when a later one is answered.
        const later = await connectRaw(scope, port);
        later.write('x');
        await later.gone();
        await server.close();
        await peer.gone();
      }
    })());

  test('proxyProtocol without trusted proxies is refused before anything listens', async () => {
    await assert.rejects(createServer().listen({ proxyProtocol: true }), {
      code: 'ERR_WS_OPTION',
      message:
        /^proxyProtocol is true; expected false, unless the server trusts a proxy: createServer\(\{ trustedProxies/,
    });
    await assert.rejects(createServer().listen({ proxyProtocol: 'v2' as never }), { code: 'ERR_WS_OPTION' });
  });
});

test('where the HTTP server cannot wait for a header, it is refused', () => {
  const http = createHttpServer();
  // Somebody else begins on its connections, too.
  http.on('connection', () => {});
  const incoming = new IncomingSockets({} as never);
  assert.throws(() => incoming.guard(http, true), {
    code: 'ERR_WS_OPTION',
    message: /^proxyProtocol is true; expected false/,
  });
  incoming.guard(createHttpServer(), true);
});
