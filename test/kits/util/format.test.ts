// `util.format` and `util.printf`: each placeholder, and the layout of objects as a device prints them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

describe('util.format', () => {
  const person = { name: 'John', age: 20, address: { city: 'New York', country: 'USA' } };
  const cases: [what: string, args: [string, ...unknown[]], expected: string][] = [
    ['%s of a string and a number', ['%s is %s', 'a', 5], 'a is 5'],
    ['%s of an array', ['%s', [1, 2]], '1,2'],
    ['%s of undefined, null and -0', ['%s %s %s', undefined, null, -0], 'undefined null -0'],
    ['%s of a bigint and a symbol', ['%s %s', 5n, Symbol('x')], '5n Symbol(x)'],
    ['%s of an object with its own text', ['%s', { toString: () => 'me' }], 'me'],
    ['%d', ['%d %d %d', 10.5, '12', ''], '10.5 12 0'],
    ['%d of other values', ['%d %d', 'x', {}], 'NaN NaN'],
    ['%d of a bigint', ['%d', 5n], '5n'],
    ['%i', ['%i %i %i', 100.5, '7', [3.9]], '100 7 3'],
    ['%i of other text', ['%i %i', '', '12px'], 'NaN NaN'],
    ['%f', ['%f %f', 31.41592653, '2.50'], '31.41592653 2.5'],
    ['%j', ['%j', { name: 'John', age: 20 }], '{"name":"John","age":20}'],
    ['%c prints nothing', ['a%cb', 'color: red'], 'ab'],
    ['%% is a percent sign', ['%d%% of the %s', 80, 'homework'], '80% of the homework'],
    ['%% after the last value', ['%d%%', 80], '80%'],
    ['a placeholder without a value stays', ['%s %s', 'a'], 'a %s'],
    ['values without a placeholder are appended', ['%s', 'a', 'b', 3], 'a b 3'],
    ['the first value is dropped where there are no placeholders', ['a', 1], 'a'],
    ['the others are appended', ['a', 1, 2], 'a 2'],
    ['an unknown placeholder stays', ['%x %s', 'a'], '%x a'],
    [
      '%O of an object',
      ['%O', person],
      "{ name: 'John',\n  age: 20,\n  address:\n  { city: 'New York',\n    country: 'USA' } }",
    ],
    ['%O of an array', ['%O', [1, 'a', null]], "[ 1, 'a', null ]"],
    ['%O of a function', ['%O', function work() {}], '{ [Function: work] }'],
    ['%O of a member that is a function', ['%O', { work() {} }], '{ work: [Function: work] }'],
    ['%O of an object without members', ['%O', {}], '{}'],
    ['%o of an array', ['%o', [1, 'a']], "[ 1, 'a', [length]: 2 ]"],
    [
      '%o of a function',
      ['%o', function work() {}],
      "{ [Function: work]\n  [length]: 0,\n  [name] :'work',\n  [prototype]: work { [constructor]: [Circular] } }",
    ],
  ];
  for (const [what, args, expected] of cases) {
    test(what, () => {
      const [format, ...values] = args;
      assert.equal(util.format(format, ...(values as object[])), expected);
    });
  }

  test('objects in themselves', () => {
    const own: Record<string, unknown> = { a: 1 };
    own.own = own;
    assert.equal(util.format('%O', own), '{ a: 1,\n  own: [Circular] }');
    assert.equal(util.format('%j', own), '[Circular]');
  });

  test('a format without values is returned as it is', () => {
    assert.equal(util.format('100%% %s'), '100%% %s');
  });

  test('a format that is not a string is refused', () => {
    throwsKitError(
      () => util.format(5 as unknown as string),
      401,
      'Parameter error. The type of 5 must be string or array',
    );
  });

  test('util.printf does the same', () => {
    assert.equal(util.printf('%s!', 'hello'), 'hello!');
    throwsKitError(() => util.printf(5 as unknown as string), 401);
  });
});
