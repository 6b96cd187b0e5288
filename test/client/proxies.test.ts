// `proxy` as a URL or with a protocol: SOCKS in its versions, and HTTP proxies that are reached by TLS.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, type ProxyAddress, type ProxySetting } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { listenSocks, type SocksBehaviour } from '../support/socks-server.ts';

/** A server that echoes, and a SOCKS server that leads to it. */
async function behindSocks(
  scope: Scope,
  behaviour: SocksBehaviour = {},
  tls = false,
): Promise<{ readonly port: number; readonly requests: string[]; readonly target: number }> {
  const { port: target } = await listen(
    scope,
    { message: (connection, data) => void connection.send(data) },
    tls ? { tls: serverCertificate() } : {},
  );
  return { ...(await listenSocks(scope, target, behaviour)), target };
}

async function answers(url: string, options: ConnectOptions): Promise<void> {
  const client = await connect(url, options);
  for (const data of ['hi', 'x'.repeat(1_000_000)]) {
    client.send(data);
    assert.ok((await client[Symbol.asyncIterator]().next()).value === data);
  }
  client.terminate();
  await client.closed;
}

describe('SOCKS', () => {
  const table: readonly (readonly [protocol: string, url: string, request: string])[] = [
    ['socks5h', 'ws://chat.example:8080/', '5 name chat.example:8080'],
    ['socks5h', 'ws://127.0.0.9:8080/', '5 address 127.0.0.9:8080'],
    ['socks5h', 'ws://[2001:db8::1]/', '5 address 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01:80'],
    ['socks5', 'ws://127.0.0.9:8080/', '5 address 127.0.0.9:8080'],
    ['socks4', 'ws://127.0.0.9:8080/', '4 address 127.0.0.9:8080'],
    ['socks4', 'ws://[::ffff:127.0.0.9]:8080/', '4 address 127.0.0.9:8080'],
    ['socks4a', 'ws://chat.example:8080/', '4 name chat.example:8080'],
    ['socks4a', 'ws://127.0.0.9:8080/', '4 address 127.0.0.9:8080'],
  ];
  for (const [protocol, url, request] of table) {
    test(`${protocol}: ${url}; its answers come byte by byte`, () =>
      leavingNothing(async (scope) => {
        const { port, requests } = await behindSocks(scope);
        await answers(url, { proxy: `${protocol}://127.0.0.1:${port}` as ProxySetting });
        await answers(url, { proxy: { host: '127.0.0.1', port, protocol } as ProxyAddress });
        assert.deepEqual(requests, [request, request]);
      })());
  }

  test('without h or a, this machine looks up the name', () =>
    leavingNothing(async (scope) => {
      const { port, requests } = await behindSocks(scope);
      await answers('ws://localhost:8080/', { proxy: `socks5://127.0.0.1:${port}` });
      await answers('ws://localhost:8080/', { proxy: `socks4://127.0.0.1:${port}` });
      assert.match(requests[0] ?? '', /^5 address (127\.0\.0\.1|00 .* 01):8080$/);
      assert.equal(requests[1], '4 address 127.0.0.1:8080');
    })());

  test('wss: TLS with the server, through the proxy', () =>
    leavingNothing(async (scope) => {
      const { port, requests } = await behindSocks(scope, {}, true);
      await answers('wss://localhost:8443/', { proxy: `socks5h://127.0.0.1:${port}`, tls: trust() });
      assert.deepEqual(requests, ['5 name localhost:8443']);
    })());

  test('a user name and a password, if the proxy asks for them; version 4 has only a name', () =>
    leavingNothing(async (scope) => {
      const login = { username: 'me', password: 'p:w@' };
      const { port, requests } = await behindSocks(scope, { login });
      await answers('ws://a.example/', { proxy: `socks5h://me:p%3Aw%40@127.0.0.1:${port}` });
      await answers('ws://a.example/', { proxy: { host: '127.0.0.1', port, protocol: 'socks5h', ...login } });
      assert.deepEqual(requests, Array.from({ length: 2 }, () => ['login me:p:w@', '5 name a.example:80']).flat());
      const open = await behindSocks(scope);
      await answers('ws://a.example/', { proxy: `socks5h://me:pw@127.0.0.1:${open.port}` });
      await answers('ws://127.0.0.1/', { proxy: `socks4://me@127.0.0.1:${open.port}` });
      assert.deepEqual(open.requests, ['5 name a.example:80', '4 me@address 127.0.0.1:80']);
    })());

  for (const boundType of [1, 3, 4]) {
    test(`an answer with an address of type ${boundType}`, () =>
      leavingNothing(async (scope) => {
        const { port } = await behindSocks(scope, { boundType });
        await answers('ws://a.example/', { proxy: `socks5h://127.0.0.1:${port}` });
      })());
  }

  const refusals: readonly (readonly [name: string, behaviour: SocksBehaviour, proxy: string, ...parts: string[]])[] = [
    [
      'a wrong password',
      { login: { username: 'me', password: 'x' } },
      'socks5h://me:s3cret@',
      'did not accept the user name and the password',
      'check the user name',
    ],
    [
      'no password',
      { login: { username: 'me', password: 'x' } },
      'socks5h://',
      'asks for an authentication that there is not',
      'set a user name and a password',
    ],
    ['not allowed', { reply: 2 }, 'socks5h://', 'connection not allowed', 'check that it may connect there'],
    ['refused', { reply: 5 }, 'socks5h://', 'connection refused'],
    ['an unknown reply', { reply: 99 }, 'socks5h://', 'reply 99'],
    ['an unknown type of address', { boundType: 9 }, 'socks5h://', 'address type 9'],
    [
      'another version',
      { greeting: [4, 0] },
      'socks5h://',
      'the byte 4 in the place of version 5',
      'check that a SOCKS proxy of this version',
    ],
    [
      'HTTP',
      { greeting: [...Buffer.from('HTTP/1.1 400 \r\n')] },
      'socks5h://',
      'the byte 72 in the place of version 5',
    ],
    ['version 4: refused', { reply: 91 }, 'socks4a://', 'reply 91'],
    ['version 4: no such user', { reply: 93 }, 'socks4a://me@', 'did not accept the user name (reply 93)'],
    ['version 4: something else', { greeting: [5, 0, 0, 0, 0, 0, 0, 0] }, 'socks4a://', 'the byte 5 in the place of 0'],
  ];
  for (const [name, behaviour, proxy, ...parts] of refusals) {
    test(name, () =>
      leavingNothing(async (scope) => {
        const { port } = await behindSocks(scope, behaviour);
        const setting = `${proxy}127.0.0.1:${port}` as ProxySetting;
        const error = await rejectsWith(
          connect('ws://a.example/', { proxy: setting }),
          'ERR_WS_PROXY_SOCKS',
          `proxy 127.0.0.1:${port} set by the option proxy did not connect to a.example:80 by SOCKS`,
          ...parts,
        );
        assert.equal(error.phase, 'proxy');
        assert.ok(!error.message.includes('s3cret'));
      })(),
    );
  }

  test('a connection that ends anywhere in its answers', () =>
    leavingNothing(async (scope) => {
      for (const [protocol, size] of [
        ['socks5h', 12],
        ['socks4a', 8],
      ] as const) {
        for (let endsAfter = 0; endsAfter < size; endsAfter++) {
          const { port } = await behindSocks(scope, { endsAfter });
          await rejectsWith(
            connect('ws://a.example/', { proxy: `${protocol}://127.0.0.1:${port}` }),
            'ERR_WS_PROXY_SOCKS',
            'it ended the connection',
          );
        }
      }
    })());

  test('a proxy that does not answer: handshakeTimeout, or the signal', () =>
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const proxy = `socks5h://127.0.0.1:${server.port}` as const;
      await rejectsWith(connect('ws://a.example/', { proxy, handshakeTimeout: 50 }), 'ERR_WS_HANDSHAKE_TIMEOUT');
      const controller = new AbortController();
      const attempt = connect('ws://a.example/', { proxy, signal: controller.signal });
      const peer = await server.accepted();
      await peer.read(3);
      controller.abort(new Error('enough'));
      await assert.rejects(attempt);
      await peer.gone();
    })());

  test('what cannot be asked for is refused before a byte is sent', () =>
    leavingNothing(async (scope) => {
      const { port, requests } = await behindSocks(scope);
      const at = (protocol: string) => `${protocol}127.0.0.1:${port}` as ProxySetting;
      await rejectsWith(
        connect('ws://[2001:db8::1]/', { proxy: at('socks4a://') }),
        'ERR_WS_PROXY_SOCKS',
        'SOCKS4 has no IPv6',
        'use socks5',
      );
      await rejectsWith(
        connect('ws://a.example/', { proxy: at(`socks5h://${'u'.repeat(256)}:p@`) }),
        'ERR_WS_PROXY_SOCKS',
        'user name has 256 bytes',
      );
      await rejectsWith(
        connect('ws://127.0.0.1/', { proxy: at('socks4://a%00b@') }),
        'ERR_WS_PROXY_SOCKS',
        'has a byte 0',
      );
      assert.deepEqual(requests, []);
    })());

  test('by the environment: ALL_PROXY', () =>
    leavingNothing(async (scope) => {
      const { port, requests } = await behindSocks(scope);
      const names = ['ALL_PROXY', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
      const before = names.map((name) => [name, process.env[name]] as const);
      scope.defer(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      });
      for (const name of names) delete process.env[name];
      process.env.ALL_PROXY = `socks5h://127.0.0.1:${port}`;
      await answers('ws://a.example/', { proxy: 'system' });
      assert.deepEqual(requests, ['5 name a.example:80']);
    })());
});

/** An HTTP proxy that is reached by TLS. It leads to `target` whatever it is asked for. */
async function listenHttpsProxy(scope: Scope, target: number, asked: string[]): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createHttpsServer(serverCertificate());
  server.on('connection', keep);
  server.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    const upstream = connectTcp({ port: target, host: '127.0.0.1' }, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    keep(upstream);
    socket.on('error', () => upstream.destroy());
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

describe('an https: proxy', () => {
  for (const secure of [false, true]) {
    test(`${secure ? 'wss: inside, with TLS of its own' : 'ws: inside'}`, () =>
      leavingNothing(async (scope) => {
        const asked: string[] = [];
        const { port: target } = await listen(
          scope,
          { message: (connection, data) => void connection.send(data) },
          secure ? { tls: serverCertificate() } : {},
        );
        const port = await listenHttpsProxy(scope, target, asked);
        const options: ConnectOptions = secure ? { tls: trust() } : {};
        const proxy = { host: 'localhost', port, protocol: 'https', tls: trust() } as const;
        const url = `${secure ? 'wss' : 'ws'}://127.0.0.1:9/`;
        await answers(url, { ...options, proxy });
        await answers(url, { ...options, proxy: { ...proxy, username: 'me', password: 'pw' } });
        const basic = `Basic ${Buffer.from('me:pw').toString('base64')}`;
        assert.deepEqual(asked, ['127.0.0.1:9 -', `127.0.0.1:9 ${basic}`]);
      })());
  }

  test('its certificate is verified, and the error names the proxy and proxy.tls', () =>
    leavingNothing(async (scope) => {
      const port = await listenHttpsProxy(scope, 9, []);
      const error = await rejectsWith(
        connect('ws://a.example/', { proxy: `https://localhost:${port}`, tls: trust() }),
        'ERR_WS_TLS',
        `TLS with proxy localhost:${port} set by the option proxy failed`,
        'proxy.tls.ca',
      );
      assert.equal(error.phase, 'proxy');
      await rejectsWith(
        connect('ws://a.example/', { proxy: { host: '127.0.0.2', port, protocol: 'https', tls: trust() } }),
        'ERR_WS_TLS',
        'wrong host name',
        'proxy.tls.servername',
      ).catch(async (error: unknown) => {
        // Not everywhere is 127.0.0.2 this machine's.
        if (!String(error).includes('ERR_WS_CONNECT')) throw error;
      });
      const plain = await listenSocks(scope, 9);
      await rejectsWith(
        connect('ws://a.example/', { proxy: `https://127.0.0.1:${plain.port}` }),
        'ERR_WS_TLS',
        'TLS with proxy',
      );
      const speaker = createTcpServer((socket) =>
        socket
          .on('error', () => {})
          .resume()
          .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      );
      await new Promise<void>((resolve) => speaker.listen(0, '127.0.0.1', resolve));
      scope.defer(() => new Promise((resolve) => speaker.close(resolve)));
      await rejectsWith(
        connect('ws://a.example/', { proxy: `https://127.0.0.1:${(speaker.address() as AddressInfo).port}` }),
        'ERR_WS_TLS',
        'use http: instead of https:',
      );
    })());

  test('bad TLS options of it are found before anything is connected', () =>
    Promise.all([
      rejectsWith(
        connect('ws://a.example/', { proxy: { host: 'a', port: 1, protocol: 'https', tls: { ca: 'x' } } }),
        'ERR_WS_OPTION',
        'proxy.tls.ca',
      ),
      rejectsWith(
        connect('ws://a.example/', {
          proxy: { host: 'a', port: 1, protocol: 'https', tls: { cert: certificates().server.cert } },
        }),
        'ERR_WS_OPTION',
        'proxy.tls.key',
        'proxy.tls.cert',
      ),
    ]).then(() => {}));
});

describe('bad settings', () => {
  const table: readonly (readonly [proxy: unknown, ...parts: string[]])[] = [
    ['direct', 'proxy is "direct"', "a URL such as 'socks5://proxy.example:1080'"],
    ['ftp://a:1', 'proxy is "ftp://a:1"', 'the protocols are http, https, socks5'],
    ['socks5://me:s3cret@a:99999', 'proxy is "socks5://***@a:99999"'],
    ['socks5://', 'proxy is "socks5://"'],
    ['socks5://a/b', 'proxy is "socks5://a/b"'],
    [{ host: 'a', port: 1, protocol: 'socks6' }, 'proxy.protocol is "socks6"', 'one of http, https, socks5'],
    [{ host: 'a', port: 1, type: 5 }, "use proxy.protocol: 'socks5'"],
    [{ host: 'a', port: 1, ca: 'x' }, 'use proxy.tls.ca'],
  ];
  for (const [proxy, ...parts] of table) {
    test(JSON.stringify(proxy), async () => {
      const error = await rejectsWith(
        connect('ws://a.example/', { proxy: proxy as ProxySetting }),
        'ERR_WS_OPTION',
        ...parts,
      );
      assert.ok(!error.message.includes('s3cret'));
    });
  }
});
