// RFC 6455 §4.1, the request of a client as a server sees it, byte by byte, ordered as kit specification §3.4.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect } from '../../src/engine/index.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw, type RawServer } from '../support/raw-peer.ts';

/** The request of one connection, its key replaced by KEY. */
async function requestOf(
  scope: Scope,
  options: ConnectOptions = {},
  urlOf = (server: RawServer): string => server.url,
): Promise<{ head: string; server: RawServer; key: string }> {
  const server = await listenRaw(scope);
  const connecting = connect(urlOf(server), options);
  const peer = await server.accepted();
  const head = await peer.readHead();
  const offered = /^Sec-WebSocket-Protocol: (\S+?)[,\r]/m.exec(head)?.[1];
  peer.write(switchingProtocols(head, ...(offered === undefined ? [] : [`Sec-WebSocket-Protocol: ${offered}`])));
  const connection = await connecting;
  connection.terminate();
  assert.equal((await peer.readToEnd()).length, 0, 'nothing after the head');
  const key = /^Sec-WebSocket-Key: (.*)\r$/m.exec(head)?.[1] ?? '';
  assert.match(key, /^[A-Za-z0-9+/]{21}[AQgw]==$/);
  return { head: head.replace(key, 'KEY'), server, key };
}

function lines(...text: string[]): string {
  return `${text.join('\r\n')}\r\n\r\n`;
}

test(
  'without options',
  leavingNothing(async (scope) => {
    const { head, server } = await requestOf(scope);
    assert.equal(
      head,
      lines(
        'GET / HTTP/1.1',
        'Pragma: no-cache',
        'Cache-Control: no-cache',
        `Host: ${server.address}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: KEY',
        'Sec-WebSocket-Version: 13',
      ),
    );
  }),
);
test(
  'with everything: custom fields come last, in their order and with their letters as given',
  leavingNothing(async (scope) => {
    const { head, server } = await requestOf(
      scope,
      {
        subprotocols: ['chat', 'superchat'],
        headers: { 'X-Second': '2', 'x-first': '1', Cookie: ['a=1', 'b=2'], Origin: 'http://example.com' },
      },
      ({ address }) => `ws://${address}/chat?room=1&x=%20y`,
    );
    assert.equal(
      head,
      lines(
        'GET /chat?room=1&x=%20y HTTP/1.1',
        'Pragma: no-cache',
        'Cache-Control: no-cache',
        `Host: ${server.address}`,
        'Origin: http://example.com',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: KEY',
        'Sec-WebSocket-Protocol: chat, superchat',
        'Sec-WebSocket-Version: 13',
        'X-Second: 2',
        'x-first: 1',
        'Cookie: a=1',
        'Cookie: b=2',
      ),
    );
  }),
);
test(
  'custom fields take the place of the defaults',
  leavingNothing(async (scope) => {
    const { head } = await requestOf(scope, {
      headers: [
        ['user-agent', 'test/1'],
        ['cache-control', 'max-age=0'],
        ['pragma', 'x'],
        ['host', 'virtual.example:81'],
      ],
    });
    assert.equal(
      head,
      lines(
        'GET / HTTP/1.1',
        'pragma: x',
        'cache-control: max-age=0',
        'host: virtual.example:81',
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: KEY',
        'Sec-WebSocket-Version: 13',
        'user-agent: test/1',
      ),
    );
  }),
);
test(
  'a value up to U+00FF leaves as Latin-1',
  leavingNothing(async (scope) => {
    const { head } = await requestOf(scope, { headers: { 'X-Name': 'caf\u00e9\tx' } });
    assert.ok(head.includes('\r\nX-Name: caf\u00e9\tx\r\n'), head);
  }),
);
test(
  'each connection has its own key',
  leavingNothing(async (scope) => {
    const first = await requestOf(scope);
    const second = await requestOf(scope);
    assert.notEqual(first.key, second.key);
  }),
);

describe('the request target', () => {
  const table: readonly (readonly [path: string, target: string])[] = [
    ['', '/'],
    ['?q', '/?q'],
    ['/a/../b', '/a/../b'],
    ['/%7e?a=%2f', '/%7e?a=%2f'],
    ['/a b', '/a%20b'],
    ['/ä', '/%C3%A4'],
  ];
  for (const [path, target] of table) {
    test(
      `${JSON.stringify(path)} is asked for as ${target}`,
      leavingNothing(async (scope) => {
        const { head } = await requestOf(scope, {}, ({ address }) => `ws://${address}${path}`);
        assert.equal(head.split(' ')[1], target);
      }),
    );
  }
  test(
    'a URL object is taken as well',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(new URL('/chat', server.url));
      const peer = await server.accepted();
      const head = await peer.readHead();
      assert.match(head, /^GET \/chat HTTP\/1\.1\r\n/);
      peer.write(switchingProtocols(head));
      const connection = await connecting;
      assert.equal(connection.url, `${server.url}chat`);
      connection.terminate();
    }),
  );
});

describe('user:password@ in the URL', () => {
  test(
    'becomes Basic authorization (RFC 7617), decoded and as UTF-8',
    leavingNothing(async (scope) => {
      const { head } = await requestOf(scope, {}, ({ address }) => `ws://us%40er:p%C3%A4ss@${address}/`);
      assert.ok(head.includes(`\r\nAuthorization: Basic ${Buffer.from('us@er:päss').toString('base64')}\r\n`), head);
      assert.doesNotMatch(head, /us%40er/);
    }),
  );
  test(
    'gives way to a header of the caller',
    leavingNothing(async (scope) => {
      const { head } = await requestOf(
        scope,
        { headers: { authorization: 'Bearer x' } },
        ({ address }) => `ws://user:password@${address}/`,
      );
      assert.deepEqual(head.match(/^authorization: .*$/gim), ['authorization: Bearer x']);
    }),
  );
});

test(
  'a header given twice is sent twice, in its order',
  leavingNothing(async (scope) => {
    const { head } = await requestOf(scope, {
      headers: [
        ['X-A', '1'],
        ['X-B', '2'],
        ['x-a', '3'],
      ],
    });
    assert.ok(head.endsWith('\r\nX-A: 1\r\nX-B: 2\r\nx-a: 3\r\n\r\n'), head);
  }),
);
