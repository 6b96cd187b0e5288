// Errors of `http` by code and text: a device's, made of Node's.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import { BusinessError } from '../../../src/kit/index.ts';
import { http } from '../../../src/kits/http/index.ts';
import { type PeerScript, useNetwork } from '../../../src/testing/index.ts';
import { failure, request } from './site.ts';

const url = 'http://api.example/';

describe('the URL', () => {
  for (const wrong of ['', '  ', 'http://', 'http://exa mple/', 'not a url', 'http://host:99999/', 'https:///path']) {
    test(`${JSON.stringify(wrong)}: 2300003`, async () => {
      await using _network = useNetwork();
      assert.equal(await failure(request(wrong)), '2300003 Invalid URL format or missing URL');
    });
  }

  for (const wrong of ['ftp://host/', 'ws://host/', 'file:///etc/hosts']) {
    test(`${wrong}: 2300001`, async () => {
      await using _network = useNetwork();
      assert.equal(await failure(request(wrong)), '2300001 Unsupported protocol');
    });
  }

  test('without a scheme it is http:, as libcurl takes it', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'hello' });
    assert.equal((await request('api.example/path')).result, 'hello');
  });

  test('HTTP3 for http: 2300001; other versions are spoken as HTTP/1.1', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'hello' });
    const { HTTP1_1, HTTP2, HTTP3 } = http.HttpProtocol;
    assert.equal(await failure(request(url, { usingProtocol: HTTP3 })), '2300001 Unsupported protocol');
    for (const usingProtocol of [HTTP1_1, HTTP2]) {
      assert.equal((await request(url, { usingProtocol })).connectionExtraInfo?.networkProtocolName, 'HTTP/1.1');
    }
  });
});

describe('the connection', () => {
  test('2300006 for a name without an address', async () => {
    await using _network = useNetwork();
    assert.equal(await failure(request('http://nowhere.example/')), '2300006 Failed to resolve the host name');
  });

  test('2300007 where nobody listens', async () => {
    await using _network = useNetwork();
    assert.equal(await failure(request('http://127.0.0.1:8080/')), '2300007 Failed to connect to the server');
  });

  test('addressFamily: 2300006 where the name or address is of the other family', async () => {
    await using network = useNetwork({ names: { 'six.example': '2001:db8::1' } });
    network.serveHTTP('http://six.example/', { body: 'six' });
    network.serveHTTP(url, { body: 'four' });
    const { DEFAULT, ONLY_V4, ONLY_V6 } = http.AddressFamily;
    const code = '2300006 Failed to resolve the host name';
    assert.equal((await request('http://six.example/', { addressFamily: ONLY_V6 })).result, 'six');
    assert.equal(await failure(request('http://six.example/', { addressFamily: ONLY_V4 })), code);
    assert.equal((await request(url, { addressFamily: ONLY_V4 })).result, 'four');
    assert.equal((await request(url, { addressFamily: DEFAULT })).result, 'four');
    assert.equal(await failure(request(url, { addressFamily: ONLY_V6 })), code);
    assert.equal(await failure(request('http://127.0.0.1/', { addressFamily: ONLY_V6 })), code);
  });
});

describe('the response', () => {
  const cases: [what: string, script: PeerScript, expected: string][] = [
    ['no byte', (peer) => peer.end(), '2300052 The server returned nothing (no header or data)'],
    ['a reset', (peer) => peer.reset(), '2300056 Failed to receive data from the peer'],
    [
      'something other than HTTP',
      (peer) => {
        peer.sendAscii('hello\r\n\r\n');
        peer.end();
      },
      '2300008 Invalid server response',
    ],
    [
      'half a head',
      (peer) => {
        peer.sendAscii('HTTP/1.1 200 OK\r\nContent-');
        peer.end();
      },
      '2300056 Failed to receive data from the peer',
    ],
    [
      'half a body',
      (peer) => {
        peer.sendAscii('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
        peer.end();
      },
      '2300018 Transferred a partial file',
    ],
    [
      'half a body in chunks',
      (peer) => {
        peer.sendAscii('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
        peer.end();
      },
      '2300018 Transferred a partial file',
    ],
    [
      'half a body, and a reset',
      async (peer) => {
        peer.sendAscii('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
        await peer.delay(1);
        peer.reset();
      },
      '2300056 Failed to receive data from the peer',
    ],
  ];
  for (const [what, script, expected] of cases) {
    test(`${what}: ${expected.slice(0, 7)}`, async () => {
      await using network = useNetwork();
      network.peer(url, script);
      const answer = failure(request(url));
      await network.advance(1);
      assert.equal(await answer, expected);
    });
  }

  test('a body without a length lasts until the end of the connection', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => {
      peer.sendAscii('HTTP/1.0 200 OK\r\n\r\nhello');
      peer.end();
    });
    const { result, connectionExtraInfo } = await request(url);
    assert.equal(result, 'hello');
    assert.equal(connectionExtraInfo?.networkProtocolName, 'HTTP/1.0');
  });

  test('interim responses are passed over', async () => {
    await using network = useNetwork();
    network.peer(url, (peer) => {
      peer.sendAscii('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      peer.answerHTTP({ body: 'hello' });
    });
    assert.equal((await request(url)).result, 'hello');
  });
});

describe('the application', () => {
  test('201 without the permission, 2300998 for a foreign domain', async () => {
    await using network = useNetwork();
    network.serveHTTP(url);
    const restore = configure({ permissions: [] });
    assert.equal(await failure(request(url)), '201 Permission denied');
    restore();
    const restoreDomains = configure({ allowedDomains: ['other.example'] });
    assert.equal(await failure(request(url)), '2300998 It is not allowed to access this domain');
    restoreDomains();
    assert.equal((await request(url)).responseCode, 200);
  });

  test('801 for what there is not off a device', async () => {
    await using _network = useNetwork();
    const code = '801 Capability not supported.';
    const credential = { username: 'a', password: 'b' };
    assert.equal(await failure(request(url, { sslType: 'TLCP' })), code);
    assert.equal(
      await failure(request(url, { serverAuthentication: { credential, authenticationType: 'ntlm' } })),
      code,
    );
    assert.throws(() => http.createHttp().requestSync(url), { code: 801, message: 'Capability not supported.' });
  });

  test('errors are BusinessErrors with a cause, and JSON as on a device', async () => {
    await using _network = useNetwork();
    await assert.rejects(request('http://nowhere.example/'), (error) => {
      assert.ok(error instanceof BusinessError);
      assert.equal(JSON.stringify(error), '{"code":2300006,"message":"Failed to resolve the host name"}');
      assert.match(String(error.cause), /nowhere\.example/);
      return true;
    });
  });

  test('options whose getters throw fail with 401', async () => {
    await using _network = useNetwork();
    const options = {
      get method(): never {
        throw new Error('of the application');
      },
    };
    assert.equal(await failure(request(url, options)), '401 Parameter error');
  });

  test('options that mean nothing off a device change nothing', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'hello' });
    const options: http.HttpRequestOptions = {
      priority: 1000,
      dnsOverHttps: 'https://dns.example/dns-query',
      dnsServers: ['192.0.2.53'],
      pathPreference: 'primaryCellular',
      reuseConnections: false,
      inactivityMs: 1000,
      enablePartialChain: true,
      clientEncCert: { certPath: '/nowhere', keyPath: '/nowhere' },
      sslType: 'TLS',
    };
    assert.equal((await request(url, options)).result, 'hello');
  });
});
