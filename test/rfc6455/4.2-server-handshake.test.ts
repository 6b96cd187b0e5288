// RFC 6455 §4.2: which requests a server accepts, with what each other one is refused, and the text of both answers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { WebSocketError } from '../../src/core/errors.ts';
import { acceptValue } from '../../src/core/handshake/accept-key.ts';
import type { HeaderFields } from '../../src/core/handshake/header-fields.ts';
import {
  acceptanceFields,
  checkRequest,
  type HandshakeAgreement,
  type HandshakeOffer,
  refusalFields,
  refusalHeaders,
  selectSubprotocol,
} from '../../src/core/handshake/server.ts';
import { acceptanceHead, refusalResponse } from '../../src/server/http1-response.ts';

const digest = {
  sha1Base64: (text: string) => createHash('sha1').update(text).digest('base64'),
  base64: (bytes: Uint8Array) => Buffer.from(bytes).toString('base64'),
};

/** The 101 response, as HTTP/1.1. */
function accepted(accept: string, agreement?: HandshakeAgreement): string {
  return acceptanceHead(acceptanceFields(accept, agreement));
}

/** A response that refuses, as HTTP/1.1. */
function refused(status: number, headers: HeaderFields, body: string): string {
  return refusalResponse(status, refusalFields(status, headers), body);
}

/**
 * The request of RFC 6455 §1.2 as `name: value` lines; a line of a change replaces those of its name, `-name` removes
 * them.
 */
const sample = [
  'Host: server.example.com',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Origin: http://example.com',
  'Sec-WebSocket-Version: 13',
];

function rawHeaders(changes: string[]): string[] {
  const names = changes.map((line) => line.replace(/^-/, '').replace(/:.*$/s, '').toLowerCase());
  const kept = sample.filter((line) => !names.includes(line.replace(/:.*$/, '').toLowerCase()));
  const lines = [...kept, ...changes.filter((line) => !line.startsWith('-'))];
  return lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]);
}

function check(changes: string[], { method = 'GET', target = '/chat', httpVersion = '1.1' } = {}): HandshakeOffer {
  return checkRequest({ method, target, httpVersion, rawHeaders: rawHeaders(changes) }, digest);
}

describe('RFC 6455 §1.3 the accept value', () => {
  test('of the sample key', () => {
    assert.equal(acceptValue('dGhlIHNhbXBsZSBub25jZQ==', digest), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });
});

describe('RFC 6455 §4.2.1 requests that are accepted', () => {
  test('the sample of RFC 6455 §1.2', () => {
    assert.deepEqual(check([]), { accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', subprotocols: [], extensions: [] });
  });
  const cases: [why: string, changes: string[], head?: Parameters<typeof check>[1]][] = [
    ['names and values in any case', ['UPGRADE: WebSocket', 'CONNECTION: UPGRADE', 'host: A']],
    ['Connection with several options (Firefox)', ['Connection: keep-alive, Upgrade']],
    ['Connection in several fields', ['Connection: keep-alive', 'connection: upgrade']],
    ['Upgrade with several protocols', ['Upgrade: h2c, websocket']],
    ['no Origin', ['-Origin']],
    ['white space around values', ['Sec-WebSocket-Version: 13 ', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\t']],
    ['IPv6 in Host', ['Host: [::1]:8080']],
    ['Content-Length: 0', ['Content-Length: 0']],
    ['an absolute URI', [], { target: 'http://server.example.com/chat' }],
    ['an absolute https URI', [], { target: 'HTTPS://server.example.com/chat' }],
    ['a query', [], { target: '/?a=1' }],
    ['a later HTTP', [], { httpVersion: '1.2' }],
    ['a much later HTTP', [], { httpVersion: '2.0' }],
  ];
  for (const [why, changes, head] of cases) {
    test(why, () => assert.equal(check(changes, head).accept, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='));
  }
  test('subprotocols in one field or over several, in order', () => {
    const expected = ['chat', 'superchat', 'Chat'];
    assert.deepEqual(check(['Sec-WebSocket-Protocol: chat, superchat,Chat']).subprotocols, expected);
    assert.deepEqual(
      check(['Sec-WebSocket-Protocol: chat', 'sec-websocket-protocol: superchat,,Chat']).subprotocols,
      expected,
    );
  });
  test('extensions in one field or over several (RFC 6455 §9.1)', () => {
    const expected = [
      { name: 'foo', parameters: [] },
      { name: 'bar', parameters: [['baz', '2']] },
    ];
    assert.deepEqual(check(['Sec-WebSocket-Extensions: foo, bar; baz=2']).extensions, expected);
    assert.deepEqual(
      check(['Sec-WebSocket-Extensions: foo', 'Sec-WebSocket-Extensions: bar; baz="2"']).extensions,
      expected,
    );
  });
});

describe('RFC 6455 §4.2.1 requests that are refused', () => {
  const cases: [
    why: string,
    changes: string[],
    status: number,
    code: string,
    shown: string,
    head?: Parameters<typeof check>[1],
  ][] = [
    ['POST', [], 405, 'METHOD', 'request method is "POST"', { method: 'POST' }],
    ['HEAD', [], 405, 'METHOD', 'request method is "HEAD"', { method: 'HEAD' }],
    ['get: methods have a case', [], 405, 'METHOD', 'request method is "get"', { method: 'get' }],
    ['HTTP/1.0', [], 400, 'HTTP_VERSION', 'request has HTTP version "1.0"', { httpVersion: '1.0' }],
    ['HTTP/0.9', [], 400, 'HTTP_VERSION', 'request has HTTP version "0.9"', { httpVersion: '0.9' }],
    ['no HTTP version', [], 400, 'HTTP_VERSION', 'request has HTTP version ""', { httpVersion: '' }],
    ['a fragment', [], 400, 'TARGET', 'request target is "/chat#1"', { target: '/chat#1' }],
    ['the target of OPTIONS', [], 400, 'TARGET', 'request target is "*"', { target: '*' }],
    ['the target of CONNECT', [], 400, 'TARGET', 'request target is "a:1"', { target: 'a:1' }],
    ['a ws: target', [], 400, 'TARGET', 'request target is "ws://a/"', { target: 'ws://a/' }],
    ['an empty target', [], 400, 'TARGET', 'request target is ""', { target: '' }],
    ['no Upgrade', ['-Upgrade'], 426, 'UPGRADE', 'request has no Upgrade field'],
    ['another Upgrade', ['Upgrade: h2c'], 426, 'UPGRADE', 'request has Upgrade: "h2c"'],
    ['Upgrade with a version', ['Upgrade: websocket/13'], 426, 'UPGRADE', 'request has Upgrade: "websocket/13"'],
    ['an empty Upgrade', ['Upgrade: '], 426, 'UPGRADE', 'request has Upgrade: ""'],
    ['no Connection', ['-Connection'], 400, 'CONNECTION', 'request has no Connection field'],
    ['another Connection', ['Connection: keep-alive'], 400, 'CONNECTION', 'request has Connection: "keep-alive"'],
    ['half of a Connection', ['Connection: upgraded'], 400, 'CONNECTION', 'request has Connection: "upgraded"'],
    ['no Host', ['-Host'], 400, 'HOST', 'request has no Host field'],
    ['two Hosts', ['Host: a', 'Host: b'], 400, 'HOST', 'request has Host: "a, b"'],
    ['the same Host twice', ['Host: a', 'Host: a'], 400, 'HOST', 'request has Host: "a, a"'],
    ['an empty Host', ['Host: '], 400, 'HOST', 'request has Host: ""'],
    ['Host with a path', ['Host: a/b'], 400, 'HOST', 'request has Host: "a/b"'],
    ['Host with a user', ['Host: a@b'], 400, 'HOST', 'request has Host: "a@b"'],
    ['a body of known length', ['Content-Length: 5'], 400, 'BODY', 'request announces a body'],
    ['a body of unknown length', ['Transfer-Encoding: chunked'], 400, 'BODY', 'request announces a body'],
    ['no version', ['-Sec-WebSocket-Version'], 400, 'VERSION_MISSING', 'request has no Sec-WebSocket-Version field'],
    ['version 8', ['Sec-WebSocket-Version: 8'], 426, 'VERSION', 'request has Sec-WebSocket-Version: "8"'],
    ['version 14', ['Sec-WebSocket-Version: 14'], 426, 'VERSION', 'request has Sec-WebSocket-Version: "14"'],
    ['version 013', ['Sec-WebSocket-Version: 013'], 426, 'VERSION', 'request has Sec-WebSocket-Version: "013"'],
    ['version 13.0', ['Sec-WebSocket-Version: 13.0'], 426, 'VERSION', 'request has Sec-WebSocket-Version: "13.0"'],
    ['an empty version', ['Sec-WebSocket-Version: '], 426, 'VERSION', 'request has Sec-WebSocket-Version: ""'],
    [
      'a list of versions',
      ['Sec-WebSocket-Version: 13, 8'],
      426,
      'VERSION',
      'request has Sec-WebSocket-Version: "13, 8"',
    ],
    [
      'the version twice',
      ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 13'],
      426,
      'VERSION',
      'request has Sec-WebSocket-Version: "13, 13"',
    ],
    [
      'another version, whatever its key looks like',
      ['Sec-WebSocket-Version: 7', 'Sec-WebSocket-Key: x'],
      426,
      'VERSION',
      'request has Sec-WebSocket-Version: "7"',
    ],
    ['no key', ['-Sec-WebSocket-Key'], 400, 'KEY_MISSING', 'request has no Sec-WebSocket-Key field'],
    [
      'two keys',
      ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='],
      400,
      'KEY_REPEATED',
      'request has 2 Sec-WebSocket-Key fields',
    ],
    [
      'the key twice',
      ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
      400,
      'KEY_REPEATED',
      'request has 2 Sec-WebSocket-Key fields',
    ],
    ['an empty key', ['Sec-WebSocket-Key: '], 400, 'KEY', 'request has Sec-WebSocket-Key: ""'],
    [
      'a key of 15 bytes',
      ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA'],
      400,
      'KEY',
      'request has Sec-WebSocket-Key: "AAAA',
    ],
    [
      'a key of 17 bytes',
      ['Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA='],
      400,
      'KEY',
      'request has Sec-WebSocket-Key: "AAAA',
    ],
    [
      'a key that is not Base64',
      ['Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!=='],
      400,
      'KEY',
      'request has Sec-WebSocket-Key: "!!!!',
    ],
    [
      'an empty subprotocol field',
      ['Sec-WebSocket-Protocol: '],
      400,
      'SUBPROTOCOLS',
      'request has Sec-WebSocket-Protocol: ""',
    ],
    [
      'commas for subprotocols',
      ['Sec-WebSocket-Protocol: ,,'],
      400,
      'SUBPROTOCOLS',
      'request has Sec-WebSocket-Protocol: ",,"',
    ],
    [
      'a quoted subprotocol',
      ['Sec-WebSocket-Protocol: "a"'],
      400,
      'SUBPROTOCOLS',
      'request has Sec-WebSocket-Protocol: "\\"a\\""',
    ],
    [
      'a subprotocol with a space',
      ['Sec-WebSocket-Protocol: a b'],
      400,
      'SUBPROTOCOLS',
      'request has Sec-WebSocket-Protocol: "a b"',
    ],
    [
      'a subprotocol that is a URL',
      ['Sec-WebSocket-Protocol: http://a'],
      400,
      'SUBPROTOCOLS',
      'request has Sec-WebSocket-Protocol: "http://a"',
    ],
    [
      'a subprotocol twice',
      ['Sec-WebSocket-Protocol: a, b, a'],
      400,
      'SUBPROTOCOL_REPEATED',
      'request offers subprotocol "a" more than once',
    ],
    [
      'a subprotocol twice over two fields',
      ['Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: b, a'],
      400,
      'SUBPROTOCOL_REPEATED',
      'request offers subprotocol "a" more than once',
    ],
    [
      'malformed extensions',
      ['Sec-WebSocket-Extensions: a;'],
      400,
      'EXTENSIONS',
      'request has Sec-WebSocket-Extensions: "a;": expected a token at character 2',
    ],
    [
      'an empty extension field',
      ['Sec-WebSocket-Extensions: '],
      400,
      'EXTENSIONS',
      'request has Sec-WebSocket-Extensions: "": expected one extension or more',
    ],
  ];
  for (const [why, changes, status, code, shown, head] of cases) {
    test(`${why}: ${status}`, () => {
      assert.throws(
        () => check(changes, head),
        (error: WebSocketError) => {
          assert.equal(error.code, `ERR_WS_REQUEST_${code}`);
          assert.equal(error.status, status);
          assert.equal(error.family, 'protocol');
          assert.equal(error.message.slice(0, shown.length), shown);
          return true;
        },
      );
    });
  }
  test('the first fault is the one that is told', () => {
    assert.throws(() => check(['-Upgrade', '-Connection', '-Host', '-Sec-WebSocket-Key']), {
      code: 'ERR_WS_REQUEST_UPGRADE',
    });
  });
  test('a value of 60,000 characters is cut in the text', () => {
    assert.throws(
      () => check([`Sec-WebSocket-Key: ${'A'.repeat(60_000)}`]),
      (error: WebSocketError) => error.code === 'ERR_WS_REQUEST_KEY' && error.message.length < 300,
    );
  });
  test('20,000 subprotocols, the last repeated, are told apart', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index.toString(36)).join(',');
    assert.equal(check([`Sec-WebSocket-Protocol: ${list}`]).subprotocols.length, 20_000);
    assert.throws(() => check([`Sec-WebSocket-Protocol: ${list},0`]), { code: 'ERR_WS_REQUEST_SUBPROTOCOL_REPEATED' });
  });
});

describe('fields that a refusal carries', () => {
  const refusals: [changes: string[], head: object, expected: object][] = [
    [[], { method: 'PUT' }, { Allow: 'GET' }],
    [['-Upgrade'], {}, { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    [['Sec-WebSocket-Version: 8'], {}, { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    [['-Host'], {}, {}],
  ];
  for (const [changes, head, expected] of refusals) {
    test(`${JSON.stringify(changes)} ${JSON.stringify(head)}: ${JSON.stringify(expected)}`, () => {
      assert.throws(
        () => check(changes, head),
        (error: WebSocketError) => {
          assert.deepEqual(refusalHeaders(error), expected);
          return true;
        },
      );
    });
  }
});

describe('RFC 6455 §4.2.2 selection of a subprotocol', () => {
  const cases: [offered: string[], supported: string[], selected: string][] = [
    [[], [], ''],
    [['chat'], [], ''],
    [[], ['chat'], ''],
    [['chat'], ['chat'], 'chat'],
    [['b', 'a'], ['a', 'b'], 'b'],
    [['x', 'b', 'a'], ['a', 'b'], 'b'],
    [['Chat'], ['chat'], ''],
  ];
  for (const [offered, supported, selected] of cases) {
    test(`[${offered}] to [${supported}]: '${selected}'`, () =>
      assert.equal(selectSubprotocol(offered, supported), selected));
  }
});

describe('RFC 6455 §4.2.2 the 101 response', () => {
  const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
  const start =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';
  test('alone', () => {
    assert.equal(accepted(accept), `${start}\r\n`);
    assert.equal(accepted(accept, { subprotocol: '', extensions: [], headers: {} }), `${start}\r\n`);
  });
  test('with subprotocol, extensions and further fields', () => {
    assert.equal(
      accepted(accept, {
        subprotocol: 'chat',
        extensions: [{ name: 'foo', parameters: [['bar', '1']] }],
        headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Tab': 'a\tb', 'X-Empty': '' },
      }),
      `${start}Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: foo; bar=1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Tab: a\tb\r\nX-Empty: \r\n\r\n`,
    );
  });
  const owned = ['Upgrade', 'connection', 'Sec-WebSocket-Accept', 'SEC-WEBSOCKET-PROTOCOL', 'Content-Length'];
  for (const name of [...owned, 'sec-websocket-extensions', 'Transfer-Encoding']) {
    test(`${name} is the handshake's own`, () => {
      assert.throws(() => accepted(accept, { headers: { [name]: 'x' } }), {
        code: 'ERR_WS_OPTION',
        message: `name of a header is "${name}"; expected another one, since the handshake sets this field itself`,
      });
    });
  }
  test('nothing can end a line', () => {
    for (const end of ['\r\n', '\r', '\n', '\u0000', '\u010a', '\u2028', '\u0085']) {
      assert.throws(() => accepted(accept, { headers: { a: `b${end}c: d` } }), { code: 'ERR_WS_OPTION' });
      assert.throws(() => accepted(accept, { headers: { [`a${end}`]: 'b' } }), { code: 'ERR_WS_OPTION' });
      assert.throws(() => accepted(accept, { subprotocol: `a${end}b` }), { code: 'ERR_WS_OPTION' });
    }
  });
});

describe('the response that refuses', () => {
  test('status, fields and body', () => {
    assert.equal(
      refused(401, { 'WWW-Authenticate': 'Basic' }, 'log in first'),
      'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Basic\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 12\r\n\r\nlog in first',
    );
  });
  test('a body of UTF-8 is counted in bytes', () => {
    assert.equal(
      refused(400, {}, 'größer als 5 €'),
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 18\r\n\r\ngrößer als 5 €',
    );
  });
  test('RFC 7230 §6.7: with Upgrade, Connection names it', () => {
    assert.equal(
      refused(426, { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }, ''),
      'HTTP/1.1 426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n\r\n',
    );
  });
  test('a given Content-Type replaces the default; a value that looks like a field does not', () => {
    assert.equal(
      refused(403, { 'content-type': 'application/json', a: 'upgrade: x' }, '{}'),
      'HTTP/1.1 403 Forbidden\r\nConnection: close\r\ncontent-type: application/json\r\na: upgrade: x\r\nContent-Length: 2\r\n\r\n{}',
    );
  });
  for (const status of [200, 101, 299, 304, 600, 404.5, Number.NaN]) {
    test(`status ${status} is refused`, () => {
      assert.throws(() => refused(status, {}, ''), {
        code: 'ERR_WS_OPTION',
        message: `status is ${status}; expected an HTTP status from 300 to 599 other than 304`,
      });
    });
  }
  test('nothing can end a line', () => {
    for (const bad of ['\r\n', '\n', '\u0000', '\u010a', 'é']) {
      assert.throws(() => refused(400, { a: bad }, ''), { code: 'ERR_WS_OPTION' });
    }
  });
  for (const name of ['Connection', 'content-length', 'Transfer-Encoding', 'Trailer']) {
    test(`${name} is not the user's`, () => {
      assert.throws(() => refused(400, { [name]: '1' }, ''), { code: 'ERR_WS_OPTION' });
    });
  }
});
