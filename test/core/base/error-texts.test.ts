// The parts of error texts that depend on a value: remedies, and values as they are shown.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  noteProgress,
  noteResponse,
  responseError,
  responseErrorFrom,
  webSocketError,
  webSocketErrorFrom,
} from '../../../src/core/errors.ts';
import { Described, show } from '../../../src/core/shown-value.ts';

describe('a value in a text', () => {
  class Thing {}
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const rows: [value: unknown, shown: string][] = [
    [new Described('a secret'), 'a secret'],
    ['a\n"b"', '"a\\n\\"b\\""'],
    ['x'.repeat(200), `"${'x'.repeat(116)}…`],
    [5n, '5n'],
    [() => {}, 'a function'],
    [null, 'null'],
    [undefined, 'undefined'],
    [1.5, '1.5'],
    [Symbol('a'), 'Symbol(a)'],
    [[], '[]'],
    [[1, 2], 'an array of 2'],
    [{}, '{}'],
    [{ a: 1, b: 2 }, '{ a, b }'],
    [Object.create(null), '{}'],
    [new Thing(), 'an object of class Thing'],
    [new (class {})(), '{}'],
    [revoked.proxy, 'an object that cannot be read'],
  ];
  for (const [value, shown] of rows) test(shown.slice(0, 30), () => assert.equal(show(value), shown));
});

test('an error has the place of its row, its cause and the status of an answer', () => {
  const cause = new Error('below');
  const inflate = webSocketErrorFrom(cause, 'ERR_WS_INFLATE', 'x');
  assert.deepEqual(
    [inflate.name, inflate.family, inflate.closeCode, inflate.status, inflate.cause],
    ['WebSocketError', 'protocol', 1007, undefined, cause],
  );
  assert.equal(webSocketError('ERR_WS_REQUEST_METHOD', 'POST').status, 405);
  assert.equal(responseError(302, 'ERR_WS_REFUSED', 302, 'Found', '', false).status, 302);
  assert.deepEqual(
    [responseErrorFrom(cause, 500, 'ERR_WS_REFUSED', 500, '', '', false)].map((error) => [error.status, error.cause]),
    [[500, cause]],
  );
  const refused = responseError(403, 'ERR_WS_REFUSED', 403, 'Forbidden', 'no', true);
  noteProgress(refused, 'upgrade' as never, { total: 1 } as never);
  noteResponse(refused, { status: 403 } as never);
  assert.deepEqual(Object.keys(refused).includes('response'), false);
  assert.deepEqual(refused.response, { status: 403 });
});

/** Texts that differ for these values. */
function differ(...texts: string[]): void {
  assert.equal(new Set(texts).size, texts.length, texts.join('\n'));
}

test('a remedy follows from what happened', () => {
  const listen = (cause: string) => webSocketError('ERR_WS_LISTEN', 'a:1', cause).message.replace(cause, '');
  differ(...['EMFILE', 'ENFILE', 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EOTHER'].map(listen));
  const listenOnPath = (cause: string) => webSocketError('ERR_WS_LISTEN', '/a', cause, true).message.replace(cause, '');
  differ(...['EMFILE', 'EADDRINUSE', 'EEXIST', 'EACCES', 'EOTHER'].map(listenOnPath));
  assert.equal(listenOnPath('EPERM'), listenOnPath('EACCES'));
  assert.equal(listenOnPath('ENOENT'), listenOnPath('EACCES'));
  assert.equal(listenOnPath('EMFILE').split('; ')[1], listen('EMFILE').split('; ')[1]);
  const refused = (status: number, isBehindProxy = false) =>
    webSocketError('ERR_WS_REFUSED', status, '', '', isBehindProxy).message.replace(String(status), '');
  differ(refused(302), refused(401), refused(426), refused(500), refused(404));
  assert.equal(refused(400), refused(404));
  assert.equal(refused(400, true), refused(426));
  assert.equal(refused(403), refused(401));
  const upgrade = (fault: string) => webSocketError('ERR_WS_REQUEST_UPGRADE', undefined, fault).message;
  differ(upgrade(''), upgrade('removed Upgrade'));
  assert.match(webSocketError('ERR_WS_REQUEST_UPGRADE', 'h2c', '').message, /Upgrade: "h2c"/);
  assert.match(webSocketError('ERR_WS_RESERVED_BITS', 0xa1).message, /0xa1/);
  assert.match(webSocketError('ERR_WS_OPTION', 'url', 'ws://me:secret@a', 'x', false).message, /is not an option/);
  assert.doesNotMatch(webSocketError('ERR_WS_OPTION', 'url', 'ws://me:secret@a', 'x').message, /secret/);
  const malformed = (remedy: string) => webSocketError('ERR_WS_REQUEST_MALFORMED', 'a TLS handshake', remedy).message;
  differ(malformed(''), malformed('use ws://'));
  const timeout = (progress?: string) => webSocketError('ERR_WS_HANDSHAKE_TIMEOUT', 5, progress).message;
  differ(timeout(), timeout(' while connecting'));
  const lost = (remedy?: string) => webSocketError('ERR_WS_HANDSHAKE_LOST', 'ECONNRESET', remedy).message;
  differ(lost(), lost('try again'));
  assert.match(webSocketError('ERR_WS_RESPONSE_SUBPROTOCOL', 'b', []).message, /offered none/);
  assert.match(webSocketError('ERR_WS_RESPONSE_SUBPROTOCOL', 'b', ['a', 'c']).message, /offered "a, c"/);
  assert.match(webSocketError('ERR_WS_CLOSED', 4000, '').message, /with code 4000;/);
  assert.match(webSocketError('ERR_WS_CLOSED', 4000, 'bye').message, /with code 4000 \("bye"\);/);
  const connect = (cause: string, ...remedy: string[]) =>
    webSocketError('ERR_WS_CONNECT', 'a:1', cause, ...(remedy as [])).message.replace(cause, '');
  differ(connect('ECONNREFUSED'), connect('ECONNREFUSED', 'start it'), connect('EMFILE'));
  const unauthorized = (sent: boolean) => webSocketError('ERR_WS_PROXY_AUTHENTICATION', 'p', 'a:1', sent).message;
  differ(unauthorized(true), unauthorized(false));
});
