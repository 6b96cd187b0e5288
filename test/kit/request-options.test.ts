import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connectCall } from '../../src/kit/client/connect-call.ts';
import { engineOptions, type RequestOptions, requestOptions } from '../../src/kit/client/request-options.ts';
import { parseUrl, type Target } from '../../src/kit/client/url.ts';
import { certificates, passphrase } from '../support/certificates.ts';

const f = () => {};

function target(url = 'ws://host/'): Target {
  const parsed = parseUrl(url);
  assert.equal(parsed.kind, 'target');
  return parsed as Target;
}

function options(given: object): RequestOptions {
  return requestOptions(given);
}

describe('kit specification §3.2: arguments of connect [kit §3.2 arity; kit §3.2 options object]', () => {
  const right: [string, unknown[]][] = [
    ['(url)', ['ws://a']],
    ['(url, callback)', ['ws://a', f]],
    ['(url, options)', ['ws://a', {}]],
    ['(url, options, callback)', ['ws://a', {}, f]],
    ['(url, undefined), the Promise form (S19) [kit §3.2 undefined options; S19]', ['ws://a', undefined]],
    ['arrays pass as options', ['ws://a', []]],
  ];
  for (const [name, args] of right) test(name, () => assert.equal(connectCall(args).url, 'ws://a'));

  const wrong: [string, unknown[]][] = [
    ['()', []],
    ['(null)', [null]],
    ['(null, callback)', [null, f]],
    ['(number)', [5]],
    ['(callback)', [f]],
    ['(url, null)', ['ws://a', null]],
    ['(url, string)', ['ws://a', 'b']],
    ['(url, null, callback)', ['ws://a', null, f]],
    ['(url, undefined, callback)', ['ws://a', undefined, f]],
    ['(url, callback, callback)', ['ws://a', f, f]],
    ['(url, options, undefined)', ['ws://a', {}, undefined]],
    ['(url, options, object)', ['ws://a', {}, {}]],
    ['four arguments', ['ws://a', {}, f, f]],
  ];
  for (const [name, args] of wrong) test(`${name} is 401`, () => assert.throws(() => connectCall(args), { code: 401 }));
});

describe('kit specification §3.2: values of options [kit §3.2 proxy type; kit §3.2 protocol type; S18]', () => {
  const refused: [string, object][] = [
    ['proxy null', { proxy: null }],
    ['proxy undefined, as a key (S18)', { proxy: undefined }],
    ['proxy another string', { proxy: 'other' }],
    ['proxy a number', { proxy: 5 }],
    ['proxy port negative', { proxy: { host: 'p', port: -1, exclusionList: [] } }],
    ['proxy port too large', { proxy: { host: 'p', port: 65536, exclusionList: [] } }],
    ['protocol undefined, as a key (S18)', { protocol: undefined }],
    ['protocol null', { protocol: null }],
    ['protocol a number', { protocol: 5 }],
    ['protocol of 1024 bytes [Q3]', { protocol: 'x'.repeat(1024) }],
    ['protocol that cannot be sent', { protocol: 'a b' }],
  ];
  for (const [name, given] of refused) test(`${name} is 401`, () => assert.throws(() => options(given), { code: 401 }));

  test('other fields of a wrong type count as absent [kit §3.2 other types]', () => {
    const wrong = {
      header: 5,
      caPath: 5,
      clientCert: 'x',
      skipServerCertVerification: 1,
      pingInterval: '1',
      pongTimeout: null,
      minSupportTlsProtocol: '3',
      supportOriginPort: 'yes',
    };
    assert.deepEqual(options(wrong), options({}));
  });

  test('empty paths count as absent [kit §3.13 empty paths; kit §10 empty paths]', () => {
    assert.deepEqual(options({ caPath: '', clientCert: { certPath: '', keyPath: '' } }), options({}));
  });
});

describe('kit specification §3.4: protocol [kit §1.3 protocol; kit §3.4 custom protocol]', () => {
  const rows: [name: string, given: object, offered: string[]][] = [
    ['absent', {}, []],
    ['empty', { protocol: '' }, []],
    ['one name', { protocol: '123' }, ['123']],
    ['a list', { protocol: 'chat, superchat,chat' }, ['chat', 'superchat']],
    ['a header stands in', { header: { 'Sec-WebSocket-Protocol': 'a, b' } }, ['a', 'b']],
    ['a header stands in for an empty option', { protocol: '', header: { 'sec-websocket-protocol': 'a' } }, ['a']],
    ['the option comes first', { protocol: 'x', header: { 'sec-websocket-protocol': 'a' } }, ['x']],
    ['a header that cannot be sent is dropped', { header: { 'sec-websocket-protocol': 'a b' } }, []],
  ];
  for (const [name, given, offered] of rows) test(name, () => assert.deepEqual(options(given).subprotocols, offered));
});

describe('kit specification §3.4: Origin', () => {
  const rows: [url: string, supportOriginPort: boolean, origin: string][] = [
    ['ws://host/', false, 'http://host'],
    ['wss://host/', false, 'https://host'],
    ['ws://host:8080/', false, 'http://host'],
    ['ws://host:8080/', true, 'http://host:8080'],
    ['wss://host:443/', true, 'https://host'],
    ['ws://host:443/', true, 'http://host:443'],
    ['ws://[::1]:8080/', true, 'http://[::1]:8080'],
  ];
  for (const [url, supportOriginPort, origin] of rows) {
    test(`${url}, supportOriginPort ${supportOriginPort} → ${origin} [kit §3.4 Origin; kit §1.3 supportOriginPort]`, () => {
      const { headers } = engineOptions(options({ supportOriginPort }), target(url));
      assert.deepEqual(headers, [['Origin', origin]]);
    });
  }

  test('a custom one replaces it [kit §3.4 replaced defaults]', () => {
    const { headers } = engineOptions(options({ header: { ORIGIN: 'null', a: '1' } }), target());
    assert.deepEqual(headers, [
      ['a', '1'],
      ['origin', 'null'],
    ]);
  });
});

describe('kit specification §3.12: proxy', () => {
  const host = { host: 'proxy.example', port: 3128 };
  const rows: [name: string, given: object, expected: unknown][] = [
    ['absent: system', {}, 'system'],
    ['system', { proxy: 'system' }, 'system'],
    ['no-proxy', { proxy: 'no-proxy' }, 'none'],
    ['an address', { proxy: { ...host, exclusionList: ['a', 'b'] } }, { ...host, exclude: ['a', 'b'] }],
    ['without exclusionList [kit §1.3 HttpProxy exclusionList]', { proxy: host }, { ...host, exclude: [] }],
    ['an empty host means direct', { proxy: { host: '', port: 1, exclusionList: [] } }, 'none'],
    ['port 0 too [kit §1.3 HttpProxy port]', { proxy: { host: 'p', port: 0, exclusionList: [] } }, 'none'],
    ['and an object without both', { proxy: {} }, 'none'],
    [
      'credentials',
      { proxy: { ...host, exclusionList: [], username: 'u', password: 'p' } },
      { ...host, exclude: [], username: 'u', password: 'p' },
    ],
    [
      'a name without a password does not count [kit §1.3 HttpProxy credentials]',
      { proxy: { ...host, username: 'u' } },
      { ...host, exclude: [] },
    ],
    ['nor a password', { proxy: { ...host, password: 'p' } }, { ...host, exclude: [] }],
  ];
  for (const [name, given, expected] of rows) test(name, () => assert.deepEqual(options(given).proxy, expected));
});

describe('kit specification §3.13: TLS', () => {
  const tls = (given: object) => engineOptions(options(given), target('wss://host/')).tls;

  test('everything is verified by default [kit §3.13 default]', () => assert.deepEqual(tls({}), {}));
  test('skipServerCertVerification', () => {
    assert.deepEqual(tls({ skipServerCertVerification: true }), { rejectUnauthorized: false });
    assert.deepEqual(tls({ skipServerCertVerification: false }), {});
  });

  const versions: [unknown, string | undefined][] = [
    [0, 'TLSv1'],
    [1, 'TLSv1.1'],
    [2, 'TLSv1.2'],
    [3, 'TLSv1.3'],
    [4, undefined],
    [-1, undefined],
    [undefined, undefined],
  ];
  for (const [given, minVersion] of versions) {
    test(`minSupportTlsProtocol ${given} → ${minVersion} [kit §3.13 minSupportTlsProtocol; kit §1.3 minSupportTlsProtocol]`, () => {
      assert.deepEqual(tls({ minSupportTlsProtocol: given }), minVersion === undefined ? {} : { minVersion });
    });
  }

  test('files are read', () => {
    const { ca, encryptedClient } = certificates();
    const { certPath, keyPath } = encryptedClient;
    const given = { caPath: ca.certPath, clientCert: { certPath, keyPath, keyPassword: passphrase } };
    assert.deepEqual(tls(given), {
      ca: Buffer.from(ca.cert),
      cert: Buffer.from(encryptedClient.cert),
      key: Buffer.from(encryptedClient.key),
      passphrase,
    });
  });

  test('files that exist but are malformed are 2302999 [kit §3.13 malformed files; kit §2.2 2302999]', () => {
    const { ca, client, server, directory, encryptedClient } = certificates();
    const rows: object[] = [
      { caPath: ca.keyPath },
      { caPath: directory },
      { clientCert: { certPath: client.keyPath, keyPath: client.keyPath } },
      { clientCert: { certPath: client.certPath, keyPath: server.keyPath } },
      { clientCert: { certPath: client.certPath, keyPath: encryptedClient.keyPath, keyPassword: 'wrong' } },
    ];
    for (const given of rows) assert.throws(() => tls(given), { code: 2302999 });
  });
});
