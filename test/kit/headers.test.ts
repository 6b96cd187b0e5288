import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requestHeaders } from '../../src/kit/client/headers.ts';
import { responseHeaders } from '../../src/kit/client/response-headers.ts';

describe('kit specification §3.4: custom request headers [kit §3.4 custom values]', () => {
  const rows: [name: string, header: unknown, fields: [string, string][]][] = [
    [
      'names become lower case and are sorted [kit §3.4 custom names]',
      { B: '2', a: '1', C: '3' },
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    ['of names that differ in case the last wins [kit §3.4 custom names]', { 'X-A': '1', 'x-a': '2' }, [['x-a', '2']]],
    [
      'numbers and booleans become text [S20]',
      { a: 5, b: true, c: 0, d: false },
      [
        ['a', '5'],
        ['b', 'true'],
        ['c', '0'],
        ['d', 'false'],
      ],
    ],
    ['arrays of strings are joined', { a: ['1', '2'] }, [['a', '1, 2']]],
    ['the rest is dropped', { a: '', b: null, c: undefined, d: {}, e: [1], f: [], g: () => '', h: Symbol('h') }, []],
    [
      'CR, LF and NUL drop the header [kit §3.4 injection]',
      { a: 'x\r\ny: z', b: 'x\ny', c: 'x\u0000', d: 'x\ty' },
      [['d', 'x\ty']],
    ],
    ['CR and LF in elements of an array too', { a: ['x', 'y\r\nz: 1'] }, []],
    ['an invalid header name is dropped', { 'a b': '1', 'a:': '1', ä: '1', '': '1', 'a\r\nb': '1' }, []],
    [
      'the headers of the handshake are ignored [kit §3.4 reserved]',
      {
        Upgrade: 'x',
        Connection: 'x',
        'Sec-WebSocket-Key': 'x',
        'Sec-WebSocket-Version': '8',
        'Sec-WebSocket-Extensions': 'permessage-deflate',
        'Sec-WebSocket-Accept': 'x',
      },
      [],
    ],
    [
      'a body cannot be announced',
      { 'Content-Length': '5', 'Transfer-Encoding': 'chunked', Trailer: 'x', Expect: '100-continue' },
      [],
    ],
    ['what is for a proxy does not go to the server', { 'Proxy-Authorization': 'Basic eA==' }, []],
    [
      'defaults can be replaced',
      { Host: 'h', Origin: 'o', Pragma: 'p', 'Cache-Control': 'c', 'User-Agent': 'u' },
      [
        ['cache-control', 'c'],
        ['host', 'h'],
        ['origin', 'o'],
        ['pragma', 'p'],
        ['user-agent', 'u'],
      ],
    ],
    ['text is sent as UTF-8', { a: 'é€' }, [['a', '\u00c3\u00a9\u00e2\u0082\u00ac']]],
    ['only own enumerable keys count', Object.create({ a: '1' }), []],
    ['not an object', 'a: 1', []],
    ['null', null, []],
    ['absent', undefined, []],
  ];
  for (const [name, header, fields] of rows) {
    test(name, () => assert.deepEqual(requestHeaders(header).fields, fields));
  }

  test('Sec-WebSocket-Protocol is told apart [kit §3.4 custom protocol]', () => {
    const { fields, protocol } = requestHeaders({ 'Sec-WebSocket-Protocol': 'chat, superchat' });
    assert.deepEqual(fields, []);
    assert.equal(protocol, 'chat, superchat');
  });
});

describe('kit specification §3.6: headerReceive', () => {
  test('lower-case names; repeats are joined, except for set-cookie [kit §3.6 headerReceive value]', () => {
    const headers = responseHeaders([
      'Upgrade',
      'websocket',
      'X-A',
      '1',
      'x-a',
      '2',
      'X-A',
      '3',
      'Set-Cookie',
      'a=1',
      'set-cookie',
      'b=2',
      'Set-Cookie',
      'c=3',
    ]);
    assert.deepEqual(headers, { upgrade: 'websocket', 'x-a': '1, 2, 3', 'set-cookie': ['a=1', 'b=2', 'c=3'] });
  });

  test('a single set-cookie is a string', () => {
    assert.deepEqual(responseHeaders(['Set-Cookie', 'a=1']), { 'set-cookie': 'a=1' });
  });

  test('a header named __proto__ is a property like any other', () => {
    const headers = responseHeaders(['__proto__', 'x']);
    assert.deepEqual(Object.entries(headers), [['__proto__', 'x']]);
    assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  });
});
