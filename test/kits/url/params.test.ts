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
      assert.equal(params.get('x'), undefined);
      assert.deepEqual(params.getAll('a'), ['1', '3']);
      assert.deepEqual([params.has('b'), params.has('x')], [true, false]);
      assert.deepEqual([...params.keys()], ['a', 'b', 'a']);
      assert.deepEqual([...params.values()], ['1', '2', '3']);
      assert.deepEqual([...params.entries()], [...params]);
    });

    test('what is percent-encoded in a query', () => {
      const params = new Params('=1&=2&%20=3&d=%2b&e=%20&f=%26&耄%#^$%=4');
      const values = ['', 'd', 'e', 'f', '耄%#^$%', '%20'].map((name) => params.get(name));
      assert.deepEqual(values, ['1', '+', ' ', '&', '4', undefined]);
      assert.deepEqual([params.has(''), params.has('%20'), params.has(' ')], [true, false, true]);
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

    test('forEach: `this` of the function is the parameters, if nothing else is given', () => {
      const params = new Params('a=1');
      for (const self of [undefined, null as never]) {
        params.forEach(function (this: unknown) {
          assert.equal(this, params);
        }, self);
      }
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

    test('what is percent-encoded', () => {
      const params = new Params('foo=1&bar=2');
      params.append('ma 大', 'jk￥');
      params.append('~!@#$%^&*()_+-=', '');
      params.append('\b\v😊', '\\');
      const [, ...added] = params.toString().split('&bar=2&');
      assert.deepEqual(added[0]!.split('&'), [
        'ma+%E5%A4%A7=jk%EF%BF%A5',
        '%7E%21%40%23%24%25%5E%26*%28%29_%2B-%3D=',
        '%08%0B%F0%9F%98%8A=%5C',
      ]);
    });

    test('what is refused', () => {
      const text = 'Parameter error. The type of 5 must be string';
      const params = new Params();
      throwsKitError(() => params.append(5 as never, 'a'), 401, text);
      throwsKitError(() => params.append('a', 5 as never), 401, text);
      throwsKitError(() => params.set('a', 5 as never), 401, text);
      throwsKitError(() => params.has(5 as never), 401, text);
      throwsKitError(() => new Params([['a']]), 401, 'Parameter error. The type of a must be string[][]');
      throwsKitError(() => new Params(5 as never), 401, text);
    });
  });
}

describe('what only url.URLParams refuses', () => {
  test('names that are not strings, and other callbacks', () => {
    const params = new url.URLParams('a=1');
    for (const call of ['delete', 'get', 'getAll'] as const) {
      throwsKitError(() => params[call](5 as never), 401, 'Parameter error. The type of 5 must be string');
    }
    throwsKitError(() => params.forEach(5 as never), 401, 'Parameter error. The type of 5 must be function');
  });
});
