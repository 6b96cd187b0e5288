// The fields of a client's request, and which responses it takes (RFC 6455 §4.1).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  checkResponse,
  type HandshakeIntent,
  type HandshakeResponse,
  isHandshakeField,
  requestHead,
} from '../../../src/core/handshake/client.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** `Name: value` for each field. */
function lines(intent: Partial<HandshakeIntent>): string[] {
  const list = requestHead({ host: 'a', key, ...intent });
  return Array.from({ length: list.length / 2 }, (_, index) => `${list[2 * index]}: ${list[2 * index + 1]}`);
}

const fixed = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`];

describe('a request', () => {
  test('has what the handshake needs', () => {
    assert.deepEqual(lines({}), [
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Host: a',
      ...fixed,
      'Sec-WebSocket-Version: 13',
    ]);
    assert.deepEqual(lines({ subprotocols: [], extensions: [] }), lines({}));
  });

  test('has an origin, subprotocols and extensions where there are some, and further fields at its end', () => {
    const intent = {
      origin: 'https://a',
      subprotocols: ['chat', 'b'],
      extensions: [{ name: 'foo', parameters: [['x', '1']] as const }],
      headers: { 'X-A': 'é', 'User-Agent': 'me' },
    };
    assert.deepEqual(lines(intent), [
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Host: a',
      'Origin: https://a',
      ...fixed,
      'Sec-WebSocket-Protocol: chat, b',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: foo; x=1',
      'X-A: é',
      'User-Agent: me',
    ]);
  });

  test('has the fields of the user instead of the defaults', () => {
    const headers = { HOST: 'b:80', origin: 'o', pragma: 'p', 'Cache-control': ['c', 'd'] };
    assert.deepEqual(lines({ headers }), [
      'pragma: p',
      'Cache-control: c',
      'Cache-control: d',
      'HOST: b:80',
      'origin: o',
      ...fixed,
      'Sec-WebSocket-Version: 13',
    ]);
  });

  const refused: [what: string, intent: Partial<HandshakeIntent>][] = [
    ['a subprotocol that is not a token', { subprotocols: ['a b'] }],
    ['a subprotocol that is not a text', { subprotocols: [5 as never] }],
    ['a subprotocol twice', { subprotocols: ['a', 'a'] }],
    [
      'two Hosts',
      {
        headers: [
          ['host', 'a'],
          ['Host', 'b'],
        ],
      },
    ],
    ['two Origins', { headers: { Origin: ['a', 'b'] } }],
    ['two User-Agents', { headers: { 'User-Agent': ['a', 'b'] } }],
    ['a Host that is none', { headers: { Host: 'a b' } }],
    ['a field of the handshake', { headers: { Upgrade: 'x' } }],
  ];
  for (const [what, intent] of refused) {
    test(`not with ${what}`, () => assert.throws(() => lines(intent), { code: 'ERR_WS_OPTION' }));
  }

  test('isHandshakeField knows those that a user cannot set', () => {
    const names = [
      'upgrade',
      'connection',
      'sec-websocket-key',
      'content-length',
      'transfer-encoding',
      'trailer',
      'expect',
    ];
    for (const name of names) assert.equal(isHandshakeField(name), true, name);
    for (const name of ['host', 'origin', 'cookie']) assert.equal(isHandshakeField(name), false, name);
  });
});

function response(
  fields: Record<string, string | undefined> = {},
  rest: Partial<HandshakeResponse> = {},
): HandshakeResponse {
  const all = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept, ...fields };
  const rawHeaders = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .flat() as string[];
  return { status: 101, statusText: 'Switching Protocols', httpVersion: '1.1', rawHeaders, ...rest };
}

const offer = {
  accept,
  subprotocols: ['chat', 'b'],
  extensions: [{ name: 'foo', parameters: [] }],
};

describe('a response is taken', () => {
  test('with nothing chosen', () => {
    assert.deepEqual(checkResponse(response(), { accept }), { subprotocol: '', extensions: [] });
    assert.deepEqual(checkResponse(response(), offer), { subprotocol: '', extensions: [] });
  });

  test('with what was offered, in any case and with white space around it', () => {
    const fields = {
      Upgrade: ' WebSocket ',
      Connection: 'keep-alive, upgrade',
      'Sec-WebSocket-Accept': ` ${accept}\t`,
      'Sec-WebSocket-Protocol': ' chat ',
      'Sec-WebSocket-Extensions': 'foo; a=1',
    };
    assert.deepEqual(checkResponse(response(fields), offer), {
      subprotocol: 'chat',
      extensions: [{ name: 'foo', parameters: [['a', '1']] }],
    });
  });
});

describe('a response is refused', () => {
  const rows: [what: string, fields: Record<string, string | undefined>, code: string][] = [
    ['without Upgrade', { Upgrade: undefined }, 'RESPONSE_UPGRADE'],
    ['with another Upgrade', { Upgrade: 'websocket, h2c' }, 'RESPONSE_UPGRADE'],
    ['without Connection', { Connection: undefined }, 'RESPONSE_CONNECTION'],
    ['with another Connection', { Connection: 'close' }, 'RESPONSE_CONNECTION'],
    ['without Sec-WebSocket-Accept', { 'Sec-WebSocket-Accept': undefined }, 'RESPONSE_ACCEPT_MISSING'],
    ['with another Sec-WebSocket-Accept', { 'Sec-WebSocket-Accept': key }, 'RESPONSE_ACCEPT'],
    ['with two of them', { 'sec-websocket-accept': accept }, 'RESPONSE_ACCEPT_REPEATED'],
    ['with a subprotocol that was not offered', { 'Sec-WebSocket-Protocol': 'Chat' }, 'RESPONSE_SUBPROTOCOL'],
    ['with an invalid subprotocol', { 'Sec-WebSocket-Protocol': 'a b' }, 'RESPONSE_SUBPROTOCOL'],
    ['with two subprotocols', { 'Sec-WebSocket-Protocol': 'chat, b' }, 'RESPONSE_SUBPROTOCOL_SEVERAL'],
    ['with an extension that was not offered', { 'Sec-WebSocket-Extensions': 'bar' }, 'RESPONSE_EXTENSION'],
    ['with invalid extensions', { 'Sec-WebSocket-Extensions': ';' }, 'RESPONSE_EXTENSIONS'],
  ];
  for (const [what, fields, code] of rows) {
    test(what, () => {
      assert.throws(() => checkResponse(response(fields), offer), { code: `ERR_WS_${code}`, status: 101 });
    });
  }

  test('with a choice where nothing was offered', () => {
    for (const [name, code] of [
      ['Sec-WebSocket-Protocol', 'ERR_WS_RESPONSE_SUBPROTOCOL'],
      ['Sec-WebSocket-Extensions', 'ERR_WS_RESPONSE_EXTENSION'],
    ] as const) {
      assert.throws(() => checkResponse(response({ [name]: 'a' }), { accept }), { code });
    }
  });

  test('in an older version of HTTP', () => {
    assert.throws(() => checkResponse(response({}, { httpVersion: '1.0' }), offer), {
      code: 'ERR_WS_RESPONSE_HTTP_VERSION',
    });
  });

  test('with a redirect: its location is shown, without credentials', () => {
    const message = (rawHeaders: readonly string[]): string => {
      const redirect = { status: 307, statusText: '', httpVersion: '1.1', rawHeaders };
      try {
        checkResponse(redirect, offer);
      } catch (error) {
        return (error as Error).message;
      }
      return assert.fail('it is taken');
    };
    assert.match(message(['X', 'location', 'location', 'ws://a:b@host/?t=x']), /to "ws:\/\/\*\*\*@host\/\?t=…"/);
    for (const none of [[], ['Location']]) assert.match(message(none), /the URL that it redirects to/);
  });

  test('with another status, which the server may explain', () => {
    const refusal = (rawHeaders: readonly string[], explanation?: string): string => {
      const refused = { status: 400, statusText: 'Bad Request', httpVersion: '1.1', rawHeaders };
      try {
        checkResponse(refused, offer, explanation);
      } catch (error) {
        const { code, status, message } = error as Error & { code: string; status: number };
        assert.deepEqual([code, status], ['ERR_WS_REFUSED', 400]);
        return message;
      }
      return assert.fail('it is taken');
    };
    const plain = refusal(['Server', 'x', 'X', 'via']);
    assert.match(refusal([], 'send your name'), /send your name/);
    for (const fields of [
      ['Via', '1.1 proxy'],
      ['server', 'nginx/1.2'],
    ]) {
      assert.notEqual(refusal(fields), plain);
      assert.equal(refusal(fields, 'no'), refusal([], 'no'));
    }
    assert.equal(refusal(['server']), plain);
  });
});
