// Which requests are valid handshakes, what is wrong with the others (RFC 6455 §4.2.1), and the fields of an answer.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { webSocketError } from '../../../src/core/errors.ts';
import {
  acceptanceFields,
  checkRequest,
  type HandshakeRequest,
  refusalFields,
  refusalHeaders,
  selectSubprotocol,
} from '../../../src/core/handshake/server.ts';
import type { Digest } from '../../../src/core/ports.ts';

const digest: Digest = {
  sha1Base64: (text) => createHash('sha1').update(text, 'latin1').digest('base64'),
  base64: (bytes) => Buffer.from(bytes).toString('base64'),
};

/** The request of RFC 6455 §1.2. */
const sample: Readonly<Record<string, string>> = {
  Host: 'server.example.com',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

/** @param fields  replace fields of the sample, or are added to it; `undefined` leaves one out */
function request(
  fields: Record<string, string | undefined> = {},
  rest: Partial<HandshakeRequest> = {},
  ...repeated: string[]
): HandshakeRequest {
  const all = Object.entries({ ...sample, ...fields }).filter(([, value]) => value !== undefined);
  const rawHeaders = [...all.flat(), ...repeated] as string[];
  return { method: 'GET', target: '/chat', httpVersion: '1.1', rawHeaders, ...rest };
}

describe('a valid request', () => {
  test('has the answer of RFC 6455 §1.3, and asks for nothing else', () => {
    assert.deepEqual(checkRequest(request(), digest), {
      accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      subprotocols: [],
      extensions: [],
    });
  });

  test('may offer subprotocols and extensions, in several fields', () => {
    const { subprotocols, extensions } = checkRequest(
      request(
        { 'Sec-WebSocket-Protocol': 'chat, superchat', 'Sec-WebSocket-Extensions': 'foo; a=1' },
        {},
        'sec-websocket-protocol',
        'third',
        'sec-websocket-extensions',
        'bar',
      ),
      digest,
    );
    assert.deepEqual(subprotocols, ['chat', 'superchat', 'third']);
    assert.deepEqual(
      extensions.map(({ name }) => name),
      ['foo', 'bar'],
    );
  });

  const targets = ['/', '/a?b', 'http://a/', 'https://a:1', 'HTTP://a/b?c'];
  for (const target of targets) test(`to ${target}`, () => void checkRequest(request({}, { target }), digest));

  test('is written in any case, with white space around it, and in a later version of HTTP', () => {
    const fields = {
      Upgrade: 'WebSocket, h2c',
      Connection: 'keep-alive, upgrade',
      'Sec-WebSocket-Key': ' dGhlIHNhbXBsZSBub25jZQ== ',
      'Sec-WebSocket-Version': ' 13 ',
      Host: ' a ',
      'Content-Length': '0',
    };
    void checkRequest(request(fields, { httpVersion: '1.2' }), digest);
  });
});

describe('a request is refused', () => {
  const fields: [what: string, fields: Record<string, string | undefined>, code: string, status: number][] = [
    ['without Upgrade', { Upgrade: undefined }, 'UPGRADE', 426],
    ['without Upgrade and without a key', { Upgrade: undefined, 'Sec-WebSocket-Key': undefined }, 'UPGRADE', 426],
    ['with another Upgrade', { Upgrade: 'h2c' }, 'UPGRADE', 426],
    ['without Connection', { Connection: undefined }, 'CONNECTION', 400],
    [
      'with another Connection, without a key',
      { Connection: 'close', 'Sec-WebSocket-Key': undefined },
      'CONNECTION',
      400,
    ],
    ['without Host', { Host: undefined }, 'HOST', 400],
    ['with an invalid Host', { Host: 'a b' }, 'HOST', 400],
    ['with a body', { 'Content-Length': '1' }, 'BODY', 400],
    ['without a version', { 'Sec-WebSocket-Version': undefined }, 'VERSION_MISSING', 400],
    ['with another version', { 'Sec-WebSocket-Version': '8' }, 'VERSION', 426],
    ['without a key', { 'Sec-WebSocket-Key': undefined }, 'KEY_MISSING', 400],
    ['with a key of other bytes', { 'Sec-WebSocket-Key': 'abc' }, 'KEY', 400],
    ['with invalid subprotocols', { 'Sec-WebSocket-Protocol': 'a b' }, 'SUBPROTOCOLS', 400],
    ['with an empty list of subprotocols', { 'Sec-WebSocket-Protocol': ',' }, 'SUBPROTOCOLS', 400],
    ['with a subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }, 'SUBPROTOCOL_REPEATED', 400],
    ['with invalid extensions', { 'Sec-WebSocket-Extensions': ';' }, 'EXTENSIONS', 400],
  ];
  for (const [what, changes, code, status] of fields) {
    test(what, () => {
      assert.throws(() => checkRequest(request(changes), digest), { code: `ERR_WS_REQUEST_${code}`, status });
    });
  }

  const others: [what: string, request: HandshakeRequest, code: string][] = [
    ['with another method', request({}, { method: 'POST' }), 'METHOD'],
    ['in HTTP/1.0', request({}, { httpVersion: '1.0' }), 'HTTP_VERSION'],
    ['in HTTP/1.0 without Upgrade', request({ Upgrade: undefined }, { httpVersion: '1.0' }), 'HTTP_VERSION'],
    ['in HTTP/1.0 without a key', request({ 'Sec-WebSocket-Key': undefined }, { httpVersion: '1.0' }), 'HTTP_VERSION'],
    ['to a fragment (RFC 6455 §3)', request({}, { target: '/#a' }), 'TARGET'],
    ['to what is not a path', request({}, { target: '*' }), 'TARGET'],
    ['to a URI without a host', request({}, { target: 'http:///a' }), 'TARGET'],
    ['to a URI with a user name', request({}, { target: 'http://a@b/' }), 'TARGET'],
    ['with two Hosts', request({}, {}, 'host', 'a'), 'HOST'],
    ['with two keys', request({}, {}, 'sec-websocket-key', 'a'), 'KEY_REPEATED'],
  ];
  for (const [what, wrong, code] of others) {
    test(what, () => assert.throws(() => checkRequest(wrong, digest), { code: `ERR_WS_REQUEST_${code}` }));
  }
});

test('selectSubprotocol takes the first offer that is supported, in our own string', () => {
  assert.equal(selectSubprotocol(['c', 'b', 'a'], ['a', 'b']), 'b');
  assert.equal(selectSubprotocol(['A'], ['a']), '');
  assert.equal(selectSubprotocol([], ['a']), '');
});

describe('an acceptance', () => {
  test('has what was agreed on, and further fields', () => {
    assert.deepEqual(acceptanceFields('x='), ['Sec-WebSocket-Accept', 'x=']);
    assert.deepEqual(acceptanceFields('x=', { subprotocol: '', extensions: [] }), ['Sec-WebSocket-Accept', 'x=']);
    const extensions = [{ name: 'foo', parameters: [] }];
    assert.deepEqual(
      acceptanceFields('x=', { subprotocol: 'chat', extensions, headers: { 'Set-Cookie': ['a=1', 'b=2'] } }),
      [
        'Sec-WebSocket-Accept',
        'x=',
        'Sec-WebSocket-Protocol',
        'chat',
        'Sec-WebSocket-Extensions',
        'foo',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
      ],
    );
  });

  test('not with a field of the handshake or of HTTP, or with what cannot be sent', () => {
    const names = ['Upgrade', 'sec-websocket-accept', 'Connection', 'Content-Length', 'Transfer-Encoding', 'Trailer'];
    for (const name of names) {
      assert.throws(() => acceptanceFields('x=', { headers: { [name]: 'a' } }), { code: 'ERR_WS_OPTION' }, name);
    }
    assert.throws(() => acceptanceFields('x=', { headers: { A: 'é' } }), { code: 'ERR_WS_OPTION' });
    assert.throws(() => acceptanceFields('x=', { subprotocol: 'a b' }), { code: 'ERR_WS_OPTION' });
  });
});

describe('a refusal', () => {
  test('has the fields that its status needs', () => {
    assert.deepEqual(refusalHeaders(webSocketError('ERR_WS_REQUEST_METHOD', 'POST')), { Allow: 'GET' });
    assert.deepEqual(refusalHeaders(webSocketError('ERR_WS_REQUEST_VERSION', '8')), {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
    });
    assert.deepEqual(refusalHeaders(webSocketError('ERR_WS_REQUEST_KEY_MISSING')), {});
  });

  test('has further fields, those of the handshake included, but none of HTTP', () => {
    assert.deepEqual(refusalFields(426, { Upgrade: 'websocket' }), ['Upgrade', 'websocket']);
    assert.throws(() => refusalFields(400, { Connection: 'close' }), { code: 'ERR_WS_OPTION' });
  });

  test('has a status from 300 to 599 with a body', () => {
    for (const status of [300, 599]) assert.deepEqual(refusalFields(status, {}), []);
    for (const status of [299, 304, 600, 400.5, Number.NaN]) {
      assert.throws(() => refusalFields(status, {}), { code: 'ERR_WS_OPTION' });
    }
  });
});
