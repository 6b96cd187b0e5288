// Texts of errors: one line each, whatever they quote.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { responseError, webSocketError, webSocketErrorFrom } from '../../../src/core/errors.ts';

test('a message of OpenSSL that a text quotes loses its line end, and the colon before it', () => {
  const quoted = '80BE:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../record.c:355:\n';
  const kept = quoted.slice(0, -2);
  for (const [error, expected] of [
    [webSocketError('ERR_WS_HANDSHAKE_LOST', quoted, 'check'), `opening handshake (${kept}); check`],
    [
      webSocketErrorFrom(new Error(quoted), 'ERR_WS_LOST', `${quoted}, EPROTO`),
      `Close frame (${kept}, EPROTO); connect`,
    ],
    [webSocketError('ERR_WS_TLS', 'host', quoted), `TLS with host failed: ${kept}`],
    [
      responseError(400, 'ERR_WS_REQUEST_MALFORMED', 'a\r\n\r\nb\u2028c'),
      'received bytes that are not an HTTP request (a b c); check',
    ],
  ] as const) {
    assert.ok(error.message.includes(expected), error.message);
    assert.doesNotMatch(error.message, /[\r\n\u2028\u2029]/);
  }
});
test('what a text shows of a value keeps its line ends, as escapes', () => {
  assert.match(webSocketError('ERR_WS_OPTION', 'x', 'a\r\nb', 'y').message, /^x is "a\\r\\nb"; expected y$/);
});
