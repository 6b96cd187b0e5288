// Header fields in each form that they may be given in, on the wire: of `connect`, `accept` and `refuse`; and subprotocols
// as one string.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldPairs } from '../../src/core/handshake/header-fields.ts';
import { accept, connect, createServer, type HeaderFields, refuse } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { isError, rejectsWith } from '../support/expect.ts';

const forms: readonly (readonly [name: string, fields: HeaderFields])[] = [
  ['a record', { 'Set-Cookie': ['a=1', 'b=2'], 'X-Number': 5 }],
  [
    'pairs',
    [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Number', 5],
    ],
  ],
  [
    'pairs with arrays',
    [
      ['Set-Cookie', ['a=1', 'b=2']],
      ['X-Number', [5]],
    ],
  ],
  [
    'a Map',
    new Map<string, string[] | number>([
      ['Set-Cookie', ['a=1', 'b=2']],
      ['X-Number', 5],
    ]),
  ],
  [
    'a Headers',
    new Headers([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Number', '5'],
    ]),
  ],
  [
    'an iterable',
    (function* () {
      yield ['Set-Cookie', ['a=1', 'b=2']] as const;
      yield ['X-Number', 5] as const;
    })(),
  ],
  ['no prototype', Object.assign(Object.create(null), { 'Set-Cookie': ['a=1', 'b=2'], 'X-Number': 5 }) as HeaderFields],
];

/** The fields of interest, names in lower case, sorted as they may come in any order. */
function own(fields: readonly (readonly [string, string])[]): string[] {
  const named = fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
  return named.filter((line) => /^(set-cookie|x-number)/.test(line)).sort();
}

function pairsOf(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] as string] as const] : []));
}

const expected = ['set-cookie: a=1', 'set-cookie: b=2', 'x-number: 5'];

describe('headers', () => {
  test('as pairs', () => {
    for (const [name, fields] of forms) {
      if (name !== 'an iterable') assert.deepEqual(own(fieldPairs(fields)), expected, name);
    }
  });

  for (const [name, fields] of forms) {
    if (name === 'an iterable') continue; // it can be read once
    test(`${name}: of a request, of a response and of a refusal`, async () => {
      await using network = useNetwork();
      const seen: string[][] = [];
      const server = createServer({
        upgrade(request) {
          seen.push(own(pairsOf(request.message.rawHeaders)));
          return request.url === '/no' ? refuse(403, 'no', fields) : accept({ headers: fields });
        },
      });
      const { port } = await server.listen();
      const connection = await connect(`ws://127.0.0.1:${port}/`, { headers: fields });
      assert.deepEqual(own(pairsOf(connection.response.rawHeaders)), expected);
      const refused = await network.client(`ws://127.0.0.1:${port}/no`);
      assert.deepEqual(own(refused.receivedHead.fields), expected);
      assert.deepEqual(seen, [expected, []]);
      await server.close();
    });
  }

  test('an iterable is read once', async () => {
    const fields = forms.find(([name]) => name === 'an iterable')?.[1] as HeaderFields;
    assert.deepEqual(own(fieldPairs(fields)), expected);
  });

  const wrong: readonly (readonly [name: string, fields: unknown, text: string])[] = [
    ['a string', 'Cookie: s3cret', 'headers is a string of 14 characters'],
    ['a number', 5, 'headers is 5'],
    ['null', null, 'headers is null'],
    ['true', true, 'headers is true'],
    ['a function', () => {}, 'headers is a function'],
    ['a flat list', ['Cookie', 's3cret'], 'headers is a list with a string of 6 characters in it'],
    ['a pair of three', [['Cookie', 's3cret', 'x']], 'headers is a list with an array of 3 in it'],
    ['a Set', new Set(['s3cret']), 'headers is a list with a string of 6 characters in it'],
    ['a Date', new Date(0), 'headers is an object of class Date'],
    ['a Promise', Promise.resolve(), 'headers is an object of class Promise'],
    ['undefined', { 'X-A': undefined }, 'header X-A is undefined'],
    ['null in it', { 'X-A': null }, 'header X-A is null'],
    ['an object in it', { 'X-A': { s3cret: 1 } }, 'header X-A is of type object'],
    ['NaN in it', { 'X-A': Number.NaN }, 'header X-A is NaN'],
    ['1n in it', { 'X-A': 1n }, 'header X-A is of type bigint'],
    ['an async generator', (async function* () {})(), 'headers is {}'],
    ['a Request', new Request('http://a/', { headers: { 'X-A': 's3cret' } }), 'headers is an object of class Request'],
    ['an array in an array', { 'X-A': [['s3cret']] }, 'header X-A is of type object'],
    ['a name that is not a token', { 'X A': 's3cret' }, 'name of a header is "X A"'],
    ['a name that is not a string', [[5, 's3cret']], 'name of a header is 5'],
    [
      'a getter that throws',
      {
        get 'X-A'() {
          throw new Error('s3cret');
        },
      },
      'headers is a value that cannot be read',
    ],
  ];
  for (const [name, fields, text] of wrong) {
    test(`${name} is refused`, async () => {
      const errors = [
        await rejectsWith(connect('ws://127.0.0.1:9/', { headers: fields as never }), 'ERR_WS_OPTION', text),
      ];
      assert.throws(
        () => accept({ headers: fields as never }),
        (error) => errors.push(isError(error, 'ERR_WS_OPTION', text)) > 0,
      );
      for (const { message } of errors) assert.doesNotMatch(message, /s3cret/);
    });
  }
});

test('an iterator serves one call: options with it that are used again are refused, not sent without it', async () => {
  await using _network = useNetwork();
  const seen: unknown[] = [];
  const server = createServer({
    upgrade({ headers }) {
      seen.push(headers['x-a']);
    },
  });
  const { port } = await server.listen();
  function* pairs(): Generator<[string, string]> {
    yield ['X-A', '1'];
  }
  for (const headers of [pairs(), new Map([['X-A', '1']]).entries()]) {
    await connect(`ws://127.0.0.1:${port}/`, { headers });
    await rejectsWith(
      connect(`ws://127.0.0.1:${port}/`, { headers }),
      'ERR_WS_OPTION',
      'headers is an iterator that an earlier call has read',
    );
  }
  assert.deepEqual(seen, ['1', '1']);
  await server.close();
});

describe('subprotocols', () => {
  test('one string, of a client and of a server', async () => {
    await using _network = useNetwork();
    const server = createServer({ subprotocols: 'chat.v1' });
    const { port } = await server.listen();
    const connection = await connect(`ws://127.0.0.1:${port}/`, { subprotocols: 'chat.v1' });
    assert.equal(connection.subprotocol, 'chat.v1');
    const other = await connect(`ws://127.0.0.1:${port}/`, { subprotocols: ['chat', 'v1'] });
    assert.equal(other.subprotocol, '', 'not a part of the string');
    await server.close();
  });
  test('several in one string are refused', async () => {
    await rejectsWith(
      connect('ws://127.0.0.1:9/', { subprotocols: 'a, b' }),
      'ERR_WS_OPTION',
      'subprotocols[0] is "a, b"',
    );
    assert.throws(() => createServer({ subprotocols: ['a', 'a'] }), {
      code: 'ERR_WS_OPTION',
      message: /each subprotocol only once/,
    });
  });
});
