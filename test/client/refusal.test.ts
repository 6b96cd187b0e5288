// What the error of a refused `connect` tells: the server's answer with its headers and its body, within bounds of size
// and time, and the server's words in the text.

import assert from 'node:assert/strict';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type ConnectOptions, connect, refuse, type WebSocketError } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';

/** The error that `connect` rejects with at a peer that runs `script` after the request. */
async function refusedBy(
  scope: Scope,
  script: (peer: RawPeer) => unknown,
  options: ConnectOptions = {},
): Promise<WebSocketError> {
  const server = await listenRaw(scope);
  const refused = rejectsWith(connect(server.url, options), 'ERR_WS_REFUSED');
  const peer = await server.accepted();
  await peer.readHead();
  await script(peer);
  const error = await refused;
  await peer.gone();
  return error;
}

/** The error at a web server, which sends heads and bodies in its own pieces. */
async function refusedByHttp(scope: Scope, listener: RequestListener): Promise<WebSocketError> {
  const server = createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  scope.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return rejectsWith(connect(`ws://127.0.0.1:${port}/`), 'ERR_WS_REFUSED');
}

describe('a refused connect', () => {
  test(
    'tells status, reason, headers, body and how far it came',
    leavingNothing(async (scope) => {
      const head = [
        'HTTP/1.1 401 Who Are You',
        'WWW-Authenticate: Basic realm="a"',
        'www-authenticate: Bearer',
        'Retry-After: 120',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2',
        'Content-Type: text/plain',
        'Content-Length: 13',
      ];
      const error = await refusedBy(scope, (peer) => peer.write(`${head.join('\r\n')}\r\n\r\nlog in first\n`));
      assert.equal(error.status, 401);
      const { response } = error;
      assert.equal(response?.status, 401);
      assert.equal(response.statusText, 'Who Are You');
      assert.equal(response.httpVersion, '1.1');
      assert.equal(response.headers['www-authenticate'], 'Basic realm="a", Bearer');
      assert.equal(response.headers['retry-after'], '120');
      assert.deepEqual(response.headers['set-cookie'], ['a=1', 'b=2']);
      assert.deepEqual(response.rawHeaders.slice(0, 4), [
        'WWW-Authenticate',
        'Basic realm="a"',
        'www-authenticate',
        'Bearer',
      ]);
      assert.equal(response.body, 'log in first\n');
      assert.equal(response.isBodyComplete, true);
      assert.equal(error.phase, 'upgrade');
      assert.deepEqual(Object.keys(error.timings ?? {}), ['tcp', 'upgrade']);
      assert.match(error.message, /401 Who Are You .*The server says: log in first$/);
    }),
  );
  test(
    'of our own server has the words of refuse()',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {
        upgrade: () => refuse(401, 'log in first', { 'WWW-Authenticate': 'Bearer', 'Retry-After': '7' }),
      });
      const error = await rejectsWith(connect(url), 'ERR_WS_REFUSED', '401 Unauthorized', 'log in first');
      assert.equal(error.response?.body, 'log in first\n');
      assert.equal(error.response.headers['www-authenticate'], 'Bearer');
      assert.equal(error.response.headers['retry-after'], '7');
    }),
  );
  test(
    'keeps cookies and bodies out of logs, unless they are asked for',
    leavingNothing(async (scope) => {
      const error = await refusedBy(scope, (peer) =>
        peer.write('HTTP/1.1 403 No\r\nSet-Cookie: id=secret\r\nContent-Length: 13\r\n\r\nline\nsecret 2'),
      );
      assert.doesNotMatch(inspect(error) + JSON.stringify(error), /secret/);
      assert.match(inspect(error), /phase: 'upgrade'/);
      assert.equal(error.response?.headers['set-cookie']?.[0], 'id=secret');
    }),
  );
  test(
    'tells the answer where redirects have come to their number, and where one is not followed',
    leavingNothing(async (scope) => {
      const answer = 'HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\nContent-Length: 4\r\n\r\nmove';
      const last = await refusedBy(scope, (peer) => peer.write(answer));
      assert.equal(last.response?.headers.location, 'ftp://x/');
      assert.equal(last.response.body, 'move');
      const server = await listenRaw(scope);
      const refused = rejectsWith(connect(server.url, { maxRedirects: 1 }), 'ERR_WS_REDIRECT');
      const peer = await server.accepted();
      await peer.readHead();
      peer.write(answer);
      const error = await refused;
      assert.equal(error.response?.headers.location, 'ftp://x/');
      assert.equal(error.response.isBodyComplete, false);
      assert.equal(error.phase, 'upgrade');
    }),
  );
  test(
    'tells a 101 that is not a handshake',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(connect(server.url), 'ERR_WS_RESPONSE_ACCEPT_MISSING');
      const peer = await server.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-A: b\r\n\r\n');
      const { response } = await refused;
      assert.equal(response?.headers['x-a'], 'b');
      assert.equal(response.body, '');
      assert.equal(response.isBodyComplete, true);
    }),
  );
});

describe('the body of a refusal', () => {
  const text = 'grüße, 世界';
  const utf8 = Buffer.from(text);
  const kinds: readonly (readonly [name: string, type: string | undefined, bytes: Buffer, body: string | Buffer])[] = [
    ['text of no type', undefined, utf8, text],
    ['text/plain', 'text/plain', utf8, text],
    ['JSON', 'application/json; charset=utf-8', utf8, text],
    ['a problem (RFC 9457)', 'application/problem+json', utf8, text],
    ['Latin-1', 'text/plain; charset="iso-8859-1"', Buffer.from('grüße', 'latin1'), 'grüße'],
    ['text that is not UTF-8', 'text/plain', Buffer.from([0x67, 0xff]), Buffer.from([0x67, 0xff])],
    ['a charset that nobody knows', 'text/plain; charset=x-none', utf8, utf8],
    ['an image', 'image/png', utf8, utf8],
    ['bytes of no type', undefined, Buffer.from('a\0b'), Buffer.from('a\0b')],
    ['nothing', 'image/png', Buffer.alloc(0), ''],
  ];
  for (const [name, type, bytes, body] of kinds) {
    test(
      `is ${typeof body === 'string' ? 'a string' : 'bytes'}: ${name}`,
      leavingNothing(async (scope) => {
        const error = await refusedByHttp(scope, (_, response) => {
          response.writeHead(418, type === undefined ? {} : { 'Content-Type': type }).end(bytes);
        });
        assert.deepEqual(error.response?.body, body);
        assert.equal(error.response?.isBodyComplete, true);
      }),
    );
  }
  for (const [size, isBodyComplete] of [
    [65_535, true],
    [65_536, true],
    [65_537, false],
    [8 << 20, false],
  ] as const) {
    test(
      `of ${size} bytes: ${isBodyComplete ? 'all' : 'the first 64 KiB'}`,
      leavingNothing(async (scope) => {
        const error = await refusedByHttp(scope, (_, response) => response.writeHead(500).end('a'.repeat(size)));
        assert.equal(error.response?.body.length, Math.min(size, 65_536));
        assert.equal(error.response.isBodyComplete, isBodyComplete);
        assert.doesNotMatch(error.message, /aaa/, 'it is too long for a text');
      }),
    );
  }
  test(
    'is cut between characters',
    leavingNothing(async (scope) => {
      const error = await refusedByHttp(scope, (_, response) => response.writeHead(500).end(`a${'é'.repeat(40_000)}`));
      assert.equal(error.response?.body, `a${'é'.repeat(32_767)}`);
    }),
  );
  test(
    'in chunks, and up to the end of TCP',
    leavingNothing(async (scope) => {
      const chunked = await refusedBy(scope, (peer) =>
        peer.writeByteByByte('HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nlog\r\n3\r\n in\r\n0\r\n\r\n'),
      );
      assert.equal(chunked.response?.body, 'log in');
      assert.equal(chunked.response.isBodyComplete, true);
      const toTheEnd = await refusedBy(scope, (peer) => peer.end('HTTP/1.0 503 No\r\n\r\nlog in'));
      assert.equal(toTheEnd.response?.body, 'log in');
      assert.equal(toTheEnd.response.isBodyComplete, true);
    }),
  );
  const cut: readonly (readonly [name: string, script: (peer: RawPeer) => void])[] = [
    ['stays silent', () => {}],
    ['ends TCP', (peer) => peer.end()],
    ['resets TCP', (peer) => peer.reset()],
    ['sends an invalid chunk', (peer) => peer.write('zzz\r\n')],
  ];
  for (const [name, script] of cut) {
    test(
      `of a peer that ${name} in the middle of it: the bytes received, and the refusal all the same`,
      leavingNothing(async (scope) => {
        const error = await refusedBy(scope, async (peer) => {
          peer.write('HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nlog in\r\n');
          // Both have arrived before what follows can overtake them.
          await new Promise((resolve) => setImmediate(resolve));
          script(peer);
        });
        assert.equal(error.status, 401);
        assert.equal(error.response?.isBodyComplete, false);
        // A reset may take away what had not been read.
        assert.ok(['log in', ''].includes(String(error.response.body)));
      }),
    );
  }
  test(
    'that never ends, a byte now and then: handshakeTimeout ends the wait, and the answer is not lost',
    leavingNothing(async (scope) => {
      let isOver = false;
      const error = await refusedBy(
        scope,
        (peer) => {
          peer.write('HTTP/1.1 401 No\r\nContent-Length: 1000000\r\n\r\nx');
          (function drip() {
            if (!isOver && !peer.socket.destroyed) peer.socket.write('x', () => setTimeout(drip, 5));
          })();
        },
        { handshakeTimeout: 1_000 },
      );
      isOver = true;
      assert.match(String(error.response?.body), /^x+$/);
      assert.equal(error.response?.isBodyComplete, false);
    }),
  );
  test(
    'that never ends, without a handshakeTimeout: the wait is bounded by itself',
    leavingNothing(async (scope) => {
      const error = await refusedBy(
        scope,
        (peer) => {
          peer.write('HTTP/1.1 401 No\r\nContent-Length: 1000000\r\n\r\nx');
          (function drip() {
            if (!peer.socket.destroyed) peer.socket.write('x', () => setTimeout(drip, 20));
          })();
        },
        { handshakeTimeout: 0 },
      );
      assert.match(String(error.response?.body), /^x+$/);
    }),
  );
  test(
    'is not waited for when the signal aborts',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const abort = new AbortController();
      const refused = rejectsWith(connect(server.url, { signal: abort.signal, handshakeTimeout: 0 }), 'ERR_WS_ABORTED');
      const peer = await server.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 401 No\r\nContent-Length: 1000000\r\n\r\nx');
      setImmediate(() => abort.abort());
      await refused;
      await peer.gone();
    }),
  );
});

test(
  'a 400 that came through a proxy, and any 426, may be the proxy’s fault: the text says what to set there',
  leavingNothing(async (scope) => {
    const answers: readonly (readonly [answer: string, isNamed: boolean])[] = [
      ['400 Bad Request\r\nServer: nginx/1.22.1', true],
      ['400 Bad Request\r\nVia: 1.1 proxy.example', true],
      ['400 Bad Request\r\nServer: other', false],
      ['400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\nanother reason', false],
      ['404 Not Found\r\nServer: nginx', false],
      ['426 Upgrade Required', true],
    ];
    for (const [answer, isNamed] of answers) {
      const { message } = await refusedBy(scope, (peer) =>
        peer.end(`HTTP/1.1 ${answer}\r\n${answer.includes('reason') ? '' : 'Content-Length: 0\r\n\r\n'}`),
      );
      assert.equal(
        /a proxy in front of it may have removed the Upgrade field.*proxy_set_header Upgrade/.test(message),
        isNamed,
      );
    }
  }),
);

describe('the words of the server in the text', () => {
  const table: readonly (readonly [name: string, type: string, body: string, words: string | undefined])[] = [
    ['one line', 'text/plain', 'log in first', 'log in first'],
    ['the first of several', 'text/plain', '\r\n  log in first \r\nand then?', 'log in first'],
    ['JSON', 'application/json', '{"error":"expired"}', '{"error":"expired"}'],
    ['the title of a page', 'text/html', '<html>\n<head><title>Sign in</title>', 'Sign in'],
    ['a page that has none', 'text/html', '<html><body>no', undefined],
    ['a page of no type', 'text/plain', '<!DOCTYPE html><title>Sign in</title>', 'Sign in'],
    ['the status once more', 'text/html', '<html><title>401 Unauthorized</title>', undefined],
    ['what steers terminals', 'text/plain', 'a\u001b[31mb\u009b1mc\u202ed', 'a?[31mb?1mc?d'],
    ['a long line', 'text/plain', 'x'.repeat(1_000), `${'x'.repeat(599)}…`],
    ['bytes', 'application/octet-stream', 'log in', undefined],
    ['nothing', 'text/plain', ' \r\n', undefined],
  ];
  for (const [name, type, body, words] of table) {
    test(
      name,
      leavingNothing(async (scope) => {
        const { message } = await refusedByHttp(scope, (_, response) =>
          response.writeHead(401, { 'Content-Type': type }).end(body),
        );
        assert.equal(/ The server says: (.*)$/s.exec(message)?.[1], words, message);
      }),
    );
  }
});
