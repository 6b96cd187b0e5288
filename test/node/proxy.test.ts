// Which proxy a connection goes through (kit specification §3.12), and the CONNECT tunnel against real loopback
// proxies, well-behaved and hostile.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { openTunnel, resolveProxy } from '../../src/node/proxy.ts';
import type { ProxySetting } from '../../src/node/proxy-options.ts';
import { certificates } from '../support/certificates.ts';

const wss = { secure: true, host: 'www.example.com', port: 443 };
const ws = { secure: false, host: 'www.example.com', port: 80 };

describe('the setting', () => {
  const proxy = { host: 'proxy.example', port: 3128 };
  test("'none': none, whatever the environment says", () => {
    assert.equal(resolveProxy('none', wss, { HTTPS_PROXY: 'http://a:1' }), undefined);
  });
  test('an address: this one, whatever the environment says', () => {
    assert.deepEqual({ ...resolveProxy(proxy, wss, { NO_PROXY: '*', HTTPS_PROXY: 'http://a:1' }) }, proxy);
  });
  test('an empty host or port 0: none', () => {
    assert.equal(resolveProxy({ host: '', port: 3128 }, wss), undefined);
    assert.equal(resolveProxy({ host: 'a', port: 0 }, wss), undefined);
  });
  test('an excluded host: none', () => {
    assert.equal(resolveProxy({ ...proxy, exclude: ['other.example', 'EXAMPLE.com'] }, wss), undefined);
    assert.deepEqual(resolveProxy({ ...proxy, exclude: ['other.example'] }, wss)?.host, 'proxy.example');
  });
  const example =
    "a URL such as 'socks5://proxy.example:1080' or an object such as { host: 'proxy.example', port: 3128 }";
  const wrong: [setting: unknown, message: string][] = [
    ['direct', `proxy is "direct"; expected 'none', 'system', ${example}`],
    [null, `proxy is null; expected 'none', 'system', ${example}`],
    [{ port: 1 }, 'proxy.host is undefined; expected a host name or address, without a scheme or port'],
    [
      { host: 'http://a', port: 1 },
      'proxy.host is "http://a"; expected a host name or address, without a scheme or port',
    ],
    [{ host: 'a:1', port: 1 }, 'proxy.host is "a:1"; expected a host name or address, without a scheme or port'],
    [
      { host: 'a\r\nb', port: 1 },
      'proxy.host is "a\\r\\nb"; expected a host name or address, without a scheme or port',
    ],
    [{ host: 'a' }, 'proxy.port is undefined; expected a port from 0 to 65535'],
    [{ host: 'a', port: -1 }, 'proxy.port is -1; expected a port from 0 to 65535'],
    [{ host: 'a', port: 65536 }, 'proxy.port is 65536; expected a port from 0 to 65535'],
    [{ host: 'a', port: 1.5 }, 'proxy.port is 1.5; expected a port from 0 to 65535'],
    [{ host: 'a', port: '1' }, 'proxy.port is "1"; expected a port from 0 to 65535'],
    [
      { host: 'a', port: 1, username: 1, password: '' },
      'proxy.username is 1; expected a string without a colon (RFC 7617 §2)',
    ],
    [{ host: 'a', port: 1, password: {} }, 'proxy.password is {}; expected a string'],
    [
      { host: 'a', port: 1, username: 'a:b', password: 'c' },
      'proxy.username is a string of 3 characters; expected a string without a colon (RFC 7617 §2)',
    ],
    [{ host: 'a', port: 1, exclude: 'a,b' }, 'proxy.exclude is "a,b"; expected an array of strings'],
  ];
  for (const [setting, message] of wrong) {
    test(message, () => {
      assert.throws(() => resolveProxy(setting as ProxySetting, wss, {}), { code: 'ERR_WS_OPTION', message });
    });
  }
});

describe("'system': the environment", () => {
  const cases: [environment: Record<string, string>, target: typeof wss, expected: string | undefined][] = [
    [{}, wss, undefined],
    [{ HTTPS_PROXY: 'http://a:1' }, wss, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1' }, ws, undefined],
    [{ HTTP_PROXY: 'http://a:1' }, ws, 'a:1'],
    [{ HTTP_PROXY: 'http://a:1' }, wss, undefined],
    [{ https_proxy: 'http://a:1' }, wss, 'a:1'],
    [{ http_proxy: 'http://a:1' }, ws, 'a:1'],
    [{ ALL_PROXY: 'http://a:1' }, wss, 'a:1'],
    [{ all_proxy: 'http://a:1' }, ws, 'a:1'],
    [{ ALL_PROXY: 'http://all:1', HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:1' }, wss, 'a:1'],
    [{ ALL_PROXY: 'http://all:1', https_proxy: 'http://b:1' }, wss, 'b:1'],
    [{ HTTPS_PROXY: '', https_proxy: ' ', ALL_PROXY: 'http://all:1' }, wss, 'all:1'],
    [{ HTTPS_PROXY: 'a:1' }, wss, 'a:1'],
    [{ HTTPS_PROXY: ' a ' }, wss, 'a:80'],
    [{ HTTPS_PROXY: 'HTTP://A/' }, wss, 'a:80'],
    [{ HTTPS_PROXY: 'http://[::1]:1' }, wss, '::1:1'],
    [{ HTTPS_PROXY: 'http://127.0.0.1:3128/' }, wss, '127.0.0.1:3128'],
    [{ HTTPS_PROXY: 'http://u:p@a:1' }, wss, 'u:p@a:1'],
    [{ HTTPS_PROXY: 'u:p@a:1' }, wss, 'u:p@a:1'],
    [{ HTTPS_PROXY: 'http://u%40x:p%2F%3A@a:1' }, wss, 'u@x:p/:@a:1'],
    [{ HTTPS_PROXY: 'http://token:@a:1' }, wss, 'token:@a:1'],
    [{ HTTPS_PROXY: 'http://u@a:1' }, wss, 'a:1'],
    [{ HTTP_PROXY: 'http://a:1', REQUEST_METHOD: 'GET' }, ws, undefined],
    [{ http_proxy: 'http://a:1', REQUEST_METHOD: 'GET' }, ws, 'a:1'],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'example.com' }, wss, undefined],
    [{ HTTPS_PROXY: 'http://a:1', no_proxy: 'x, .example.com' }, wss, undefined],
    [{ HTTPS_PROXY: 'http://a:1', NO_PROXY: 'x', no_proxy: '*' }, wss, 'a:1'],
    [{ HTTPS_PROXY: 'https://a:1', NO_PROXY: '*' }, wss, undefined],
    [{ HTTPS_PROXY: 'https://a' }, wss, 'https://a:443'],
    [{ HTTPS_PROXY: 'https://a:80' }, wss, 'https://a:80'],
    [{ HTTPS_PROXY: 'https://u:p@a:1/' }, wss, 'https://u:p@a:1'],
    [{ ALL_PROXY: 'socks5://a' }, wss, 'socks5://a:1080'],
    [{ ALL_PROXY: 'SOCKS5H://[::1]:9050' }, ws, 'socks5h://::1:9050'],
    [{ all_proxy: 'socks4://me@a:80' }, ws, 'socks4://me:@a:80'],
    [{ all_proxy: 'socks4a://a%20b@a:1' }, ws, 'socks4a://a b:@a:1'],
    [{ all_proxy: 'socks5://u%3A:p@a:1' }, ws, 'socks5://u::p@a:1'],
  ];
  for (const [environment, target, expected] of cases) {
    test(`${JSON.stringify(environment)} for ${target.secure ? 'wss' : 'ws'}: ${expected}`, () => {
      const found = resolveProxy('system', target, environment);
      const user = found?.username === undefined ? '' : `${found.username}:${found.password}@`;
      const protocol = found?.protocol === undefined ? '' : `${found.protocol}://`;
      assert.equal(found && `${protocol}${user}${found.host}:${found.port}`, expected);
    });
  }

  const form = 'expected a proxy such as http://user:password@proxy.example:3128';
  const wrong: [value: string, message: string][] = [
    ['http://', `environment variable HTTPS_PROXY is "http://"; ${form}`],
    ['http://a:b', `environment variable HTTPS_PROXY is "http://a:b"; ${form}`],
    ['http://a:0', `environment variable HTTPS_PROXY is "http://a:0"; ${form}`],
    ['http://a:65536', `environment variable HTTPS_PROXY is "http://a:65536"; ${form}`],
    ['http://a b', `environment variable HTTPS_PROXY is "http://a b"; ${form}`],
    ['http://a/b', `environment variable HTTPS_PROXY is "http://a/b"; ${form}`],
    ['http://me:se/cret@a:1', `environment variable HTTPS_PROXY is "http://***@a:1"; ${form}`],
    ['me:se@cr/et@a:x', `environment variable HTTPS_PROXY is "***@a:x"; ${form}`],
    ['http://me:%E0%A4@a:1', `environment variable HTTPS_PROXY is "http://***@a:1"; ${form}`],
    [
      'http://m%3Ae:x@a:1',
      `environment variable HTTPS_PROXY is "http://***@a:1"; ${form}, without a colon in the user name (RFC 7617 §2)`,
    ],
    [
      'ftp://me:secret@a:1',
      `environment variable HTTPS_PROXY is "ftp://***@a:1"; ${form}; the protocols are http, https, socks5, socks5h, socks4, socks4a`,
    ],
  ];
  for (const [value, message] of wrong) {
    test(message, () => {
      const environment = { HTTPS_PROXY: value, ALL_PROXY: 'http://unused:1' };
      assert.throws(() => resolveProxy('system', wss, environment), { code: 'ERR_WS_OPTION', message });
    });
  }
});

describe('exclusion', () => {
  const cases: [entry: string, host: string, port: number, excluded: boolean][] = [
    ['*', 'anything', 1, true],
    ['', 'a', 1, false],
    ['example.com', 'example.com', 443, true],
    ['example.com', 'www.example.com', 443, true],
    ['example.com', 'a.b.EXAMPLE.com', 443, true],
    ['EXAMPLE.com', 'www.example.com', 443, true],
    ['ample.com', 'www.example.com', 443, false],
    ['ample.com', 'www.ample.com', 443, true],
    ['example.com', 'example.com.evil', 443, false],
    ['www.example.com', 'example.com', 443, false],
    ['.example.com', 'www.example.com', 443, true],
    ['.example.com', 'example.com', 443, true],
    ['..example.com', 'www.example.com', 443, true],
    ['example.com.', 'example.com', 443, true],
    ['example.com', 'example.com.', 443, true],
    ['.', 'example.com', 443, false],
    ['com', 'example.com', 443, true],
    ['*.example.com', 'www.example.com', 443, true],
    ['*.example.com', 'example.com', 443, false],
    ['ex*le.com', 'example.com', 443, true],
    ['ex*le.com', 'www.example.com', 443, false],
    ['e.ample.com', 'example.com', 443, false],
    ['*.example.co.', 'www.example.com', 443, false],
    ['192.168.*', '192.168.1.2', 80, true],
    ['192.168.*', '10.192.168.1', 80, false],
    ['(*', '(a', 80, true],
    ['example.com:8443', 'example.com', 8443, true],
    ['example.com:8443', 'www.example.com', 8443, true],
    ['example.com:8443', 'example.com', 443, false],
    ['*.example.com:8443', 'www.example.com', 8443, true],
    ['*:8443', 'a', 8443, true],
    ['*:8443', 'a', 443, false],
    ['https://example.com', 'example.com', 443, true],
    ['wss://example.com:8443/', 'example.com', 8443, true],
    ['http://example.com/path', 'example.com', 80, true],
    ['127.0.0.1', '127.0.0.1', 80, true],
    ['0.0.1', '127.0.0.1', 80, false],
    ['127.0.0.1:80', '127.0.0.1', 80, true],
    ['127.0.0.1:80', '127.0.0.1', 81, false],
    ['127.0.0.1', '127.0.0.10', 80, false],
    ['::1', '::1', 80, true],
    ['[::1]', '::1', 80, true],
    ['::1', '[::1]', 80, true],
    ['0:0:0:0:0:0:0:1', '::1', 80, true],
    ['2001:DB8::1', '2001:db8::1', 80, true],
    ['[::1]:80', '::1', 80, true],
    ['[::1]:81', '::1', 80, false],
    ['::1', '::2', 80, false],
    ['10.0.0.0/8', '10.255.255.255', 80, true],
    ['10.0.0.0/8', '11.0.0.0', 80, false],
    ['10.0.0.0/8', '10.example.com', 80, false],
    ['10.1.2.3/8', '10.9.9.9', 80, true],
    ['192.0.2.128/25', '192.0.2.127', 80, false],
    ['192.0.2.128/25', '192.0.2.128', 80, true],
    ['192.0.2.1/32', '192.0.2.1', 80, true],
    ['0.0.0.0/0', '203.0.113.9', 80, true],
    ['0.0.0.0/0', '::1', 80, false],
    ['127.0.0.0/8:8443', '127.9.9.9', 8443, true],
    ['127.0.0.0/8:8443', '127.9.9.9', 443, false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', 80, true],
    ['10.0.0.0/33', '10.0.0.0', 80, false],
    ['10.0.0/8', '10.0.0.1', 80, false],
    ['fd00::/8', 'fd12:3456::1', 80, true],
    ['fd00::/8', '[fd12:3456::1]', 80, true],
    ['fd00::/8', 'fe80::1', 80, false],
    ['FD00:0::1/8', 'fd12:3456::1', 80, true],
    ['[fd00::]/8', 'fdff::1', 80, true],
    ['[fd00::/8]', 'fdff::1', 80, true],
    ['[fd00::/8]:8443', 'fdff::1', 8443, true],
    ['[fd00::/8]:8443', 'fdff::1', 443, false],
    ['::/0', '10.0.0.1', 80, false],
    ['::ffff:10.0.0.0/104', '10.2.3.4', 80, true],
    ['fe80::/10', 'fe80::1%eth0', 80, true],
    ['::ffff:10.0.0.1', '10.0.0.1', 80, true],
    ['10.0.0.1', '::ffff:a00:1', 80, true],
    ['localhost', 'localhost', 80, true],
    ['localhost', '127.0.0.1', 80, false],
  ];
  cases.push(
    ['bücher.example', 'xn--bcher-kva.example', 80, true],
    ['*.bücher.example', 'a.xn--bcher-kva.example', 80, true],
  );
  for (const [entry, host, port, excluded] of cases) {
    test(`'${entry}' ${excluded ? 'excludes' : 'leaves'} ${host}:${port}`, () => {
      const target = { secure: true, host, port };
      assert.equal(resolveProxy({ host: 'p', port: 1, exclude: [` ${entry} `] }, target) === undefined, excluded);
      const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: `x.y,${entry} z` };
      assert.equal(resolveProxy('system', target, environment) === undefined, excluded);
    });
  }
});

describe('openTunnel', () => {
  const open = new Set<Server>();
  after(() => {
    for (const server of open) server.close();
  });

  /** A proxy that reads a request head and answers as told; a socket to it. */
  async function proxyThat(answer: (socket: Socket, head: string) => void): Promise<Socket> {
    const server = createServer((socket) => {
      let head = '';
      socket.on('error', () => {});
      socket.on('data', function read(chunk) {
        head += chunk.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        socket.off('data', read);
        answer(socket, head);
      });
    });
    open.add(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('close', () => {
      open.delete(server);
      server.close();
    });
    return socket;
  }
  const proxy = { host: 'proxy.example', port: 3128 };
  const target = { host: 'example.com', port: 443, proxy };

  const requests: [target: Parameters<typeof openTunnel>[1], head: string][] = [
    [target, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n'],
    [{ host: '::1', port: 80, proxy }, 'CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n'],
    [{ host: '[::1]', port: 80, proxy }, 'CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n'],
    [
      { ...target, proxy: { ...proxy, username: 'Aladdin', password: 'open sesame' } },
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n',
    ],
    [
      { ...target, proxy: { ...proxy, username: 'ü\r\nx: y', password: '' } },
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nProxy-Authorization: Basic w7wNCng6IHk6\r\n\r\n',
    ],
    [
      { ...target, proxy: { ...proxy, username: 'alone' } },
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    ],
    [
      { ...target, proxy: { ...proxy, password: 'alone' } },
      'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    ],
  ];
  for (const [to, expected] of requests) {
    test(`sends ${JSON.stringify(expected)}`, async () => {
      let received = '';
      const socket = await proxyThat((peer, head) => {
        received = head;
        peer.end('HTTP/1.1 200 OK\r\n\r\n');
      });
      const tunnel = await openTunnel(socket, to);
      tunnel.resume();
      await once(tunnel, 'close');
      assert.equal(received, expected);
    });
  }

  test('resolves with the same socket, clean; bytes after the head come first', async () => {
    const socket = await proxyThat((peer) => {
      peer.write('HTTP/1.1 200 Connection established\r\nX: y\r\n\r\nfirst ');
      peer.on('data', (chunk) => peer.end(`then ${chunk}`));
    });
    const listeners = (): unknown => socket.eventNames().map((name) => [name, socket.listenerCount(name)]);
    const before = listeners();
    const tunnel = await openTunnel(socket, target);
    assert.equal(tunnel, socket);
    assert.equal(tunnel.readableFlowing, null);
    assert.deepEqual(listeners(), before);
    let text = '';
    tunnel.on('data', (chunk) => {
      text += chunk;
    });
    tunnel.write('hello');
    await once(tunnel, 'close');
    assert.equal(text, 'first then hello');
  });

  test('an answer in single bytes is read', async () => {
    const socket = await proxyThat((peer) => {
      peer.setNoDelay(true);
      const bytes = [...'HTTP/1.0 200 OK\r\n\r\nx'];
      (function writeNext() {
        const byte = bytes.shift();
        if (byte === undefined) peer.end();
        else peer.write(byte, () => setImmediate(writeNext));
      })();
    });
    const tunnel = await openTunnel(socket, target);
    let text = '';
    for await (const chunk of tunnel) text += chunk;
    assert.equal(text, 'x');
  });

  test('TLS runs through a tunnel, its first bytes already read with the head', async () => {
    const { ca, server: certificate } = certificates();
    const server = createTlsServer({ cert: certificate.cert, key: certificate.key }, (inner) => inner.end('secret'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = await proxyThat((peer) => {
      const onward = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        peer.write('HTTP/1.1 200 OK\r\n\r\n');
        peer.pipe(onward).pipe(peer);
      });
    });
    const tunnel = await openTunnel(socket, target);
    const inner = connectTls({ socket: tunnel, ca: ca.cert, servername: 'localhost' });
    let text = '';
    for await (const chunk of inner) text += chunk;
    assert.equal(text, 'secret');
    server.close();
  });

  const where = 'proxy.example:3128';
  const to = 'CONNECT example.com:443';
  const failures: [why: string, answer: string, code: string, message: string, user?: string][] = [
    [
      '407, no credentials',
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 3\r\n\r\nno\n',
      'ERR_WS_PROXY_AUTHENTICATION',
      `proxy ${where} answered 407 to ${to}; set a user name and a password for it`,
    ],
    [
      '407, wrong credentials',
      'HTTP/1.1 407 Nope\r\n\r\n',
      'ERR_WS_PROXY_AUTHENTICATION',
      `proxy ${where} answered 407 to ${to}; it does not accept this user name and password (Basic scheme): check them`,
      'me',
    ],
    ...['403 Forbidden', '502 Bad Gateway', '204 No Content', '301 Moved', '101 Switching Protocols'].map(
      (answer): [string, string, string, string] => [
        answer,
        `HTTP/1.1 ${answer}\r\n\r\n`,
        'ERR_WS_PROXY_REFUSED',
        `proxy ${where} answered ${answer} to ${to} instead of 200; check that it may connect there, or exclude the host from the proxy`,
      ],
    ),
    [
      'garbage',
      '\u0000\u0001\u0002\r\n\r\n',
      'ERR_WS_PROXY_ANSWER',
      `proxy ${where} answered ${to} with something other than HTTP (HPE_INVALID_CONSTANT); check that an HTTP proxy listens there`,
    ],
    [
      'another protocol',
      'SSH-2.0-OpenSSH_9.2\r\n',
      'ERR_WS_PROXY_ANSWER',
      `proxy ${where} answered ${to} with something other than HTTP (HPE_INVALID_CONSTANT); check that an HTTP proxy listens there`,
    ],
    [
      'a head of 70,000 bytes',
      `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`,
      'ERR_WS_PROXY_ANSWER',
      `proxy ${where} answered ${to} with a head of more than 65536 bytes; check that an HTTP proxy listens there`,
    ],
  ];
  for (const [why, answer, code, message, user] of failures) {
    test(`${why}: a clear error, and the socket is gone`, async () => {
      const socket = await proxyThat((peer) => peer.write(answer, 'latin1'));
      const credentials = user === undefined ? {} : { username: user, password: 'secret' };
      const tunnel = openTunnel(socket, { ...target, proxy: { ...proxy, ...credentials } });
      await assert.rejects(tunnel, { code, family: 'environment', message });
      assert.equal(socket.destroyed, true);
    });
  }
  test('interim responses before its 200 are skipped, however the bytes are cut; what follows the head comes first', async () => {
    const heads = [
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
      'HTTP/1.1 199 Whatever\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\n',
      'first ',
    ].join('');
    for (const size of [1, 7, 24, 25, 26, heads.length]) {
      const socket = await proxyThat((peer) => {
        peer.setNoDelay(true);
        let said = '';
        peer.on('data', (chunk) => {
          said += chunk;
        });
        let at = 0;
        (function writeNext() {
          const part = heads.slice(at, at + size);
          at += size;
          if (part !== '') peer.write(part, () => setImmediate(writeNext));
          else if (said === 'hello') peer.end('then hello');
          else peer.once('data', () => peer.end(`then ${said}`));
        })();
      });
      const tunnel = await openTunnel(socket, target);
      assert.equal(tunnel, socket);
      assert.equal(tunnel.readableFlowing, null);
      tunnel.write('hello');
      let text = '';
      for await (const chunk of tunnel) text += chunk;
      assert.equal(text, 'first then hello', `cut into ${size}`);
    }
  });
  test('an interim response and then a refusal: the refusal', async () => {
    const socket = await proxyThat((peer) =>
      peer.write('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n'),
    );
    await assert.rejects(openTunnel(socket, target), { code: 'ERR_WS_PROXY_REFUSED', message: /403 Forbidden/ });
    assert.equal(socket.destroyed, true);
  });
  test('interim responses without end, then the end of TCP, then silence', async () => {
    const flood = await proxyThat((peer) => peer.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000)));
    await assert.rejects(openTunnel(flood, target), {
      code: 'ERR_WS_PROXY_ANSWER',
      message: `proxy ${where} answered ${to} with more than 16 interim responses; check that an HTTP proxy listens there`,
    });
    assert.equal(flood.destroyed, true);
    const lost = await proxyThat((peer) => peer.end('HTTP/1.1 100 Continue\r\n\r\n'));
    await assert.rejects(openTunnel(lost, target), { code: 'ERR_WS_PROXY_LOST' });
    const controller = new AbortController();
    const silent = await proxyThat((peer) => {
      peer.write('HTTP/1.1 100 Continue\r\n\r\n', () => controller.abort(new Error('enough')));
    });
    await assert.rejects(openTunnel(silent, target, controller.signal), { message: 'enough' });
    assert.equal(silent.destroyed, true);
  });
  test('no status: what a proxy answered is not what the server answered', async () => {
    const socket = await proxyThat((peer) => peer.write('HTTP/1.1 403 Forbidden\r\n\r\n'));
    await assert.rejects(openTunnel(socket, target), (error: { status?: number }) => error.status === undefined);
  });

  const lost = new RegExp(
    `^proxy ${where} did not answer ${to} \\((socket hang up|read ECONNRESET)\\); check that an HTTP proxy listens there$`,
  );
  for (const [why, hangUp] of [
    ['a proxy that ends', (peer: Socket) => void peer.end()],
    ['a proxy that ends within its head', (peer: Socket) => void peer.end('HTTP/1.1 200 OK\r\nX: ')],
    ['a proxy that resets', (peer: Socket) => void peer.resetAndDestroy()],
  ] as const) {
    test(why, async () => {
      const socket = await proxyThat(hangUp);
      await assert.rejects(openTunnel(socket, target), { code: 'ERR_WS_PROXY_LOST', message: lost });
      assert.equal(socket.destroyed, true);
    });
  }
  test('a socket that is already gone', async () => {
    const socket = await proxyThat(() => {});
    socket.destroy();
    await assert.rejects(openTunnel(socket, target), {
      code: 'ERR_WS_PROXY_LOST',
      message: `proxy ${where} did not answer ${to} (connection is closed); check that an HTTP proxy listens there`,
    });
  });
  for (const host of ['a\r\nX: y', 'a b', 'a/b', 'user@a', '']) {
    test(`host ${JSON.stringify(host)} is not asked for`, async () => {
      const socket = await proxyThat(() => {});
      await assert.rejects(openTunnel(socket, { ...target, host }), { code: 'ERR_WS_OPTION', family: 'usage' });
      assert.equal(socket.destroyed, true);
    });
  }

  test('a signal gives up while the proxy is silent', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const socket = await proxyThat(() => controller.abort(reason));
    await assert.rejects(openTunnel(socket, target, controller.signal), reason);
    assert.equal(socket.destroyed, true);
  });
  test('a signal that was aborted before', async () => {
    const reason = new Error('enough');
    const socket = await proxyThat(() => assert.fail('nothing is sent'));
    await assert.rejects(openTunnel(socket, target, AbortSignal.abort(reason)), reason);
    assert.equal(socket.destroyed, true);
  });
  test('a signal that is aborted afterwards does not touch the tunnel', async () => {
    const controller = new AbortController();
    const socket = await proxyThat((peer) => {
      peer.write('HTTP/1.1 200 OK\r\n\r\n');
      peer.on('data', (chunk) => peer.end(chunk));
    });
    const tunnel = await openTunnel(socket, target, controller.signal);
    controller.abort();
    tunnel.write('still here');
    let text = '';
    for await (const chunk of tunnel) text += chunk;
    assert.equal(text, 'still here');
  });
});
