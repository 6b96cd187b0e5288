// WebSockets standard, "get a URL record"; Fetch standard, "bad port".

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketStream } from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { record, thrownBy } from './recording.ts';

/** Its URL, before anything is connected. */
function urlOf(given: string | URL): string {
  const socket = new WebSocket(given);
  socket.close();
  return socket.url;
}

describe('a URL that can be used', () => {
  const table: readonly (readonly [given: string, url: string])[] = [
    ['ws://example.invalid', 'ws://example.invalid/'],
    ['WS://EXAMPLE.invalid:80/A', 'ws://example.invalid/A'],
    ['wss://example.invalid:443/?q', 'wss://example.invalid/?q'],
    ['http://example.invalid:80/', 'ws://example.invalid/'],
    ['https://example.invalid/a', 'wss://example.invalid/a'],
    ['https://example.invalid:8443/', 'wss://example.invalid:8443/'],
    [' ws://example.invalid/a b ', 'ws://example.invalid/a%20b'],
    ['ws://example.invalid/å', 'ws://example.invalid/%C3%A5'],
    ['ws://user:secret@example.invalid/', 'ws://user:secret@example.invalid/'],
  ];
  for (const [given, url] of table) test(given, () => assert.equal(urlOf(given), url));
  test('as an object', () => assert.equal(urlOf(new URL('https://example.invalid/x')), 'wss://example.invalid/x'));
  test('lone surrogates become U+FFFD', () => {
    assert.equal(urlOf('ws://example.invalid/?\ud800'), 'ws://example.invalid/?%EF%BF%BD');
  });
});

describe('a URL that cannot: SyntaxError', () => {
  const table: readonly (readonly [given: string, text: RegExp])[] = [
    ['', /must be absolute/],
    ['/chat', /must be absolute/],
    ['//example.invalid/', /must be absolute/],
    ['#x', /must be absolute/],
    ['ws://foo bar.invalid/', /must be absolute and valid/],
    ['ws://example.invalid:99999/', /must be absolute and valid/],
    ['ftp://example.invalid/', /scheme is ftp:/],
    ['mailto:a@example.invalid', /scheme is mailto:/],
    ['about:blank', /scheme is about:/],
    ['ws://example.invalid/#', /fragment/],
    ['https://example.invalid/#x', /fragment/],
  ];
  for (const [given, text] of table) {
    test(JSON.stringify(given), () => {
      for (const call of [() => new WebSocket(given), () => new WebSocketStream(given)]) {
        const error = thrownBy(call);
        assert.ok(error instanceof DOMException);
        assert.equal(error.name, 'SyntaxError');
        assert.match(error.message, text);
      }
    });
  }
  test('the error does not show a password', () => {
    assert.doesNotMatch(thrownBy(() => new WebSocket('ws://user:secret@example.invalid/#x')).message, /secret/);
  });
  test('without an argument, or with a symbol: TypeError', () => {
    const make = WebSocket as unknown as new (...given: unknown[]) => WebSocket;
    assert.equal(thrownBy(() => new make()).constructor, TypeError);
    assert.equal(thrownBy(() => new make(Symbol('x'))).constructor, TypeError);
  });
});

describe('bad ports', () => {
  for (const port of [0, 1, 22, 25, 443, 6667, 10_080]) {
    if (port === 443) continue;
    test(
      `${port}: the connection fails later, and nothing is connected to`,
      leavingNothing(async (scope) => {
        const { socket, failed, closed, events } = record(scope, `ws://127.0.0.1:${port}/`);
        assert.equal(socket.readyState, WebSocket.CONNECTING);
        assert.match((await failed).message ?? '', new RegExp(`port ${port}, which the web does not connect to`));
        await closed;
        assert.deepEqual(events, ['error', 'close 1006 "" not clean']);
      }),
    );
  }
});

test(
  'user name and password of the URL become Basic authorization, and the origin of messages has none of them',
  leavingNothing(async (scope) => {
    let authorization: unknown;
    const { url, port } = await listen(scope, {
      upgrade(request) {
        authorization = request.headers.authorization;
      },
      open: (connection) => void connection.send('x'),
    });
    const { socket, opened } = record(scope, url.replace('//', '//foo:bar@'));
    const origin = new Promise((resolve) => {
      socket.onmessage = (event) => resolve(event.origin);
    });
    await opened;
    assert.equal(authorization, `Basic ${Buffer.from('foo:bar').toString('base64')}`);
    assert.equal(await origin, `ws://127.0.0.1:${port}`);
  }),
);
