// Redirects of the opening handshake (§4.1): followed as far as the caller allows, never to less security, and without
// taking credentials to somebody else.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, refuse } from '../../src/engine/index.ts';
import { listen, open, serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
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
      const refused = rejectsWith(connect(server.url), 'ERR_WS_REFUSED', '302 Found', /raise maxRedirects/);
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
    ['to what is no URL', 'ws://h:99999/', '"ws://h:99999/"', 'no URL'],
    ['to another scheme', 'ftp://host/x', '"ftp://host/x"', 'ftp:'],
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
      'Proxy-Authorization': 'Basic y',
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
        assert.match(
          request,
          /\r\nAuthorization: Bearer x\r\nCookie: a=1\r\nProxy-Authorization: Basic y\r\nX-Other: z\r\n/,
        );
      }
      peer.write(switchingProtocols(second));
      (await opening).terminate();
    }),
  );
  test(
    'do not go to another origin, where even the port makes one; other fields do',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const other = await listenRaw(scope);
      const opening = connect(server.url.replace('//', '//user:password@'), options);
      const first = await redirect(server, `ws://${other.address}/`);
      assert.match(first, /\r\nAuthorization: Bearer x\r\n/);
      const peer = await other.accepted();
      const second = await peer.readHead();
      assert.ok(second.includes(`\r\nHost: ${other.address}\r\n`), second);
      assert.match(second, /\r\nX-Other: z\r\n/);
      assert.doesNotMatch(second, /authorization|cookie/i);
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
    'that the location names itself are for its origin',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const other = await listenRaw(scope);
      const opening = connect(server.url, { maxRedirects: 1 });
      assert.doesNotMatch(await redirect(server, `ws://a:b@${other.address}/`), /authorization/i);
      const peer = await other.accepted();
      const request = await peer.readHead();
      assert.match(request, /\r\nAuthorization: Basic YTpi\r\n/);
      peer.write(switchingProtocols(request));
      (await opening).terminate();
    }),
  );
});
