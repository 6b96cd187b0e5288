// `collections` of `@kit.ArkTS`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collections } from '../../../src/kits/collections/index.ts';
import { lang } from '../../../src/kits/lang/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

describe('collections.Array', () => {
  test('one number is an element', () => {
    assert.deepEqual([...new collections.Array(3)], [3]);
    assert.deepEqual([...new collections.Array(1, 2)], [1, 2]);
    assert.equal(new collections.Array().length, 0);
  });

  test('a ConcatArray is read by index, joined and cut', () => {
    const array: collections.ConcatArray<number> = new collections.Array(1, 2, 3);
    assert.deepEqual([array.length, array[0], array.join('-'), array.slice(1).join()], [3, 1, '1-2-3', '2,3']);
  });

  test('what its methods make is such an array', () => {
    const array = new collections.Array(1, 2, 3);
    for (const made of [array.map((value) => value * 2), array.filter(() => true), array.slice(1), array.concat([4])]) {
      assert.ok(made instanceof collections.Array);
    }
    assert.deepEqual([...array.map((value) => value * 2)], [2, 4, 6]);
    assert.deepEqual([...array.filter((value) => value > 2)], [3]);
    assert.deepEqual([...array.splice(0, 2)], [1, 2]);
    assert.deepEqual([...collections.Array.from([5, 6])], [5, 6]);
    assert.deepEqual([...collections.Array.of(7, 8)], [7, 8]);
  });

  test('create, extendTo, shrinkTo', () => {
    const array = collections.Array.create(2, 'a');
    array.extendTo(4, 'b');
    array.extendTo(1, 'c');
    assert.deepEqual([...array], ['a', 'a', 'b', 'b']);
    array.shrinkTo(3);
    array.shrinkTo(9);
    assert.deepEqual([...array], ['a', 'a', 'b']);
    throwsKitError(() => collections.Array.create(-1, 'a'), 401, 'Parameter error. Invalid array length');
    throwsKitError(() => array.shrinkTo(1.5), 401);
  });
});

describe('other containers', () => {
  test('Map and Set', () => {
    const map = new collections.Map([['a', 1]]);
    assert.ok(map instanceof Map);
    assert.deepEqual([...map], [['a', 1]]);
    assert.deepEqual([...new collections.Set([1, 1, 2])], [1, 2]);
  });

  test('typed arrays and ArrayBuffer are those of the language', () => {
    assert.equal(collections.Uint8Array, Uint8Array);
    assert.equal(collections.ArrayBuffer, ArrayBuffer);
    for (const name of ['Float32Array', 'Float64Array', 'Int8Array', 'Int16Array', 'Int32Array'] as const) {
      assert.equal(new collections[name](2).length, 2);
    }
    for (const name of ['Uint8ClampedArray', 'Uint16Array', 'Uint32Array'] as const) {
      assert.equal(new collections[name](2).length, 2);
    }
  });

  test('lang has types only', () => {
    assert.deepEqual(lang, {});
  });
});
