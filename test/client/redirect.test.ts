// Redirects of the opening handshake (RFC 6455 §4.1): followed as far as the caller allows, never to less security, and
// without taking credentials to somebody else.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { redirectTarget } from '../../src/client/redirect.ts';
import { parseTarget } from '../../src/client/target.ts';
import { type ConnectOptions, connect, createServer, refuse } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw, type RawServer } from '../support/raw-peer.ts';

/** Takes the next request and redirects it. @returns the request */
async function redirect(server: RawServer, location: string | undefined, status = '302 Found'): Promise<string> {
  const peer = await server.accepted();
  const request = await peer.readHead();
  const field = location === undefined ? '' : `Location: ${location}\r\n`;
  peer.write(`HTTP/1.1 ${status}\r\n${field}Content-Length: 0\r\n\r\n`);
  await peer.gone();
  return request;
}

describe('a redirect', () => {
  for (const status of [
    '301 Moved Permanently',
    '302 Found',
    '303 See Other',
    '307 Temporary Redirect',
    '308 Permanent Redirect',
  ]) {
    test(
      `${status} is followed, to an http: location as well; the connection tells where it led`,
      leavingNothing(async (scope) => {
        const target = await listen(scope, { subprotocols: ['chat'] });
        const server = await listenRaw(scope);
        const log: string[] = [];
        const opening = open(scope, server.url, {
          maxRedirects: 1,
          subprotocols: ['chat'],
          handlers: { resolved: () => log.push('resolved'), open: () => log.push('open') },
        });
        await redirect(server, `http://127.0.0.1:${target.port}/next?q=1`, status);
        const connection = await opening;
        assert.equal(connection.url, `ws://127.0.0.1:${target.port}/next?q=1`);
        assert.equal(connection.subprotocol, 'chat');
        assert.equal((await target.opened.next()).url, '/next?q=1');
        assert.deepEqual(log, ['resolved', 'open']);
      }),
    );
  }
  test(
    'with a relative location',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const opening = connect(`${server.url}a/b?q`, { maxRedirects: 1 });
      await redirect(server, '../c?x=1');
      const peer = await server.accepted();
      const request = await peer.readHead();
      assert.match(request, /^GET \/c\?x=1 HTTP/);
      peer.write(switchingProtocols(request));
      (await opening).terminate();
    }),
  );
  test(
    'of our own server',
    leavingNothing(async (scope) => {
      const target = await listen(scope);
      const { url } = await listen(scope, { upgrade: () => refuse(307, 'moved', { Location: target.url }) });
      const connection = await open(scope, url, { maxRedirects: 1 });
      assert.equal(connection.url, target.url);
    }),
  );
  test(
    'is not followed by default: the response is the answer',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        connect(server.url),
        'ERR_WS_REFUSED',
        '302 Found',
        /it redirects to "\/next": connect there, or raise maxRedirects/,
      );
      await redirect(server, '/next');
      assert.equal((await refused).status, 302);
      assert.equal(server.waiting, 0);
    }),
  );
  test(
    'is followed maxRedirects times and no further',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const refused = rejectsWith(
        connect(server.url, { maxRedirects: 3 }),
        'ERR_WS_REFUSED',
        '302 Found',
        'maxRedirects',
      );
      for (let count = 0; count < 4; count++) await redirect(server, `/${count}`);
      await refused;
      assert.equal(server.waiting, 0);
    }),
  );
  const wrong: readonly (readonly [name: string, location: string | undefined, ...parts: string[]])[] = [
    ['without a location', undefined, 'no Location field'],
    ['to what is not a URL', 'ws://h:99999/', '"ws://h:99999/"', 'not a URL'],
    ['to another scheme', 'ftp://host/x', '"ftp://host/x"', 'ftp:'],
    ['to a script', 'javascript:alert(1)', '"javascript:alert(1)"', 'scheme is javascript:'],
    ['to a file', 'file:///etc/passwd', '"file:///etc/passwd"', 'scheme is file:'],
    ['to no host', 'ws:///', '"ws:///"', 'not a URL'],
    ['to an invalid address', 'ws://1.2.3.256/', '"ws://1.2.3.256/"', 'not a URL'],
    ['to an invalid port', 'ws://h:-1/', '"ws://h:-1/"', 'not a URL'],
    ['to two places', '/a\r\nLocation: /b', '"/a"', '2 Location fields'],
    ['twice to the same', '/a\r\nlocation: /a', '"/a"', '2 Location fields'],
  ];
  for (const [name, location, ...parts] of wrong) {
    test(
      `${name} is an error`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const refused = rejectsWith(connect(server.url, { maxRedirects: 5 }), 'ERR_WS_REDIRECT', ...parts);
        await redirect(server, location);
        await refused;
      }),
    );
  }
  test(
    'from wss: to ws: is refused',
    leavingNothing(async (scope) => {
      const plain = await listen(scope);
      for (const location of [plain.url, plain.url.replace('ws:', 'http:')]) {
        const secure = await listen(
          scope,
          { upgrade: () => refuse(302, 'moved', { Location: location }) },
          { tls: serverCertificate() },
        );
        await rejectsWith(
          connect(secure.url, { maxRedirects: 5, tls: trust() }),
          'ERR_WS_REDIRECT',
          location,
          'from wss: to ws:',
        );
      }
      assert.deepEqual(plain.opened.rest, []);
    }),
  );
  test(
    'from ws: to wss: is followed',
    leavingNothing(async (scope) => {
      const secure = await listen(scope, {}, { tls: serverCertificate() });
      const { url } = await listen(scope, { upgrade: () => refuse(301, 'moved', { Location: secure.url }) });
      const connection = await open(scope, url, { maxRedirects: 1, tls: trust() });
      assert.equal(connection.url, secure.url);
      assert.equal((await secure.opened.next()).encrypted, true);
    }),
  );
});

describe('credentials', () => {
  const options: ConnectOptions = {
    maxRedirects: 2,
    headers: {
      Authorization: 'Bearer x',
      Cookie: 'a=1',
      'X-Other': 'z',
      Host: 'virtual',
    },
  };
  test(
    'go to another path of the same origin',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const opening = connect(server.url, options);
      const first = await redirect(server, '/next');
      const peer = await server.accepted();
      const second = await peer.readHead();
      for (const request of [first, second]) {
        assert.match(request, /\r\nHost: virtual\r\n/);
        assert.match(request, /\r\nAuthorization: Bearer x\r\nCookie: a=1\r\nX-Other: z\r\n/);
      }
      peer.write(switchingProtocols(second));
      (await opening).terminate();
    }),
  );
  test(
    'do not go to another origin, where even the port makes one, nor does any other field of the application',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const other = await listenRaw(scope);
      const opening = connect(server.url.replace('//', '//user:password@'), options);
      const first = await redirect(server, `ws://${other.address}/`);
      assert.match(first, /\r\nAuthorization: Bearer x\r\n/);
      const peer = await other.accepted();
      const second = await peer.readHead();
      assert.ok(second.includes(`\r\nHost: ${other.address}\r\n`), second);
      assert.doesNotMatch(second, /authorization|cookie|x-other/i);
      peer.write(switchingProtocols(second));
      (await opening).terminate();
    }),
  );
  test(
    'of the URL go with a relative redirect, not to another origin',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const other = await listenRaw(scope);
      const opening = connect(server.url.replace('//', '//user:password@'), { maxRedirects: 2 });
      const basic = /\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n/;
      assert.match(await redirect(server, '/next'), basic);
      assert.match(await redirect(server, `ws://${other.address}/`), basic);
      const peer = await other.accepted();
      const request = await peer.readHead();
      assert.doesNotMatch(request, /authorization/i);
      peer.write(switchingProtocols(request));
      (await opening).terminate();
    }),
  );
  test(
    'of the URL go with a redirect that names the same origin in full',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const opening = connect(server.url.replace('//', '//user:password@'), { maxRedirects: 1 });
      await redirect(server, `http://${server.address}/next`);
      const peer = await server.accepted();
      const request = await peer.readHead();
      assert.match(request, /\r\nAuthorization: Basic dXNlcjpwYXNzd29yZA==\r\n/);
      peer.write(switchingProtocols(request));
      const connection = await opening;
      assert.equal(connection.url, `ws://${server.address}/next`);
      connection.terminate();
    }),
  );
  test(
    'do not come back when a redirect leads away and back home, at a path that another origin chose',
    leavingNothing(async (scope) => {
      const home = await listenRaw(scope);
      const away = await listenRaw(scope);
      const url = home.url.replace('//', '//user:password@');
      const opening = connect(url, { ...options, headers: { Cookie: 'a=1', 'X-Other': 'z' }, maxRedirects: 9 });
      assert.match(await redirect(home, `ws://${away.address}/`), /\r\nCookie: a=1\r\n[\s\S]*Authorization: Basic/);
      assert.doesNotMatch(await redirect(away, '/again'), /authorization|cookie/i);
      assert.doesNotMatch(await redirect(away, `ws://${home.address}/transfer?to=mallory`), /authorization|cookie/i);
      assert.doesNotMatch(await redirect(home, '/next'), /authorization|cookie/i);
      const peer = await home.accepted();
      const request = await peer.readHead();
      assert.doesNotMatch(request, /authorization|cookie|x-other/i);
      peer.write(switchingProtocols(request));
      (await opening).terminate();
    }),
  );
  test(
    'do not go to another name of the same address and port',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const opening = connect(server.url.replace('//', '//user:password@'), options);
      assert.match(await redirect(server, `//localhost:${server.port}/`), /\r\nAuthorization: Bearer x\r\n/);
      const peer = await server.accepted();
      const request = await peer.readHead();
      assert.doesNotMatch(request, /authorization|cookie|virtual|x-other/i);
      peer.write(switchingProtocols(request));
      (await opening).terminate();
    }),
  );
  for (const location of ['ws://a:b@ADDRESS/', 'http://a@ADDRESS/', '//:b@ADDRESS/', 'ws://user:password@ADDRESS/']) {
    test(
      `that the location has in it are not taken: ${location}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const other = await listenRaw(scope);
        for (const { address } of [server, other]) {
          const refused = rejectsWith(
            connect(server.url.replace('//', '//user:password@'), { maxRedirects: 1 }),
            'ERR_WS_REDIRECT',
            'a user name or a password',
            address,
          );
          await redirect(server, location.replace('ADDRESS', address));
          const error = await refused;
          assert.equal(error.status, 302);
          assert.doesNotMatch(error.message, /a:b|a@|:b@|word@/, 'they are not for logs');
        }
        assert.equal(server.waiting + other.waiting, 0);
      }),
    );
  }
});

interface Seen {
  readonly path: string;
  readonly authorization: unknown;
  readonly cookie: unknown;
  /** Common name of the client's certificate. */
  readonly certificate: unknown;
}

/** A TLS server that asks for a client certificate and takes who has none; `decide` redirects. */
async function listenTls(
  scope: Scope,
  decide: (path: string) => ReturnType<typeof refuse> | undefined,
): Promise<{ url: string; seen: Inbox<Seen> }> {
  const { server: own, ca } = certificates();
  const seen = new Inbox<Seen>();
  const https = createHttpsServer({
    cert: own.cert,
    key: own.key,
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const server = createServer({
    upgrade: ({ url, headers, message }) => {
      const { subject } = (message.socket as TLSSocket).getPeerCertificate();
      const { authorization, cookie } = headers;
      seen.push({ path: url, authorization, cookie, certificate: subject?.CN });
      return decide(url);
    },
  });
  server.attach(https);
  https.listen(0, '127.0.0.1');
  await once(https, 'listening');
  scope.defer(async () => {
    await server.close();
    https.close();
    https.closeAllConnections();
    await once(https, 'close');
  });
  return { url: `wss://127.0.0.1:${(https.address() as AddressInfo).port}`, seen };
}

describe('credentials over TLS', () => {
  const { ca, client } = certificates();
  const options: ConnectOptions = {
    maxRedirects: 5,
    headers: { Authorization: 'Bearer x', Cookie: 'a=1' },
    tls: { ca: ca.cert, cert: client.cert, key: client.key },
  };
  const all = { authorization: 'Bearer x', cookie: 'a=1', certificate: 'client' };
  const none = { authorization: undefined, cookie: undefined, certificate: undefined };
  test(
    'headers and the client certificate stay at their origin; another one gets none of them, nor the first one afterwards',
    leavingNothing(async (scope) => {
      const home = await listenTls(scope, (path) => {
        if (path === '/') return refuse(307, 'stay', { Location: '/in' });
        return path === '/in' ? refuse(307, 'leave', { Location: `${away.url}/a` }) : undefined;
      });
      const away = await listenTls(scope, () => refuse(307, 'back', { Location: `${home.url}/back` }));
      const connection = await open(scope, `${home.url}/`, options);
      assert.equal(connection.url, `${home.url}/back`);
      assert.deepEqual(await home.seen.take(3), [
        { path: '/', ...all },
        { path: '/in', ...all },
        { path: '/back', ...none },
      ]);
      assert.deepEqual(await away.seen.take(1), [{ path: '/a', ...none }]);
    }),
  );
  test(
    'they do not go from ws: to wss: either, where the scheme makes another origin',
    leavingNothing(async (scope) => {
      const secure = await listenTls(scope, () => undefined);
      const { url } = await listen(scope, { upgrade: () => refuse(301, 'moved', { Location: secure.url }) });
      await open(scope, url, options);
      assert.deepEqual(await secure.seen.next(), { path: '/', ...none });
    }),
  );
  test(
    'from wss: by another wss: to ws: is refused as well',
    leavingNothing(async (scope) => {
      const plain = await listenRaw(scope);
      const second = await listenTls(scope, () => refuse(302, 'down', { Location: plain.url }));
      const first = await listenTls(scope, () => refuse(302, 'on', { Location: second.url }));
      await rejectsWith(connect(first.url, options), 'ERR_WS_REDIRECT', 'from wss: to ws:');
      assert.equal(plain.waiting, 0);
    }),
  );
});

describe('credentials of a proxy', () => {
  test(
    'are only for CONNECT: not for the server, before or after a redirect, nor within a tunnel',
    leavingNothing(async (scope) => {
      const proxy = await listenRaw(scope);
      const opening = connect('ws://one.invalid/', {
        maxRedirects: 1,
        proxy: { host: '127.0.0.1', port: proxy.port, username: 'me', password: 'secret' },
      });
      for (const host of ['one', 'two']) {
        const peer = await proxy.accepted();
        assert.equal(
          await peer.readHead(),
          `CONNECT ${host}.invalid:80 HTTP/1.1\r\nHost: ${host}.invalid:80\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n`,
        );
        peer.write('HTTP/1.1 200 OK\r\n\r\n');
        const request = await peer.readHead();
        assert.match(request, /^GET \/ HTTP/);
        assert.doesNotMatch(request, /authorization|bWU6c2VjcmV0/i);
        if (host === 'two') peer.write(switchingProtocols(request));
        else peer.end('HTTP/1.1 302 Found\r\nLocation: ws://two.invalid/\r\n\r\n');
      }
      (await opening).terminate();
    }),
  );
  test(
    'a proxy does not redirect: its answer is not that of the server',
    leavingNothing(async (scope) => {
      const proxy = await listenRaw(scope);
      const refused = rejectsWith(
        connect('ws://one.invalid/', { maxRedirects: 5, proxy: { host: '127.0.0.1', port: proxy.port } }),
        'ERR_WS_PROXY_REFUSED',
        '302 Found',
      );
      const peer = await proxy.accepted();
      await peer.readHead();
      peer.write('HTTP/1.1 302 Found\r\nLocation: ws://two.invalid/\r\n\r\n');
      await refused;
      assert.equal(proxy.waiting, 0);
    }),
  );
});

describe('beforeRedirect that answers false', () => {
  for (const [how, beforeRedirect] of [
    ['at once', () => false],
    ['by a Promise', async () => false],
  ] as const) {
    test(
      `${how}: refused, and the text has no query`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const elsewhere = await listenRaw(scope);
        const refused = rejectsWith(
          connect(server.url, { maxRedirects: 1, beforeRedirect: beforeRedirect as never }),
          'ERR_WS_REDIRECT',
          'beforeRedirect refused it (it returned false)',
        );
        await redirect(server, `${elsewhere.url}chat?token=s3cret`);
        assert.doesNotMatch((await refused).message, /s3cret/);
        assert.equal(elsewhere.waiting, 0);
      }),
    );
  }
});

test(
  'a location in UTF-8, which a server has not encoded, is read as browsers read it',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const refused = rejectsWith(connect(server.url, { maxRedirects: 1 }), 'ERR_WS_REFUSED', '302');
    await redirect(server, '/café?x=ü');
    assert.match(await redirect(server, '/'), /^GET \/caf%C3%A9\?x=%C3%BC /);
    await refused;
  }),
);

test('a location of 60,000 characters costs no time to be refused', () => {
  for (const location of [`ftp:${'/'.repeat(60_000)}`, `ftp://${'a:'.repeat(15_000)}?${'b'.repeat(30_000)}`]) {
    const before = process.cpuUsage();
    assert.throws(() => redirectTarget(parseTarget('ws://a/'), 302, [location]), { code: 'ERR_WS_REDIRECT' });
    // It took seconds where the password was looked for by one expression with two loops in it.
    assert.ok(process.cpuUsage(before).user < 500_000);
  }
});

test(
  'whatever beforeRedirect throws, the error names it',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    for (const thrown of [undefined, Object.create(null), Symbol('no'), 'no']) {
      const beforeRedirect = (): never => {
        throw thrown;
      };
      const refused = rejectsWith(
        connect(server.url, { maxRedirects: 1, beforeRedirect }),
        'ERR_WS_REDIRECT',
        'beforeRedirect refused it (',
      );
      await redirect(server, '/');
      await refused;
    }
  }),
);

describe('a loop of redirects', () => {
  for (const limit of [0, 1, 20]) {
    test(
      `to itself ends after maxRedirects, ${limit}`,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const refused = rejectsWith(connect(server.url, { maxRedirects: limit }), 'ERR_WS_REFUSED', '302 Found');
        for (let count = 0; count <= limit; count++) await redirect(server, '/');
        assert.equal((await refused).status, 302);
        assert.equal(server.waiting, 0);
      }),
    );
  }
  test(
    'that is slow ends after handshakeTimeout, which is for all of them together',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url, { maxRedirects: 1e6, handshakeTimeout: 100 });
      let isOver = false;
      const refused = rejectsWith(connecting, 'ERR_WS_HANDSHAKE_TIMEOUT', '100 ms').finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const peer = await Promise.race([server.accepted(), refused.then(() => undefined)]);
        if (peer === undefined) break;
        await peer.readUntil('\r\n').catch(() => {});
        peer.end('HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n');
      }
      await refused;
    }),
  );
});
