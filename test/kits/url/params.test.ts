// `url.URLParams` and `url.URLSearchParams`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { url } from '../../../src/kits/url/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

for (const name of ['URLParams', 'URLSearchParams'] as const) {
  describe(`url.${name}`, () => {
    // Both have the same members.
    const Params = url[name] as unknown as typeof url.URLParams;

    test('made of each kind of value', () => {
      const pairs = [
        ['a', '1'],
        ['b', '2'],
      ];
      for (const init of [pairs, { a: '1', b: '2' }, 'a=1&b=2', '?a=1&b=2', new Params('a=1&b=2')]) {
        assert.deepEqual([...new Params(init as string)], pairs);
      }
      assert.equal(new Params().toString(), '');
      assert.equal(new Params(null as never).toString(), '');
    });

    test('reading', () => {
      const params = new Params('a=1&b=2&a=3');
      assert.equal(params.get('a'), '1');
      assert.equal(params.get('x'), null);
      assert.deepEqual(params.getAll('a'), ['1', '3']);
      assert.deepEqual([params.has('b'), params.has('x')], [true, false]);
      assert.deepEqual([...params.keys()], ['a', 'b', 'a']);
      assert.deepEqual([...params.values()], ['1', '2', '3']);
      assert.deepEqual([...params.entries()], [...params]);
    });

    test('forEach', () => {
      const params = new Params('a=1&b=2');
      const seen: unknown[] = [];
      const self = {};
      params.forEach(function (this: unknown, value, key, all) {
        seen.push(value, key, all === params, this === self);
      }, self);
      assert.deepEqual(seen, ['1', 'a', true, true, '2', 'b', true, true]);
    });

    test('changing', () => {
      const params = new Params('c=1&a=2&c=3');
      params.append('b', 'x y&');
      params.set('c', '4');
      assert.equal(params.toString(), 'c=4&a=2&b=x+y%26');
      params.sort();
      assert.equal(params.toString(), 'a=2&b=x+y%26&c=4');
      params.delete('b');
      assert.equal(params.toString(), 'a=2&c=4');
    });

    test('what is refused', () => {
      const text = 'Parameter error.The type of 5 must be string';
      const params = new Params();
      throwsKitError(() => params.append(5 as never, 'a'), 401, text);
      throwsKitError(() => params.append('a', 5 as never), 401, text);
      throwsKitError(() => params.set('a', 5 as never), 401, text);
      throwsKitError(() => params.has(5 as never), 401, text);
      throwsKitError(() => new Params([['a']]), 401, 'Parameter error.The type of a must be string[][]');
      throwsKitError(() => new Params(5 as never), 401, text);
    });
  });
}

describe('what only url.URLParams refuses', () => {
  test('names that are not strings, and other callbacks', () => {
    const params = new url.URLParams('a=1');
    for (const call of ['delete', 'get', 'getAll'] as const) {
      throwsKitError(() => params[call](5 as never), 401, 'Parameter error.The type of 5 must be string');
    }
    throwsKitError(() => params.forEach(5 as never), 401, 'Parameter error.The type of 5 must be function');
  });
});
