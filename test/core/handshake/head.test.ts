// The fields of the handshake in a head (RFC 7230 §3.2.2), versions of HTTP, keys and their answers (RFC 6455 §1.3).

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { acceptValue, isKey, makeKey } from '../../../src/core/handshake/accept-key.ts';
import { type HandshakeFields, isHttp11, readFields } from '../../../src/core/handshake/head.ts';
import type { Digest } from '../../../src/core/ports.ts';

const digest: Digest = {
  sha1Base64: (text) => createHash('sha1').update(text, 'latin1').digest('base64'),
  base64: (bytes) => Buffer.from(bytes).toString('base64'),
};

const nothing: HandshakeFields = {
  upgrade: undefined,
  connection: undefined,
  host: undefined,
  hosts: 0,
  key: undefined,
  keys: 0,
  version: undefined,
  accept: undefined,
  accepts: 0,
  subprotocols: undefined,
  extensions: undefined,
  announcesBody: false,
};

test('each field is found in any case, values are joined, and single ones are counted', () => {
  const names: [name: string, field: keyof HandshakeFields, count?: 'hosts' | 'keys' | 'accepts'][] = [
    ['Host', 'host', 'hosts'],
    ['Upgrade', 'upgrade'],
    ['Connection', 'connection'],
    ['Sec-WebSocket-Key', 'key', 'keys'],
    ['Sec-WebSocket-Accept', 'accept', 'accepts'],
    ['Sec-WebSocket-Version', 'version'],
    ['Sec-WebSocket-Protocol', 'subprotocols'],
    ['Sec-WebSocket-Extensions', 'extensions'],
  ];
  for (const [name, field, count] of names) {
    const once = count === undefined ? {} : { [count]: 1 };
    const twice = count === undefined ? {} : { [count]: 2 };
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.deepEqual(readFields([written, ' a']), { ...nothing, [field]: ' a', ...once });
      assert.deepEqual(readFields([written, 'a', 'X', 'b', name, 'c']), { ...nothing, [field]: 'a, c', ...twice });
    }
  }
});

test('fields of the same length, and a name without a value, are passed over', () => {
  const lengths = [4, 7, 10, 14, 17, 20, 21, 22, 24, 25];
  assert.deepEqual(readFields([...lengths.flatMap((length) => ['x'.repeat(length), 'value']), 'host']), nothing);
});

test('a body is announced by a length that is not zero, or by Transfer-Encoding', () => {
  const announces = (name: string, value: string) => readFields([name, value]).announcesBody;
  for (const value of ['0', ' 00\t']) assert.equal(announces('Content-Length', value), false);
  for (const value of ['1', '10', '', '-0', '0, 0']) assert.equal(announces('Content-Length', value), true);
  assert.equal(announces('Transfer-Encoding', 'identity'), true);
});

test('HTTP/1.1 and later have Upgrade (RFC 7230 §6.7)', () => {
  for (const version of ['1.1', '1.2', '2.0', '10.0']) assert.equal(isHttp11(version), true, version);
  for (const version of ['1.0', '0.9', '1', '', 'x.y']) assert.equal(isHttp11(version), false, version);
});

test('the key of the RFC and its answer (RFC 6455 §1.3)', () => {
  assert.equal(acceptValue('dGhlIHNhbXBsZSBub25jZQ==', digest), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('a key is 16 random bytes in Base64', () => {
  const random = { fill: (bytes: Uint8Array) => void bytes.set(Buffer.from('the sample nonce')) };
  assert.equal(makeKey(random, digest), 'dGhlIHNhbXBsZSBub25jZQ==');
  for (const key of ['dGhlIHNhbXBsZSBub25jZQ==', '++++////////////////9x==']) assert.equal(isKey(key), true, key);
  for (const key of [
    '',
    'dGhlIHNhbXBsZSBub25jZQ=',
    'dGhlIHNhbXBsZSBub25jZQ==\n',
    'dGhlIHNhbXBsZSBub25jZQ-=',
    '!GhlIHNhbXBsZSBub25jZQ==',
  ]) {
    assert.equal(isKey(key), false, key);
  }
});
