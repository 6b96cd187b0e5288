// Kit specification §3.12, through a real proxy.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { webSocket } from '../../src/kit/index.ts';
import { certificates } from '../support/certificates.ts';
import { ConnectProxy } from './connect-proxy.ts';
import { recordedClient, recordedServer } from './recorder.ts';

const { ca, server: certificate } = certificates();
const serverCert = { certPath: certificate.certPath, keyPath: certificate.keyPath };

let proxy: ConnectProxy;
beforeEach(async () => {
  proxy = await ConnectProxy.listen();
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (/^(https?|all|no)_proxy$/i.test(name)) delete process.env[name];
  await proxy.close();
});

/** Connects to its own server, sends a message, and tells the port of the server. */
async function echo(
  scheme: 'ws' | 'wss',
  options: webSocket.WebSocketRequestOptions,
  host = '127.0.0.1',
): Promise<number> {
  const { server, trace, port } = await recordedServer(scheme === 'wss' ? { serverCert } : {});
  const client = recordedClient();
  client.ws.on('openInfo', () => void client.ws.send('hello'));
  await client.ws.connect(`${scheme}://${host}:${port}`, { ...options, caPath: ca.certPath });
  await trace.until('messageReceive hello');
  await server.stop();
  await client.trace.until('close{');
  return port;
}

function explicit(more: Partial<webSocket.HttpProxy> = {}): webSocket.WebSocketRequestOptions {
  return { proxy: { host: '127.0.0.1', port: proxy.port, exclusionList: [], ...more } };
}

describe('kit specification §3.12: an explicit proxy', { timeout: 120_000 }, () => {
  for (const scheme of ['ws', 'wss'] as const) {
    test(`${scheme}: CONNECT with the address of the server as Host [kit §3.12 CONNECT; kit §3.12 object; kit §1.3 HttpProxy host]`, async () => {
      const port = await echo(scheme, explicit());
      assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${port} Host: 127.0.0.1:${port}`]);
    });

    test(`${scheme}: credentials by the Basic scheme [kit §1.3 HttpProxy credentials]`, async () => {
      const port = await echo(scheme, explicit({ username: 'user', password: 'pass word' }));
      assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${port} Host: 127.0.0.1:${port} user:pass word`]);
    });
  }

  test('a name is resolved by the proxy [kit §3.12 CONNECT]', async () => {
    const port = await echo('ws', explicit(), 'localhost');
    assert.deepEqual(proxy.requests, [`CONNECT localhost:${port} Host: localhost:${port}`]);
  });

  test('only one of the credentials does not count [kit §1.3 HttpProxy credentials]', async () => {
    const port = await echo('ws', explicit({ username: 'user' }));
    assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${port} Host: 127.0.0.1:${port}`]);
  });

  for (const status of [201, 403, 407, 502]) {
    test(`another answer (${status}) → connect→true, error{200,'0'} [kit §3.12 CONNECT; kit §3.6 refused, TLS, non-101]`, async () => {
      const refusing = await ConnectProxy.listen(status);
      const { ws, trace } = recordedClient();
      const options = { proxy: { host: '127.0.0.1', port: refusing.port, exclusionList: [] } };
      await trace.outcome('connect', ws.connect('ws://127.0.0.1:1', options));
      await trace.until('error');
      assert.deepEqual(trace.events, ['connect→true', "error{200,'0'}"]);
      await refusing.close();
    });
  }

  const direct: [what: string, more: Partial<webSocket.HttpProxy>][] = [
    ['an empty host', { host: '' }],
    ['port 0', { port: 0 }],
  ];
  for (const [what, more] of direct) {
    test(`${what} means direct [kit §3.12 object]`, async () => {
      await echo('ws', explicit(more));
      assert.deepEqual(proxy.requests, []);
    });
  }

  const exclusions: [list: string[], host: string, isDirect: boolean][] = [
    [['127.0.0.1'], '127.0.0.1', true],
    [['0.0.1'], '127.0.0.1', false],
    [['other.example', ' LocalHost '], 'localhost', true],
    [['http://localhost'], 'localhost', true],
    [['host'], 'localhost', false],
    [['*'], 'localhost', true],
    [['127.*.1'], '127.0.0.1', true],
    [['local*'], 'localhost', true],
    [['example'], 'localhost', false],
  ];
  for (const [exclusionList, host, isDirect] of exclusions) {
    test(`exclusionList ${JSON.stringify(exclusionList)}: ${host} is reached ${isDirect ? 'directly' : 'by the proxy'} [kit §3.12 exclusion]`, async () => {
      await echo('ws', explicit({ exclusionList }), host);
      assert.equal(proxy.requests.length, isDirect ? 0 : 1);
    });
  }

  test('a domain excludes its subdomains, at a dot [kit §3.12 exclusion]', async () => {
    // A label that is too long for DNS, so that nobody is asked: neither here, nor by the proxy.
    const name = 'x'.repeat(64);
    const { proxy: setting } = explicit({ exclusionList: ['ample.com'] }) as { proxy: webSocket.HttpProxy };
    const proxied = recordedClient();
    await proxied.trace.outcome('connect', proxied.ws.connect(`ws://${name}.example.com`, { proxy: setting }));
    await proxied.trace.until('error');
    assert.deepEqual(proxied.trace.events, ['connect→true', "error{200,'0'}"]);
    assert.equal(proxy.requests.length, 1);
    const excluded = recordedClient();
    await excluded.trace.outcome('connect', excluded.ws.connect(`ws://${name}.ample.com`, { proxy: setting }));
    await excluded.trace.until('error');
    assert.deepEqual(excluded.trace.events, ['connect→-1', "error{200,'0'}"]);
    assert.equal(proxy.requests.length, 1);
  });
});

describe("kit specification §3.12: 'system', the environment", { timeout: 120_000 }, () => {
  const rows: [variables: string[], scheme: 'ws' | 'wss', isUsed: boolean][] = [
    [['HTTP_PROXY'], 'ws', true],
    [['http_proxy'], 'ws', true],
    [['HTTP_PROXY'], 'wss', false],
    [['HTTPS_PROXY'], 'wss', true],
    [['https_proxy'], 'wss', true],
    [['HTTPS_PROXY'], 'ws', false],
    [['ALL_PROXY'], 'ws', true],
    [['all_proxy'], 'wss', true],
  ];
  for (const [variables, scheme, isUsed] of rows) {
    test(`${variables.join(', ')}: ${isUsed ? '' : 'not '}for ${scheme} [kit §3.12 system; kit §8 system proxy; kit §1.3 proxy]`, async () => {
      for (const name of variables) process.env[name] = `http://127.0.0.1:${proxy.port}`;
      await echo(scheme, {});
      assert.equal(proxy.requests.length, isUsed ? 1 : 0);
      await echo(scheme, { proxy: 'system' });
      assert.equal(proxy.requests.length, isUsed ? 2 : 0);
    });
  }

  test('credentials of the variable [kit §3.12 system]', async () => {
    process.env.HTTP_PROXY = `http://user:pass%20word@127.0.0.1:${proxy.port}`;
    const port = await echo('ws', {});
    assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${port} Host: 127.0.0.1:${port} user:pass word`]);
  });

  for (const name of ['NO_PROXY', 'no_proxy']) {
    test(`${name} excludes [kit §3.12 system]`, async () => {
      process.env.HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
      process.env[name] = 'other.example, 127.0.0.1';
      await echo('ws', {});
      assert.deepEqual(proxy.requests, []);
    });
  }

  test("'no-proxy' is direct, whatever the environment says [kit §3.12 no-proxy]", async () => {
    process.env.HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    process.env.ALL_PROXY = process.env.HTTP_PROXY;
    await echo('ws', { proxy: 'no-proxy' });
    assert.deepEqual(proxy.requests, []);
  });

  test('an explicit proxy is used, whatever NO_PROXY says [kit §3.12 object]', async () => {
    process.env.NO_PROXY = '*';
    await echo('ws', explicit());
    assert.equal(proxy.requests.length, 1);
  });
});
