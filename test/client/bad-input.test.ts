// What `connect` refuses before it connects to anything: each rejection names the value and what is expected, and no
// socket was opened for it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, openHandles } from '../support/handles.ts';
import { listenRaw } from '../support/raw-peer.ts';

describe('RFC 6455 §3: a URL that is not one', () => {
  const table: readonly (readonly [url: string, problem: RegExp])[] = [
    ['', /does not begin with ws:/],
    [' ', /does not begin with ws:/],
    ['hello', /does not begin with ws:/],
    ['//host/path', /does not begin with ws:/],
    ['127.0.0.1:8080', /does not begin with ws:/],
    ['localhost:8080/chat', /does not begin with ws:/],
    ['http://x', /scheme "http"/],
    ['https://x/', /scheme "https"/],
    ['ftp://x/', /scheme "ftp"/],
    ['ws:', /cannot be parsed/],
    ['ws://', /cannot be parsed/],
    ['ws://:80/', /cannot be parsed/],
    ['ws://h:99999', /cannot be parsed/],
    ['ws://h:65536/', /cannot be parsed/],
    ['ws://h:-1/', /cannot be parsed/],
    ['ws://h:http/', /cannot be parsed/],
    ['ws://[::1/', /cannot be parsed/],
    ['ws://[::g]/', /cannot be parsed/],
    ['ws://256.256.256.256/', /cannot be parsed/],
    ['ws://a b/', /cannot be parsed/],
    ['ws://h/#fragment', /fragment/],
    ['ws://h/#', /fragment/],
    ['wss://h/path?query#x', /fragment/],
  ];
  for (const [url, problem] of table) {
    test(
      JSON.stringify(url),
      leavingNothing(async () => {
        const before = openHandles();
        const connecting = connect(url);
        assert.deepEqual(openHandles(), before, 'nothing was opened');
        await rejectsWith(connecting, 'ERR_WS_URL', JSON.stringify(url), problem, 'expected ws://host[:port]/path');
      }),
    );
  }
  test('a value of another type', async () => {
    for (const value of [undefined, null, 5, {}]) {
      await rejectsWith(connect(value as unknown as string), 'ERR_WS_URL', String(value));
    }
  });
  test('a user name or password that is not percent-encoded text', async () => {
    for (const url of ['ws://%zz@host.invalid/', 'ws://user:%ff@host.invalid/']) {
      await rejectsWith(connect(url), 'ERR_WS_URL', /percent|encod|user/i);
    }
  });
  test('a password is not shown', async () => {
    const error = await rejectsWith(connect('ws://user:secret@host.invalid/#fragment'), 'ERR_WS_URL', /fragment/);
    assert.doesNotMatch(error.message, /secret/);
  });
  for (const url of [
    'ws://user:pa#s3cret@host.invalid/',
    'ws://user:pa?s3cret@host.invalid/',
    'ws://user:12#s3cret@host.invalid/',
    'ws://user:pa/s3cret@host.invalid/',
    'ftp://host.invalid/?token=s3cret',
    'ws://host.invalid/#token=s3cret',
  ]) {
    test(`neither is another part of ${url} that may be one`, async () => {
      const error = await rejectsWith(connect(url), 'ERR_WS_URL', 'host.invalid/');
      assert.doesNotMatch(error.message, /s3cret/);
    });
  }
  test('a value that cannot be made text', async () => {
    const boom = new Error('boom');
    const throwing = {
      toString() {
        throw boom;
      },
    };
    const error = await rejectsWith(connect(throwing as never), 'ERR_WS_URL', 'cannot be read');
    assert.equal(error.cause, boom);
    await rejectsWith(connect(Object.create(null)), 'ERR_WS_URL', 'cannot be read');
  });
});

describe('an option that cannot be used', () => {
  const { server, client } = certificates();
  const table: readonly (readonly [name: string, options: object, ...parts: (string | RegExp)[]])[] = [
    ['handshakeTimeout', { handshakeTimeout: -1 }, 'handshakeTimeout is -1', /milliseconds from 0/],
    ['handshakeTimeout', { handshakeTimeout: '5' }, 'handshakeTimeout is "5"'],
    ['handshakeTimeout', { handshakeTimeout: 2 ** 31 }, 'handshakeTimeout is 2147483648'],
    ['handshakeTimeout', { handshakeTimeout: Number.NaN }, 'handshakeTimeout is NaN'],
    ['maxHeaderSize', { maxHeaderSize: -1 }, 'maxHeaderSize is -1'],
    ['maxHeaderSize', { maxHeaderSize: 1.5 }, 'maxHeaderSize is 1.5'],
    ['maxRedirects', { maxRedirects: -1 }, 'maxRedirects is -1'],
    ['closeTimeout', { closeTimeout: -5 }, 'closeTimeout is -5'],
    ['highWaterMark', { highWaterMark: -5 }, 'highWaterMark is -5'],
    ['limits.maxMessageSize', { limits: { maxMessageSize: '1' } }, 'limits.maxMessageSize is "1"'],
    [
      'limits.maxMesageSize',
      { limits: { maxMesageSize: 1 } },
      'limits.maxMesageSize (1) is not an option',
      'did you mean limits.maxMessageSize?',
    ],
    ['heartbeat.interval', { heartbeat: { interval: -1 } }, 'heartbeat.interval is -1'],
    ['heartbeat.timeout', { heartbeat: { timeout: Number.NaN } }, 'heartbeat.timeout is NaN'],
    ['subprotocol with a space', { subprotocols: ['a b'] }, 'subprotocols[0] is "a b"', /token/],
    ['empty subprotocol', { subprotocols: [''] }, 'subprotocols[0] is ""', /token/],
    ['subprotocol twice', { subprotocols: ['chat', 'chat'] }, 'subprotocols[1] is "chat"', /once/],
    ['header name', { headers: { 'X Y': '1' } }, '"X Y"', /token/],
    ['empty header name', { headers: [['', '1']] }, '""', /token/],
    ['header with CR and LF', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'X-A', 'character 1', /visible character/],
    ['header with LF', { headers: { 'X-A': 'a\nb' } }, 'X-A', 'character 1'],
    ['header with NUL', { headers: [['X-A', 'a\0']] }, 'X-A', 'character 1'],
    ['header beyond Latin-1', { headers: { 'X-A': '\u010d\u010a' } }, 'X-A', 'character 0'],
    ['header name with line end', { headers: { 'X-A: 1\r\nX-B': '2' } }, /name of a header/],
    ['header of a boolean', { headers: { 'X-A': true } }, 'X-A', 'boolean', /a string, a number or an array of them/],
    ['header of null', { headers: { 'X-A': null } }, 'X-A', /a string, a number or an array of them/],
    ['header pair of an object', { headers: [['X-A', {}]] }, 'X-A', 'object'],
    ['header array with NaN', { headers: { 'X-A': ['1', Number.NaN] } }, 'X-A', 'NaN'],
    ['Upgrade', { headers: { Upgrade: 'h2c' } }, '"Upgrade"', /handshake/],
    ['Connection', { headers: { connection: 'close' } }, '"connection"'],
    ['Sec-WebSocket-Key', { headers: { 'Sec-WebSocket-Key': 'x' } }, '"Sec-WebSocket-Key"'],
    ['Sec-WebSocket-Protocol', { headers: { 'sec-websocket-protocol': 'x' } }, '"sec-websocket-protocol"'],
    ['Sec-WebSocket-Extensions', { headers: { 'Sec-WebSocket-Extensions': 'x' } }, '"Sec-WebSocket-Extensions"'],
    [
      'Proxy-Authorization',
      { headers: { 'proxy-authorization': 'Basic eA==' } },
      '"proxy-authorization"',
      'proxy.username',
    ],
    ['Content-Length', { headers: { 'Content-Length': '5' } }, '"Content-Length"'],
    ['Transfer-Encoding', { headers: { 'Transfer-Encoding': 'chunked' } }, '"Transfer-Encoding"'],
    [
      'two Host',
      {
        headers: [
          ['Host', 'a'],
          ['host', 'b'],
        ],
      },
      'host',
      /at most one/,
    ],
    ['two Origin', { headers: { Origin: ['http://a', 'http://b'] } }, 'origin', /at most one/],
    ['Host that is none', { headers: { Host: 'a b' } }, '"a b"', /host name/],
    [
      'proxy',
      { proxy: 'proxy:3128' },
      'proxy is "proxy:3128"',
      "a URL such as 'socks5://proxy.example:1080' or an object",
    ],
    ['proxy.port', { proxy: { host: 'proxy', port: 65_536 } }, 'proxy.port is 65536', /0 to 65535/],
    ['ca that is a path', { tls: { ca: '/etc/ca.pem' } }, 'tls.ca', /not its path/],
    [
      'ca that is not a certificate',
      { tls: { ca: '-----BEGIN CERTIFICATE-----\nhello\n' } },
      'tls.ca',
      /certificate in PEM/,
    ],
    ['cert that is not PEM', { tls: { cert: 'hello', key: client.key } }, 'tls.cert', '5 characters', /PEM/],
    ['key that is not PEM', { tls: { cert: client.cert, key: Buffer.from('hello') } }, 'tls.key', '5 bytes', /PEM/],
    [
      'key of another certificate',
      { tls: { cert: client.cert, key: server.key } },
      'tls.key',
      /private key of tls.cert/,
    ],
    ['cert without key', { tls: { cert: client.cert } }, 'tls.key is undefined', 'tls.cert'],
    ['misspelt TLS option', { tls: { rejectUnauthorised: true } }, 'rejectUnauthorised', 'rejectUnauthorized'],
    ['servername', { tls: { servername: 5 } }, 'tls.servername is 5'],
  ];
  for (const [name, options, ...parts] of table) {
    test(
      name,
      leavingNothing(async (scope) => {
        const peer = await listenRaw(scope);
        const url = 'tls' in options ? peer.url.replace('ws:', 'wss:') : peer.url;
        const before = openHandles();
        const connecting = connect(url, options as ConnectOptions);
        assert.deepEqual(openHandles(), before, 'nothing was opened');
        const error = await rejectsWith(connecting, 'ERR_WS_OPTION', ...parts);
        assert.equal(error.family, 'usage');
        assert.equal(peer.waiting, 0);
      }),
    );
  }
  test('a wrong value of a header, and the contents of a key, are not shown', async () => {
    const header = await rejectsWith(connect('ws://h.invalid/', { headers: { Cookie: 'secret\n' } }), 'ERR_WS_OPTION');
    assert.doesNotMatch(header.message, /secret/);
    const tls = { cert: certificates().client.cert, key: 'secret' };
    const key = await rejectsWith(connect('wss://h.invalid/', { tls }), 'ERR_WS_OPTION');
    assert.doesNotMatch(key.message, /secret/);
  });
});
