// `JSON` of `@kit.ArkTS`: integers of any size, and errors with a code.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { json } from '../../../src/kits/json/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

const { BigIntMode } = json;

describe('JSON.parse', () => {
  test('values of each kind', () => {
    assert.deepEqual(json.parse('{"a":[1,"b",true,null]}'), { a: [1, 'b', true, null] });
    assert.equal(json.parse('null'), null);
    assert.equal(json.parse('5'), 5);
  });

  test('a reviver replaces values, from the inside out', () => {
    const order: string[] = [];
    const value = json.parse('{"a":{"b":1},"age":30}', (key, member) => {
      order.push(key);
      return key === 'age' ? (member as number) + 1 : key === 'b' ? undefined : member;
    });
    assert.deepEqual(value, { a: {}, age: 31 });
    assert.deepEqual(order, ['b', 'a', 'age', '']);
  });

  test('a reviver has the object around a member as this', () => {
    const value = json.parse('{"a":1,"b":2}', function (key, member) {
      return key === 'a' ? (this as { b: number }).b : member;
    });
    assert.deepEqual(value, { a: 2, b: 2 });
  });

  const text =
    '{"n":10,"big":112233445566778899,"low":-112233445566778899,"text":"112233445566778899","f":1.5,"e":1e3}';

  test('PARSE_AS_BIGINT: integers that a number cannot hold', () => {
    assert.deepEqual(json.parse(text, undefined, { bigIntMode: BigIntMode.PARSE_AS_BIGINT }), {
      n: 10,
      big: 112233445566778899n,
      low: -112233445566778899n,
      text: '112233445566778899',
      f: 1.5,
      e: 1000,
    });
    const safe = json.parse('[9007199254740991,9007199254740992]', undefined, { bigIntMode: 1 });
    assert.deepEqual(safe, [9007199254740991, 9007199254740992n]);
  });

  test('ALWAYS_PARSE_AS_BIGINT: all integers', () => {
    assert.deepEqual(json.parse('[1,-2,1.5]', undefined, { bigIntMode: BigIntMode.ALWAYS_PARSE_AS_BIGINT }), [
      1n,
      -2n,
      1.5,
    ]);
  });

  test('DEFAULT: none', () => {
    assert.deepEqual(json.parse('[112233445566778899]', undefined, { bigIntMode: BigIntMode.DEFAULT }), [
      Number('112233445566778899'),
    ]);
  });

  test('text that looks like the mark inside', () => {
    const value = json.parse('["bigint:5","\\u0062igint:6","a\\"1",7]', undefined, { bigIntMode: 2 });
    assert.deepEqual(value, ['bigint:5', 'bigint:6', 'a"1', 7n]);
  });

  test('a reviver sees integers of any size', () => {
    const seen: unknown[] = [];
    json.parse(
      '[112233445566778899]',
      (_key, value) => {
        seen.push(typeof value);
        return value;
      },
      { bigIntMode: 1 },
    );
    assert.deepEqual(seen, ['bigint', 'object']);
  });

  test('what is refused', () => {
    throwsKitError(() => json.parse(5 as never), 401, 'Parameter error. The type of 5 must be string');
    throwsKitError(() => json.parse('1', 5 as never), 401, 'Parameter error. The type of 5 must be a method');
    throwsKitError(() => json.parse('{'), 401, /^e\.message: .*, e\.name: SyntaxError$/);
  });
});

describe('JSON.stringify', () => {
  const person = { name: 'John', age: 30, city: 'New York' };

  test('with names, and indented', () => {
    assert.equal(json.stringify(person), '{"name":"John","age":30,"city":"New York"}');
    assert.equal(json.stringify(person, ['name', 'age']), '{"name":"John","age":30}');
    assert.equal(json.stringify({ a: 1 }, null, 2), '{\n  "a": 1\n}');
    assert.equal(json.stringify({ a: 1 }, ['a'], '&&'), '{\n&&"a": 1\n}');
  });

  test('with a function', () => {
    const upper = (_key: string, value: object): object =>
      typeof value === 'string' ? ((value as string).toUpperCase() as unknown as object) : value;
    assert.equal(json.stringify({ a: 'b' }, upper), '{"a":"B"}');
  });

  test('a bigint is a number', () => {
    assert.equal(json.stringify(112233445566778899n), '112233445566778899');
    const value = { a: [1n, -2n], b: 'bigint:3', c: { d: 4n } };
    assert.equal(json.stringify(value), '{"a":[1,-2],"b":"bigint:3","c":{"d":4}}');
    assert.equal(json.stringify(value, ['a']), '{"a":[1,-2]}');
    assert.equal(json.stringify({ a: 1n }, null, 1), '{\n "a": 1\n}');
  });

  test('what is refused', () => {
    const own: Record<string, unknown> = {};
    own.own = own;
    throwsKitError(
      () => json.stringify(undefined as never),
      401,
      'Parameter error. The type of undefined must be Object',
    );
    throwsKitError(() => json.stringify(null as never), 401, 'Parameter error. The type of null is null');
    throwsKitError(() => json.stringify(own), 401, 'Parameter error. The object circular Reference');
    throwsKitError(
      () => json.stringify({}, 5 as never),
      401,
      'Parameter error. The type of 5 must be a method or array',
    );
    throwsKitError(() => json.stringify({}, [{}] as never), 401);
    throwsKitError(() => json.stringify({}, [], {} as never), 401, /must be a string or number$/);
    throwsKitError(
      () => json.stringify({ a: 1n }, (_key: string, value: object) => value),
      401,
      /, e\.name: TypeError$/,
    );
  });
});

describe('JSON.has and JSON.remove', () => {
  test('own keys', () => {
    const value = json.parse('{"a":1}') as object;
    assert.deepEqual([json.has(value, 'a'), json.has(value, 'toString')], [true, false]);
    json.remove(value, 'a');
    json.remove(value, 'b');
    assert.deepEqual(value, {});
  });

  test('what is refused', () => {
    for (const call of [json.has, json.remove]) {
      throwsKitError(() => call(5 as never, 'a'), 401, 'Parameter error. The type of 5 must be object');
      throwsKitError(() => call(null as never, 'a'), 401, 'Parameter error. The type of null must be object');
      throwsKitError(() => call([1], 'a'), 401, 'Parameter error. The type of 1 must be json object');
      throwsKitError(() => call({}, ''), 401, 'Parameter error. The type of  must be string and not empty');
    }
  });
});
