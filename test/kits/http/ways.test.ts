// How `http` reaches a server: `serverAuthentication`, `usingProxy`, `usingSocks5Proxy`.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { connection } from '../../../src/kits/connection/index.ts';
import { http } from '../../../src/kits/http/index.ts';
import { type HttpCall, useNetwork } from '../../../src/testing/index.ts';
import { certificates } from '../../support/certificates.ts';
import { connectProxy } from './connect-proxy.ts';
import { failure, request } from './site.ts';
import { socksProxy } from './socks-proxy.ts';

const url = 'http://api.example/a?b=c';
const credential = { username: 'Mufasa', password: 'Circle of Life' };
const basic = `Basic ${Buffer.from('Mufasa:Circle of Life').toString('base64')}`;

describe('serverAuthentication', () => {
  test("'basic' is sent at once; a second 401 is the response", async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url, { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="x"' } });
    const options = { serverAuthentication: { credential, authenticationType: 'basic' } } as const;
    assert.equal((await request(url, options)).responseCode, 401);
    assert.deepEqual(
      server.calls.map(({ headers }) => headers.authorization),
      [basic],
    );
  });

  test('without a type, what the server asks for: Basic', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url, ({ headers }) =>
      headers.authorization === basic
        ? { body: 'in' }
        : { status: 401, headers: { 'WWW-Authenticate': 'Negotiate, Basic realm="x"' }, body: 'out' },
    );
    const { result } = await request(url, { serverAuthentication: { credential } });
    assert.equal(result, 'in');
    assert.deepEqual(
      server.calls.map(({ headers }) => headers.authorization),
      [undefined, basic],
    );
  });

  for (const [algorithm, hashName] of [
    ['MD5', 'md5'],
    ['SHA-256', 'sha256'],
  ] as const) {
    test(`Digest with ${algorithm} (RFC 7616 §3.4)`, async () => {
      await using network = useNetwork();
      const hash = (text: string): string => createHash(hashName).update(text).digest('hex');
      const isRight = ({ headers, method }: HttpCall): boolean => {
        const field = headers.authorization ?? '';
        const part = (name: string): string => new RegExp(`${name}="?([^",]+)`).exec(field)?.[1] ?? '';
        const a1 = hash(`Mufasa:the realm:Circle of Life`);
        const a2 = hash(`${method}:/a?b=c`);
        const expected = hash(`${a1}:${part('nonce')}:${part('nc')}:${part('cnonce')}:auth:${a2}`);
        return part('response') === expected && part('opaque') === 'abc' && part('uri') === '/a?b=c';
      };
      const challenge = `Digest realm="the realm", qop="auth, auth-int", algorithm=${algorithm}, nonce="n", opaque="abc"`;
      network.serveHTTP(url, (call) =>
        isRight(call)
          ? { body: `in ${call.text()}` }
          : { status: 401, headers: { 'WWW-Authenticate': ['Basic realm="other"', challenge] } },
      );
      const options = { method: http.RequestMethod.POST, extraData: 'data' };
      for (const authentication of [{ credential }, { credential, authenticationType: 'digest' } as const]) {
        assert.equal((await request(url, { ...options, serverAuthentication: authentication })).result, 'in data');
      }
      const wrong = { username: 'Mufasa', password: 'wrong' };
      assert.equal((await request(url, { serverAuthentication: { credential: wrong } })).responseCode, 401);
    });
  }

  test('Digest without protection (RFC 2069), and a challenge that is not known', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(url, ({ path }) => ({
      status: 401,
      headers: { 'WWW-Authenticate': path === '/a' ? 'Digest realm="r", nonce="n"' : 'Digest realm="r", algorithm=X' },
    }));
    const serverAuthentication = { credential, authenticationType: 'digest' } as const;
    await request(url, { serverAuthentication });
    await request('http://api.example/x', { serverAuthentication });
    assert.match(server.calls[1]?.headers.authorization ?? '', /^Digest username="Mufasa", realm="r", nonce="n", uri=/);
    assert.doesNotMatch(server.calls[1]?.headers.authorization ?? '', /qop/);
    assert.equal(server.calls.length, 3);
  });
});

describe('usingProxy', () => {
  const proxy = { host: 'proxy.example', port: 3128, exclusionList: [] };

  test('an http: request goes to the proxy itself, with the whole URL', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP('http://proxy.example:3128/', { body: 'by proxy' });
    const usingProxy = { ...proxy, username: 'u', password: 'p' };
    const { result, connectionExtraInfo } = await request(url, { usingProxy });
    assert.deepEqual([result, connectionExtraInfo?.isProxyConnection], ['by proxy', true]);
    const [call] = server.calls;
    assert.equal(call?.target, url);
    assert.equal(call?.headers.host, 'api.example');
    assert.equal(call?.headers['proxy-authorization'], `Basic ${Buffer.from('u:p').toString('base64')}`);
  });

  test('an https: request goes through a tunnel', async () => {
    await using network = useNetwork();
    const {
      server: { cert, key },
      ca,
    } = certificates();
    network.serveHTTP('https://localhost/', { body: 'secret' }, { tls: { cert, key } });
    const tunnel = await connectProxy(network, 'http://proxy.example:3128/', { host: 'localhost', port: 443 });
    const { result, connectionExtraInfo } = await request('https://localhost/', {
      usingProxy: proxy,
      caPath: ca.certPath,
    });
    assert.deepEqual([result, connectionExtraInfo?.isProxyConnection], ['secret', true]);
    assert.deepEqual(tunnel.asked, ['CONNECT localhost:443 HTTP/1.1']);
    tunnel.close();
  });

  test('exclusionList, false, and a proxy without a host: directly', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'direct' });
    for (const usingProxy of [
      { ...proxy, exclusionList: ['api.example'] },
      { ...proxy, host: '' },
      { ...proxy, port: 0 },
      false,
    ]) {
      assert.equal((await request(url, { usingProxy })).result, 'direct');
    }
  });

  test('the default proxy is that of setAppHttpProxy, or else that of setGlobalHttpProxy', async () => {
    await using network = useNetwork();
    network.serveHTTP('http://proxy.example:3128/', { body: 'own' });
    network.serveHTTP('http://global.example:3128/', { body: 'global' });
    network.serveHTTP(url, { body: 'direct' });
    const none = { host: '', port: 0, exclusionList: [] };
    await connection.setGlobalHttpProxy({ ...proxy, host: 'global.example' });
    assert.equal((await request(url, {})).result, 'global');
    connection.setAppHttpProxy(proxy);
    assert.equal((await request(url, { usingProxy: true })).result, 'own');
    assert.equal((await request(url, { usingProxy: false })).result, 'direct');
    connection.setAppHttpProxy(none);
    await connection.setGlobalHttpProxy(none);
    assert.equal((await request(url, { usingProxy: true })).result, 'direct');
  });

  test('the default proxy is that of the environment', async (context) => {
    await using network = useNetwork();
    network.serveHTTP('http://proxy.example:3128/', { body: 'by proxy' });
    network.serveHTTP(url, { body: 'direct' });
    const before = { ...process.env };
    context.after(() => {
      for (const name of ['HTTP_PROXY', 'NO_PROXY', 'http_proxy', 'no_proxy']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    });
    for (const name of ['NO_PROXY', 'no_proxy', 'http_proxy']) delete process.env[name];
    process.env.HTTP_PROXY = 'http://proxy.example:3128';
    assert.equal((await request(url)).result, 'by proxy');
    assert.equal((await request(url, { usingProxy: true })).result, 'by proxy');
    assert.equal((await request(url, { usingProxy: false })).result, 'direct');
    process.env.NO_PROXY = 'api.example';
    assert.equal((await request(url)).result, 'direct');
  });

  test('2300005 for its name, 2300007 where it does not listen or refuses', async () => {
    await using network = useNetwork();
    const usingProxy = { ...proxy, host: 'nowhere.example' };
    assert.equal(await failure(request(url, { usingProxy })), '2300005 Failed to resolve the proxy name');
    const there = { ...proxy, host: '127.0.0.1' };
    const refused = '2300007 Failed to connect to the server';
    assert.equal(await failure(request(url, { usingProxy: there })), refused);
    network.peer('http://127.0.0.1:3128/', (peer) => peer.refuse(403));
    assert.equal(await failure(request('https://api.example/', { usingProxy: there })), refused);
  });
});

describe('usingSocks5Proxy', () => {
  const usingSocks5Proxy = { host: 'socks5://127.0.0.1', port: 1080 };
  const connected = '05000001c00002010050';
  const hexOf = (text: string): string => Buffer.from(text).toString('hex');

  test('names go to the proxy; it comes before usingProxy', async () => {
    await using network = useNetwork();
    const proxy = await socksProxy(network, '0500', connected);
    const usingProxy = { host: 'nowhere.example', port: 3128, exclusionList: [] };
    const { result, connectionExtraInfo } = await request(url, { usingSocks5Proxy, usingProxy });
    assert.deepEqual([result, connectionExtraInfo?.isProxyConnection], ['by socks', true]);
    assert.deepEqual(proxy.steps, ['050100', `050100030b${hexOf('api.example')}0050`]);
    proxy.close();
  });

  test('addresses, and an answer with a name', async () => {
    await using network = useNetwork();
    const proxy = await socksProxy(network, '0500', `050000030161${'0050'}`);
    await request('http://192.0.2.7:8080/', { usingSocks5Proxy });
    await request('http://[2001:db8::7]/', { usingSocks5Proxy });
    assert.deepEqual(proxy.steps, [
      '050100',
      '05010001c00002071f90',
      '050100',
      '0501000420010db80000000000000000000000070050',
    ]);
    proxy.close();
  });

  test('user name and password (RFC 1929)', async () => {
    await using network = useNetwork();
    const proxy = await socksProxy(network, '0502', '0100', connected);
    await request(url, { usingSocks5Proxy: { ...usingSocks5Proxy, username: 'u', password: 'pw' } });
    assert.deepEqual(proxy.steps.slice(0, 2), ['05020002', `0101${hexOf('u')}02${hexOf('pw')}`]);
    proxy.close();
  });

  test('2300999 where it refuses, 2300007 where it does not listen; exclusionList leads past it', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'direct' });
    const refused = '2300007 Failed to connect to the server';
    assert.equal(await failure(request(url, { usingSocks5Proxy })), refused);
    const excluded = { ...usingSocks5Proxy, exclusionList: ['api.example'] };
    assert.equal((await request(url, { usingSocks5Proxy: excluded })).result, 'direct');
    for (const answers of [['05ff'], ['0500', '05050001000000000000'], ['0502', '0101']]) {
      const proxy = await socksProxy(network, ...answers);
      const credentials = answers.includes('0502') ? { username: 'u', password: 'p' } : {};
      const options = { usingSocks5Proxy: { ...usingSocks5Proxy, ...credentials } };
      assert.equal(await failure(request(url, options)), '2300999 Internal error');
      proxy.close();
      await network.settle();
    }
  });
});
