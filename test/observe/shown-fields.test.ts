// Header fields as logs and inspectors show them: what is hidden, and what stays readable.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withoutSecrets, withoutTokens } from '../../src/observe/shown-fields.ts';

const JWT =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

describe('Sec-WebSocket-Protocol', () => {
  for (const [given, shown] of [
    // Names that people have chosen.
    ['chat', 'chat'],
    ['graphql-transport-ws, graphql-ws', 'graphql-transport-ws, graphql-ws'],
    ['v12.stomp, ocpp1.6, ocpp2.0.1', 'v12.stomp, ocpp1.6, ocpp2.0.1'],
    ['v4.channel.k8s.io', 'v4.channel.k8s.io'],
    ['com.microsoft.minecraft.wsencrypt', 'com.microsoft.minecraft.wsencrypt'],
    ['json.reliable.webpubsub.azure.v1', 'json.reliable.webpubsub.azure.v1'],
    ['chat+wsr1,chat', 'chat+wsr1,chat'],
    ['', ''],
    [', ,', ', ,'],
    // Tokens by their looks.
    [`chat, ${JWT}`, 'chat, ***.***.***'],
    ['chat, 3f786850e387550fdab836ed7e6dc881de23001b', 'chat, ***'],
    ['0b7d5a52-4f0e-4c3e-9d42-7a1f5f0c9a11', '***'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '***'],
    // Tokens by what is before them.
    ['bearer, s3cret', 'bearer, ***'],
    ['chat,Bearer,s3cret,next', 'chat,Bearer,***,next'],
    ['access_token, hunter2, chat', 'access_token, ***, chat'],
    [
      'base64url.bearer.authorization.k8s.io.c2VjcmV0, v4.channel.k8s.io',
      'base64url.bearer.authorization.***, v4.channel.k8s.io',
    ],
    ['auth-c2VjcmV0', 'auth-***'],
    ['jwt.c2VjcmV0', 'jwt.***'],
  ] as const) {
    test(given, () => {
      assert.equal(withoutTokens(given), shown);
      assert.deepEqual(withoutSecrets(['sec-WebSocket-Protocol', given]), ['sec-WebSocket-Protocol', shown]);
    });
  }

  test('a long one costs little', () => {
    const names = `${'token.'.repeat(20_000)},${'a'.repeat(100_000)}`;
    assert.ok(withoutTokens(names).endsWith('a'));
  });
});

test('other fields: those that are secrets, and credentials in URLs', () => {
  assert.deepEqual(withoutSecrets(['Cookie', 'a=b', 'Origin', 'http://u:p@a', 'X-Mine', JWT]), [
    'Cookie',
    '***',
    'Origin',
    'http://***@a',
    'X-Mine',
    JWT,
  ]);
});
