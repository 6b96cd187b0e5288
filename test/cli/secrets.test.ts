// What is never printed: passwords in URLs, values of headers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secrets } from '../../cli/secrets.ts';

describe('Secrets', () => {
  const args = [
    'connect',
    'ws://user:p%40ssword@host/',
    '--header',
    'Authorization: Bearer abcdefgh',
    '--header=X-Key:12345678',
  ];
  const secrets = new Secrets(args, { HTTPS_PROXY: 'http://me:proxypass@proxy:3128', OTHER: 'http://me:otherpass@h' });

  test('values of headers, whole and without their scheme', () => {
    assert.equal(secrets.hide('sent "Bearer abcdefgh", got abcdefgh, 12345678'), 'sent "***", got ***, ***');
  });
  test('passwords of the URL and of proxies, as written and as meant', () => {
    assert.equal(secrets.hide('p%40ssword p@ssword proxypass otherpass'), '*** *** *** otherpass');
  });
  test('one that a text was cut in', () => {
    const long = 'x'.repeat(200);
    const cut = new Secrets(['--header', `Cookie: ${long}`]).hide(`Cookie is "${'x'.repeat(90)}…`);
    assert.equal(cut, 'Cookie is "***…');
  });
  test('short values are left alone, they are everywhere', () => {
    assert.equal(new Secrets(['--header', 'X-Version: 1']).hide('error 1 of 1'), 'error 1 of 1');
  });
});
