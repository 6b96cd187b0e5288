// Header fields and subprotocols that a user gives.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldPairs, type HeaderFields, headersCheck, listFields } from '../../../src/core/handshake/header-fields.ts';
import { subprotocolsCheck } from '../../../src/core/handshake/subprotocols.ts';

function* pairs(): Generator<[string, string]> {
  yield ['A', '1'];
  yield ['B', '2'];
}

describe('header fields', () => {
  const shapes: [name: string, fields: HeaderFields, pairs: string][] = [
    ['an object', { A: 'x', B: 2, C: ['y', 3] }, 'A:x B:2 C:y C:3'],
    ['nothing', {}, ''],
    [
      'pairs',
      [
        ['A', 'x'],
        ['A', 'y'],
        ['B', [1, 'z']],
      ],
      'A:x A:y B:1 B:z',
    ],
    ['a Map', new Map([['A', 'x']]), 'A:x'],
    ['a Headers', new Headers({ A: 'x' }), 'a:x'],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { A: 'x' }) as HeaderFields, 'A:x'],
    ['an iterator', pairs(), 'A:1 B:2'],
  ];
  for (const [name, fields, expected] of shapes) {
    test(`as ${name}`, () => {
      assert.equal(
        headersCheck
          .read(fields, 'headers', {})
          .map((pair) => pair.join(':'))
          .join(' '),
        expected,
      );
    });
  }

  test('of an iterator that was read are refused: it has none left', () => {
    const iterator = pairs();
    fieldPairs(iterator);
    assert.throws(() => fieldPairs(iterator), { code: 'ERR_WS_OPTION' });
  });

  const refused: [name: string, fields: unknown][] = [
    ['a string', 'A: x'],
    ['null', null],
    ['an instance without fields of its own', new (class Fields {})()],
    ['a list with what is not a pair', [['A']]],
    ['a list with a string', ['A: x']],
    ['a name that is not a token', { 'A b': 'x' }],
    ['a name that is not a text', [[5, 'x']]],
    ['a value that is an object', { A: {} }],
    ['a value that is null', { A: null }],
    ['a value that is NaN', { A: Number.NaN }],
    ['a value with such an element', { A: ['x', true] }],
  ];
  for (const [name, fields] of refused) {
    test(`not as ${name}`, () => {
      assert.throws(() => fieldPairs(fields), { code: 'ERR_WS_OPTION' });
    });
  }

  test('are listed for a head, checked, without those that are not the user’s to set', () => {
    const isOwned = (name: string) => name === 'host';
    assert.deepEqual(listFields({ 'X-A': 'é' }, 0xff, isOwned), ['X-A', 'é']);
    assert.throws(() => listFields({ HOST: 'a' }, 0xff, isOwned), { code: 'ERR_WS_OPTION' });
    for (const [value, highest] of [
      ['a\r\nb', 0xff],
      ['é', 0x7e],
    ] as const) {
      assert.throws(
        () => listFields({ A: `secret ${value}` }, highest, isOwned),
        (error: Error) => /character \d+ of header A/.test(error.message) && !error.message.includes('secret'),
      );
    }
  });
});

describe('subprotocols', () => {
  const read = (value: unknown) => subprotocolsCheck.read(value, 'subprotocols', {});

  test('are one token or different ones', () => {
    assert.deepEqual(read('a'), ['a']);
    assert.deepEqual(read(['a', 'b']), ['a', 'b']);
  });

  for (const wrong of [5, '', 'a b', ['a', ''], ['a', 'a'], [5]]) {
    test(`not ${JSON.stringify(wrong)}`, () => assert.throws(() => read(wrong), { code: 'ERR_WS_OPTION' }));
  }
});
