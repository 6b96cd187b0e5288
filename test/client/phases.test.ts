// How far a failed `connect` came: the phase on every error, the time in each, and proxies named as what they are, with
// the place where they were configured.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, type ErrorCode, refuse } from '../../src/engine/index.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { listenRaw } from '../support/raw-peer.ts';

/** A label of more than 63 characters is not a DNS name (RFC 1035 §2.3.4): no server is asked. */
const IMPOSSIBLE_NAME = `${'a'.repeat(64)}.invalid`;

/** A port of 127.0.0.1 that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Sets variables of the environment for the rest of the test, and takes away what others might have set. */
function setEnvironment(scope: Scope, variables: Readonly<Record<string, string>>): void {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  scope.defer(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** Fails to connect; the phase and those that have a time. */
async function phasesOf(url: string, options: ConnectOptions, code: ErrorCode): Promise<string> {
  const { phase, timings = {} } = await rejectsWith(connect(url, options), code);
  for (const time of Object.values(timings)) assert.ok(time >= 0 && time < 60_000, `${time} ms`);
  return `${phase}: ${Object.keys(timings).join(' ')}`;
}

describe('the phase that a failed connect came to', () => {
  test('is absent where nothing was begun', async () => {
    assert.equal(await phasesOf('http://a/', {}, 'ERR_WS_URL'), 'undefined: ');
    assert.equal(await phasesOf('ws://a/', { maxRedirects: -1 }, 'ERR_WS_OPTION'), 'undefined: ');
    assert.equal(await phasesOf('ws://a/', { signal: AbortSignal.abort() }, 'ERR_WS_ABORTED'), 'undefined: ');
  });
  test('dns', async () => {
    assert.equal(await phasesOf(`ws://${IMPOSSIBLE_NAME}/`, {}, 'ERR_WS_NAME_NOT_RESOLVED'), 'dns: dns');
  });
  test('tcp: of an address, of a name', async () => {
    const port = await closedPort();
    assert.equal(await phasesOf(`ws://127.0.0.1:${port}/`, {}, 'ERR_WS_CONNECT'), 'tcp: tcp');
    assert.equal(await phasesOf(`ws://localhost:${port}/`, {}, 'ERR_WS_CONNECT'), 'tcp: dns tcp');
  });
  test(
    'proxy: one that refuses, one that is silent',
    leavingNothing(async (scope) => {
      const proxy = await listenRaw(scope);
      const options = { proxy: { host: '127.0.0.1', port: proxy.port }, handshakeTimeout: 500 };
      const refused = phasesOf('wss://host.invalid/', options, 'ERR_WS_PROXY_REFUSED');
      const peer = await proxy.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 403 Forbidden\r\n\r\n');
      assert.equal(await refused, 'proxy: tcp proxy');
      assert.equal(await phasesOf('wss://host.invalid/', options, 'ERR_WS_HANDSHAKE_TIMEOUT'), 'proxy: tcp proxy');
    }),
  );
  test(
    'tls: a certificate that is not trusted, and a peer that does not answer',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {}, { tls: serverCertificate() });
      assert.equal(await phasesOf(url, {}, 'ERR_WS_TLS'), 'tls: tcp tls');
      const silent = await listenRaw(scope);
      const secure = silent.url.replace('ws:', 'wss:');
      assert.equal(await phasesOf(secure, { handshakeTimeout: 500 }, 'ERR_WS_HANDSHAKE_TIMEOUT'), 'tls: tcp tls');
    }),
  );
  test(
    'upgrade: refused, lost, aborted, late, and redirected to where nobody listens',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { upgrade: () => refuse(403, 'no') }, { tls: serverCertificate() });
      assert.equal(await phasesOf(url, { tls: trust() }, 'ERR_WS_REFUSED'), 'upgrade: tcp tls upgrade');
      const server = await listenRaw(scope);
      const lost = phasesOf(server.url, {}, 'ERR_WS_HANDSHAKE_LOST');
      (await server.accepted()).end();
      assert.equal(await lost, 'upgrade: tcp upgrade');
      const abort = new AbortController();
      const aborted = phasesOf(server.url, { signal: abort.signal }, 'ERR_WS_ABORTED');
      await (await server.accepted()).readHead();
      abort.abort();
      assert.equal(await aborted, 'upgrade: tcp upgrade');
      const port = await closedPort();
      const away = await listen(scope, { upgrade: () => refuse(307, 'x', { Location: `ws://localhost:${port}/` }) });
      assert.equal(await phasesOf(away.url, { maxRedirects: 1 }, 'ERR_WS_CONNECT'), 'tcp: tcp upgrade dns');
    }),
  );
  test(
    'is in the text of a timeout, with the times',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      await rejectsWith(
        connect(server.url.replace('127.0.0.1', 'localhost'), { handshakeTimeout: 500 }),
        'ERR_WS_HANDSHAKE_TIMEOUT',
        /^opening handshake took longer than handshakeTimeout \(500 ms\) and got as far as upgrade \(dns [\d.]+ ms, tcp [\d.]+ ms, upgrade [\d.]+ ms\); check the other end/,
      );
    }),
  );
});

describe('a proxy is named as the proxy, with where it was configured, and without its password', () => {
  const credentials = { username: 'me', password: 'secret' };
  test(
    'that is dead: of the option, of the environment',
    leavingNothing(async (scope) => {
      const port = await closedPort();
      const proxy = { host: '127.0.0.1', port, ...credentials };
      await rejectsWith(
        connect('ws://host.invalid/', { proxy }),
        'ERR_WS_CONNECT',
        `cannot connect to proxy 127.0.0.1:${port} set by the option proxy (ECONNREFUSED); check that the proxy runs`,
      );
      setEnvironment(scope, { http_proxy: `http://me:secret@127.0.0.1:${port}` });
      const error = await rejectsWith(
        connect('ws://host.invalid/', { proxy: 'system' }),
        'ERR_WS_CONNECT',
        `cannot connect to proxy 127.0.0.1:${port} set by the environment variable http_proxy (ECONNREFUSED)`,
        'NO_PROXY',
      );
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(error.phase, 'tcp');
    }),
  );
  test(
    'whose name has no address',
    leavingNothing(async (scope) => {
      setEnvironment(scope, { ALL_PROXY: `http://me:secret@${IMPOSSIBLE_NAME}:8080` });
      const error = await rejectsWith(
        connect('ws://127.0.0.1:9/', { proxy: 'system' }),
        'ERR_WS_NAME_NOT_RESOLVED',
        `cannot resolve host name "${IMPOSSIBLE_NAME}" of the proxy set by the environment variable ALL_PROXY`,
      );
      assert.doesNotMatch(error.message, /secret/);
    }),
  );
  for (const [status, code, text] of [
    ['407 Who', 'ERR_WS_PROXY_AUTHENTICATION', 'answered 407 to CONNECT host.invalid:443'],
    ['502 Bad Gateway', 'ERR_WS_PROXY_REFUSED', 'answered 502 Bad Gateway to CONNECT host.invalid:443'],
    ['nonsense', 'ERR_WS_PROXY_ANSWER', 'answered CONNECT host.invalid:443 with something other than HTTP'],
  ] as const) {
    test(
      `that answers ${status}`,
      leavingNothing(async (scope) => {
        const proxy = await listenRaw(scope);
        setEnvironment(scope, { HTTPS_PROXY: `http://me:secret@${proxy.address}` });
        const refused = rejectsWith(
          connect('wss://host.invalid/', { proxy: 'system' }),
          code,
          `proxy ${proxy.address} set by the environment variable HTTPS_PROXY ${text}`,
        );
        const peer = await proxy.accepted();
        await peer.readHead();
        peer.write(status === 'nonsense' ? 'SSH-2.0\r\n' : `HTTP/1.1 ${status}\r\n\r\n`);
        assert.doesNotMatch((await refused).message, /secret/);
      }),
    );
  }
  for (const proxy of ['http://me:se/cret@proxy:1', 'me:secret@proxy', { host: 'http://me:secret@proxy', port: 1 }]) {
    test(`a password in a setting that is refused: ${JSON.stringify(proxy)}`, async () => {
      const error = await rejectsWith(connect('ws://a/', { proxy } as ConnectOptions), 'ERR_WS_OPTION', '***@proxy');
      assert.doesNotMatch(error.message, /cret/);
    });
  }
  for (const url of [
    'ws://me:se/cret@host/',
    'ws:/me:secret@host/#x',
    'ws:\\\\me:secret@host\\#',
    'http://me:secret@h',
  ]) {
    test(`a password in a URL that is refused: ${url}`, async () => {
      const error = await rejectsWith(connect(url), 'ERR_WS_URL');
      assert.doesNotMatch(error.message, /cret/);
    });
  }
});
