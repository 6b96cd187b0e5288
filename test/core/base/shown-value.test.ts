// Values in error texts: quoted, cut, named by their kind; nothing that a value does can make an error of an error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Described, show } from '../../../src/core/shown-value.ts';

test('each kind of value is shown', () => {
  class Point {}
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const [value, shown] of [
    ['a "b"\n', '"a \\"b\\"\\n"'],
    [1, '1'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [10n, '10n'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 0, 'a function'],
    [[], '[]'],
    [[1, 2], 'an array of 2'],
    [{}, '{}'],
    [{ a: 1, b: 2 }, '{ a, b }'],
    [Object.create(null), '{}'],
    [new Point(), 'an object of class Point'],
    [proxy, 'an object that cannot be read'],
    [new Described('a secret'), 'a secret'],
  ] as const) {
    assert.equal(show(value), shown);
  }
});

test('a long value is cut at 120 characters', () => {
  assert.equal(show('x'.repeat(118)).length, 120);
  assert.equal(show('x'.repeat(119)), `"${'x'.repeat(116)}…`);
});
