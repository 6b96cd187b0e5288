// The table of errors: each row has a text of one line and somebody who has to act, and texts advise by what went wrong.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { errorTable } from '../../../src/core/error-table.ts';
import {
  type ErrorCode,
  noteProgress,
  noteResponse,
  responseErrorFrom,
  WebSocketError,
  webSocketError,
} from '../../../src/core/errors.ts';
import { noContexts } from '../../../src/core/ports.ts';

test('each row has a text of one line, and a family', () => {
  for (const [code, row] of Object.entries(errorTable)) {
    const several = code === 'ERR_WS_RESPONSE_SUBPROTOCOL';
    const text = (row.text as (...values: unknown[]) => string)('one', several ? ['two'] : 'two', 'three', 'four');
    assert.match(text, /^\S.*[^\s.]$/u, code);
    assert.doesNotMatch(text, /undefined|NaN|\[object/u, code);
    assert.ok(['protocol', 'usage', 'environment'].includes(row.family), code);
  }
});

describe('a text advises by what went wrong', () => {
  const rows: readonly (readonly [error: WebSocketError, advice: RegExp])[] = [
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'EADDRINUSE'), /choose another \(0 means any free one\)/u],
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'EADDRNOTAVAIL'), /does not belong to this machine/u],
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'EACCES'), /ports below 1024 need privileges/u],
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'EMFILE'), /this process has no file descriptors left/u],
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'ENFILE'), /this machine has no file descriptors left/u],
    [webSocketError('ERR_WS_LISTEN', 'port 80', 'EOTHER'), /check the address and the port$/u],
    [webSocketError('ERR_WS_CONNECT', 'a:1', 'EMFILE', 'look'), /this process has no file descriptors left/u],
    [webSocketError('ERR_WS_CONNECT', 'a:1', 'ECONNREFUSED', 'look'), /\(ECONNREFUSED\); look$/u],
    [webSocketError('ERR_WS_REFUSED', 302, 'Found'), /302 Found .* raise maxRedirects$/u],
    [
      webSocketError('ERR_WS_REFUSED', 302, 'Found', '', false, '/a'),
      /; it redirects to "\/a": connect there, or raise /u,
    ],
    [webSocketError('ERR_WS_REDIRECT', undefined, 'no Location'), /^did not follow the redirect: no Location$/u],
    [webSocketError('ERR_WS_REFUSED', 401, ''), /401 instead .* check the credentials/u],
    [webSocketError('ERR_WS_REFUSED', 426, 'Upgrade Required'), /have it pass the field on/u],
    [webSocketError('ERR_WS_REFUSED', 400, 'Bad', '', true), /have it pass the field on/u],
    [webSocketError('ERR_WS_REFUSED', 400, 'Bad'), /check the path/u],
    [webSocketError('ERR_WS_REFUSED', 503, 'Later'), /try again later$/u],
    [
      webSocketError('ERR_WS_REFUSED', 404, '\x1b[2J', 'no such chat'),
      /404 \?\[2J .*\. The server says: no such chat$/u,
    ],
    [webSocketError('ERR_WS_REQUEST_UPGRADE', undefined, ''), /no Upgrade field.*4\.2\.1\)$/u],
    [
      webSocketError('ERR_WS_REQUEST_UPGRADE', 'h2c', 'removed it'),
      /Upgrade: "h2c".* this server removed it\. .*nginx/u,
    ],
    [webSocketError('ERR_WS_RESERVED_BITS', 0x0f), /first byte 0x0f\)/u],
    [webSocketError('ERR_WS_REQUEST_MALFORMED', 'TLS', 'use ws://'), /^received TLS: use ws:\/\/$/u],
    [webSocketError('ERR_WS_FRAGMENT_KIND', 'binary'), /cannot send a text fragment: this message began as binary/u],
    [webSocketError('ERR_WS_FRAGMENT_KIND', 'text'), /cannot send a binary fragment: this message began as text/u],
    [
      webSocketError('ERR_WS_OPTION', 'a', 1, 'did you mean b?', false),
      /^a \(1\) is not an option: did you mean b\?$/u,
    ],
    [webSocketError('ERR_WS_OPTION', 'a', 'ws://me:pw@host/', 'b'), /^a is "ws:\/\/.*host\/"; expected b$/u],
    [webSocketError('ERR_WS_HANDSHAKE_LOST', 'reset'), /\(reset\)$/u],
  ];
  for (const [error, advice] of rows) test(error.message, () => assert.match(error.message, advice));

  test('and never shows the password of a URL', () => {
    assert.doesNotMatch(webSocketError('ERR_WS_OPTION', 'a', 'ws://me:pw@host/', 'b').message, /pw/u);
  });
});

describe('a WebSocketError', () => {
  test('has its name, code, family, and the code or status that it leads to', () => {
    const error = webSocketError('ERR_WS_MASKED');
    assert.ok(error instanceof Error && error instanceof WebSocketError);
    assert.deepEqual(
      [error.name, error.code, error.family, error.closeCode],
      ['WebSocketError', 'ERR_WS_MASKED', 'protocol', 1002],
    );
    assert.equal(webSocketError('ERR_WS_UPGRADE_FAILED', 'it threw').status, 500);
  });

  test('that a peer caused has no stack, and one of the application shows its line', () => {
    assert.doesNotMatch(webSocketError('ERR_WS_MASKED').stack ?? '', /\n/u);
    assert.match(webSocketError('ERR_WS_ABORTED').stack ?? '', /error-table\.test/u);
  });

  test('keeps cause and status, and notes how far connect() came without showing the response', () => {
    const cause = new Error('reset');
    const error = responseErrorFrom(cause, 502, 'ERR_WS_HANDSHAKE_LOST', 'reset');
    assert.deepEqual([error.cause, error.status], [cause, 502]);
    noteProgress(error, 'tcp', { dns: 1 });
    assert.deepEqual([error.phase, error.timings], ['tcp', { dns: 1 }]);
    const response = { status: 502 } as NonNullable<WebSocketError['response']>;
    noteResponse(error, response);
    assert.equal(error.response, response);
    assert.ok(!Object.keys(error).includes('response'));
  });

  test('has only codes of the table', () => {
    const codes: ErrorCode[] = ['ERR_WS_LOST', 'ERR_WS_OPTION'];
    for (const code of codes) assert.ok(code in errorTable);
  });
});

test('a host without contexts calls what it is given, at once', () => {
  let calls = 0;
  noContexts.run(noContexts.capture(), () => calls++);
  noContexts.run(noContexts.current(), () => calls++);
  assert.equal(calls, 2);
});
