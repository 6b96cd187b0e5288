// RFC 6455 §4.1: the fields that a client sends, on the wire of node:http, and which responses it accepts.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { isKey, makeKey } from '../../src/core/handshake/accept-key.ts';
import {
  checkResponse,
  type HandshakeChoice,
  type HandshakeExpectation,
  type HandshakeIntent,
  isHandshakeField,
  requestHead,
} from '../../src/core/handshake/client.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

function head(intent: Partial<HandshakeIntent> = {}): string[] {
  const list = requestHead({ host: 'example.com', key, ...intent });
  const lines: string[] = [];
  for (let index = 0; index < list.length; index += 2) lines.push(`${list[index]}: ${list[index + 1]}`);
  return lines;
}

describe('RFC 6455 §4.1 item 7: the key', () => {
  test('is 16 bytes of the random source in Base64', () => {
    const digest = { base64: (bytes: Uint8Array) => Buffer.from(bytes).toString('base64'), sha1Base64: () => '' };
    const made = makeKey({ fill: (bytes) => void bytes.set(Buffer.from('the sample nonce')) }, digest);
    assert.equal(made, key);
    assert.ok(isKey(makeKey({ fill: (bytes) => void bytes.fill(0xff) }, digest)));
  });
});

describe('RFC 6455 §4.1 the request, ordered as kit specification §3.4', () => {
  test('without options', () => {
    assert.deepEqual(head(), [
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Host: example.com',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ]);
  });
  test('with everything', () => {
    const intent = {
      host: '[::1]:8080',
      origin: 'http://[::1]:8080',
      subprotocols: ['chat', 'superchat'],
      extensions: [{ name: 'foo', parameters: [['bar', true]] }],
      headers: { 'X-One': '1', Cookie: ['a=1', 'b=2'], 'User-Agent': 'test' },
    } as const;
    assert.deepEqual(head(intent), [
      'Pragma: no-cache',
      'Cache-Control: no-cache',
      'Host: [::1]:8080',
      'Origin: http://[::1]:8080',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: chat, superchat',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Extensions: foo; bar',
      'X-One: 1',
      'Cookie: a=1',
      'Cookie: b=2',
      'User-Agent: test',
    ]);
  });
  test('custom fields take the place of defaults and are not sent twice', () => {
    const headers = [
      ['x-a', '1'],
      ['origin', 'null'],
      ['HOST', 'other.example'],
      ['cache-control', 'max-age=0'],
      ['cache-control', 'no-store'],
      ['pragma', 'x'],
    ] as const;
    assert.deepEqual(head({ origin: 'http://example.com', headers }), [
      'pragma: x',
      'cache-control: max-age=0',
      'cache-control: no-store',
      'HOST: other.example',
      'origin: null',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      'x-a: 1',
    ]);
  });
  test('a custom Origin stands in the place of the absent one', () => {
    assert.equal(head({ headers: { Origin: 'http://a' } })[3], 'Origin: http://a');
  });
  test('values may have characters up to U+00FF, which go out as one byte each', () => {
    assert.equal(head({ headers: { 'x-a': 'ÿ\t~' } }).at(-1), 'x-a: ÿ\t~');
  });

  test('node:http sends exactly these fields', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const headers = requestHead({
      host: 'example.com',
      origin: 'http://example.com',
      key,
      subprotocols: ['chat'],
      headers: { 'x-b': 'é', 'x-a': '' },
    });
    const { port } = server.address() as AddressInfo;
    const outgoing = request({ host: '127.0.0.1', port, path: '/chat?a', headers: headers as never });
    outgoing.on('error', () => {});
    outgoing.end();
    const [socket] = await once(server, 'connection');
    let received = '';
    socket.setEncoding('latin1');
    for await (const chunk of socket) {
      received += chunk;
      if (received.includes('\r\n\r\n')) break;
    }
    outgoing.destroy();
    server.close();
    await once(server, 'close');
    assert.equal(
      received,
      'GET /chat?a HTTP/1.1\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nHost: example.com\r\nOrigin: http://example.com\r\n' +
        'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat\r\n' +
        'Sec-WebSocket-Version: 13\r\nx-b: é\r\nx-a: \r\n\r\n',
    );
  });
});

describe('RFC 6455 §4.1 what a caller must not ask for', () => {
  const own = 'expected another one, since the handshake sets this field itself';
  const cases: [intent: Partial<HandshakeIntent>, message: string][] = [
    ...[
      'Upgrade',
      'connection',
      'Sec-WebSocket-Key',
      'sec-websocket-version',
      'sec-websocket-protocol',
      'SEC-WEBSOCKET-EXTENSIONS',
      'sec-websocket-accept',
      'content-length',
      'transfer-encoding',
      'trailer',
      'Expect',
    ].map((name): [Partial<HandshakeIntent>, string] => [
      { headers: { [name]: 'x' } },
      `name of a header is "${name}"; ${own}`,
    ]),
    [{ headers: { 'a b': 'x' } }, 'name of a header is "a b"; expected a token such as X-Name (RFC 7230 §3.2.6)'],
    [
      { headers: { a: 'x\r\nb: y' } },
      'character 1 of header a is "\\r"; expected a visible character up to U+00FF, space or tab',
    ],
    [
      { headers: { a: '\u010a' } },
      'character 0 of header a is "\u010a"; expected a visible character up to U+00FF, space or tab',
    ],
    [{ headers: { Host: ['a', 'b'] } }, 'number of host headers is 2; expected at most one'],
    [{ headers: { origin: 'a', Origin: 'b' } }, 'number of origin headers is 2; expected at most one'],
    [{ headers: { 'user-agent': ['a', 'b'] } }, 'number of user-agent headers is 2; expected at most one'],
    [{ headers: { host: 'a/b' } }, 'header Host is "a/b"; expected a host name or address and an optional port'],
    [{ host: '' }, 'header Host is ""; expected a host name or address and an optional port'],
    [{ subprotocols: [''] }, 'subprotocol is ""; expected a token such as chat.v1 (RFC 7230 §3.2.6)'],
    [{ subprotocols: ['a, b'] }, 'subprotocol is "a, b"; expected a token such as chat.v1 (RFC 7230 §3.2.6)'],
    [{ subprotocols: ['a\r\nb'] }, 'subprotocol is "a\\r\\nb"; expected a token such as chat.v1 (RFC 7230 §3.2.6)'],
    [{ subprotocols: ['chät'] }, 'subprotocol is "chät"; expected a token such as chat.v1 (RFC 7230 §3.2.6)'],
    [{ subprotocols: ['a', 'b', 'a'] }, 'subprotocol is "a"; expected each subprotocol only once (RFC 6455 §4.1)'],
  ];
  for (const [intent, message] of cases) {
    test(message, () => assert.throws(() => head(intent), { code: 'ERR_WS_OPTION', family: 'usage', message }));
  }
  test('isHandshakeField tells of a name whether it would be refused', () => {
    assert.equal(isHandshakeField('sec-websocket-anything'), true);
    assert.equal(isHandshakeField('upgrade-insecure-requests'), false);
    assert.equal(isHandshakeField('host'), false);
  });
});

/** The response of RFC 6455 §1.2 with changes, as in the tests of §4.2. */
function check(changes: string[], expectation: Partial<HandshakeExpectation> = {}, status = 101): HandshakeChoice {
  const sample = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`];
  const names = changes.map((line) => line.replace(/^-/, '').replace(/:.*$/, '').toLowerCase());
  const kept = sample.filter((line) => !names.includes(line.replace(/:.*$/, '').toLowerCase()));
  const lines = [...kept, ...changes.filter((line) => !line.startsWith('-'))];
  const rawHeaders = lines.flatMap((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trimStart(),
  ]);
  return checkResponse(
    { status, statusText: 'Switching Protocols', httpVersion: '1.1', rawHeaders },
    { accept, ...expectation },
  );
}

describe('RFC 6455 §4.1 responses that are accepted', () => {
  const foo = [{ name: 'foo', parameters: [] }];
  const cases: [why: string, changes: string[], expectation?: Partial<HandshakeExpectation>, choice?: object][] = [
    ['the sample of RFC 6455 §1.2', []],
    ['any case', ['UPGRADE: WebSocket', 'CONNECTION: upgrade']],
    ['Connection with several options', ['Connection: keep-alive, Upgrade']],
    ['Connection in several fields', ['Connection: keep-alive', 'Connection: Upgrade']],
    ['white space around the accept value', [`Sec-WebSocket-Accept: ${accept} \t`]],
    ['an offered subprotocol', ['Sec-WebSocket-Protocol: b'], { subprotocols: ['a', 'b'] }, { subprotocol: 'b' }],
    ['an offered subprotocol that is ignored', [], { subprotocols: ['a'] }],
    ['an offered extension that is ignored', [], { extensions: foo }],
    ['an offered extension', ['Sec-WebSocket-Extensions: foo'], { extensions: foo }, { extensions: foo }],
    [
      'an offered extension with parameters',
      ['Sec-WebSocket-Extensions: foo; a=1'],
      { extensions: foo },
      { extensions: [{ name: 'foo', parameters: [['a', '1']] }] },
    ],
    ['fields of no interest', ['Date: x', 'Set-Cookie: a=1', 'Sec-WebSocket-Version: 13']],
  ];
  for (const [why, changes, expectation, choice] of cases) {
    test(why, () => assert.deepEqual(check(changes, expectation), { subprotocol: '', extensions: [], ...choice }));
  }
});

describe('RFC 6455 §4.1 responses that fail the connection', () => {
  const notWebSocket = 'the server, or a proxy in front of it, does not support WebSocket (RFC 6455 §4.1)';
  const foo = [{ name: 'foo', parameters: [] }];
  const cases: [changes: string[], code: string, message: string, expectation?: Partial<HandshakeExpectation>][] = [
    [['-Upgrade'], 'UPGRADE', `response has no Upgrade field; expected Upgrade: websocket: ${notWebSocket}`],
    [['Upgrade: h2c'], 'UPGRADE', `response has Upgrade: "h2c"; expected Upgrade: websocket: ${notWebSocket}`],
    [
      ['Upgrade: websocket, h2c'],
      'UPGRADE',
      `response has Upgrade: "websocket, h2c"; expected Upgrade: websocket: ${notWebSocket}`,
    ],
    [
      ['Upgrade: websocket', 'Upgrade: websocket'],
      'UPGRADE',
      `response has Upgrade: "websocket, websocket"; expected Upgrade: websocket: ${notWebSocket}`,
    ],
    [['-Connection'], 'CONNECTION', `response has no Connection field; expected Connection: Upgrade: ${notWebSocket}`],
    [
      ['Connection: close'],
      'CONNECTION',
      `response has Connection: "close"; expected Connection: Upgrade: ${notWebSocket}`,
    ],
    [
      ['-Sec-WebSocket-Accept'],
      'ACCEPT_MISSING',
      `response has no Sec-WebSocket-Accept field; expected ${accept} for the key of the request (RFC 6455 §4.1)`,
    ],
    [
      [`Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Accept: ${accept}`],
      'ACCEPT_REPEATED',
      'response has 2 Sec-WebSocket-Accept fields; expected exactly one (RFC 6455 §11.3.3)',
    ],
    ...['', key, accept.toLowerCase(), `${accept}=`, `"${accept}"`].map((value): [string[], string, string] => [
      [`Sec-WebSocket-Accept: ${value}`],
      'ACCEPT',
      `response has Sec-WebSocket-Accept: ${JSON.stringify(value)}; expected ${accept} for the key of the request: the response may come from a cache, or answer another request (RFC 6455 §4.1)`,
    ]),
    [
      ['Sec-WebSocket-Protocol: chat'],
      'SUBPROTOCOL',
      'server selected subprotocol "chat", but the client offered none (RFC 6455 §4.1)',
    ],
    [
      ['Sec-WebSocket-Protocol: Chat'],
      'SUBPROTOCOL',
      'server selected subprotocol "Chat", but the client offered "chat, b" (RFC 6455 §4.1)',
      { subprotocols: ['chat', 'b'] },
    ],
    [
      ['Sec-WebSocket-Protocol: '],
      'SUBPROTOCOL',
      'server selected subprotocol "", but the client offered "chat" (RFC 6455 §4.1)',
      { subprotocols: ['chat'] },
    ],
    [
      ['Sec-WebSocket-Protocol: a, b'],
      'SUBPROTOCOL_SEVERAL',
      'server selected several subprotocols ("a, b"); it may select only one (RFC 6455 §4.2.2)',
      { subprotocols: ['a', 'b'] },
    ],
    [
      ['Sec-WebSocket-Protocol: a', 'Sec-WebSocket-Protocol: a'],
      'SUBPROTOCOL_SEVERAL',
      'server selected several subprotocols ("a, a"); it may select only one (RFC 6455 §4.2.2)',
      { subprotocols: ['a'] },
    ],
    [
      ['Sec-WebSocket-Extensions: permessage-deflate'],
      'EXTENSION',
      'server accepted extension "permessage-deflate", which the client did not offer (RFC 6455 §9.1)',
    ],
    [
      ['Sec-WebSocket-Extensions: foo', 'Sec-WebSocket-Extensions: bar'],
      'EXTENSION',
      'server accepted extension "bar", which the client did not offer (RFC 6455 §9.1)',
      { extensions: foo },
    ],
    [
      ['Sec-WebSocket-Extensions: foo;'],
      'EXTENSIONS',
      'response has Sec-WebSocket-Extensions: "foo;": expected a token at character 4 (RFC 6455 §9.1)',
      { extensions: foo },
    ],
    [
      ['Sec-WebSocket-Extensions: '],
      'EXTENSIONS',
      'response has Sec-WebSocket-Extensions: "": expected one extension or more (RFC 6455 §9.1)',
      { extensions: foo },
    ],
  ];
  for (const [changes, code, message, expectation] of cases) {
    test(message, () => {
      assert.throws(() => check(changes, expectation), {
        code: `ERR_WS_RESPONSE_${code}`,
        family: 'protocol',
        status: 101,
        message,
      });
    });
  }
});

describe('RFC 6455 §4.1 item 1: a status other than 101', () => {
  const cases: [status: number, statusText: string, message: string][] = [
    [
      200,
      'OK',
      'server answered 200 OK instead of 101 Switching Protocols; check the path, and that a WebSocket server listens there',
    ],
    [
      404,
      'Not Found',
      'server answered 404 Not Found instead of 101 Switching Protocols; check the path, and that a WebSocket server listens there',
    ],
    [
      403,
      'Forbidden',
      'server answered 403 Forbidden instead of 101 Switching Protocols; check the credentials, and which origin the server expects',
    ],
    [
      302,
      'Found',
      'server answered 302 Found instead of 101 Switching Protocols; connect to the URL that it redirects to, or raise maxRedirects',
    ],
    [
      503,
      'Busy\u001b[2J\u009b',
      'server answered 503 Busy?[2J? instead of 101 Switching Protocols; the server, or a service that it needs, has a problem: try again later',
    ],
    [
      400,
      '',
      'server answered 400 instead of 101 Switching Protocols; check the path, and that a WebSocket server listens there',
    ],
  ];
  for (const [status, statusText, message] of cases) {
    test(`${status}`, () => {
      const response = { status, statusText, httpVersion: '1.1', rawHeaders: ['Upgrade', 'websocket'] };
      assert.throws(() => checkResponse(response, { accept }), { code: 'ERR_WS_REFUSED', status, message });
    });
  }
  test('the fields of a refusal do not matter, however right they are', () => {
    assert.throws(() => check([], {}, 200), { code: 'ERR_WS_REFUSED', status: 200 });
  });
});
