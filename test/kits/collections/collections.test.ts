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

describe('errors', () => {
  test('a call without new', () => {
    for (const name of ['Array', 'Map', 'Set'] as const) {
      throwsKitError(
        () => (collections[name] as unknown as () => unknown)(),
        10200012,
        `The ArkTS ${name}'s constructor cannot be directly invoked.`,
      );
    }
  });

  test('a method of something else', () => {
    const { at, push, forEach } = new collections.Array<number>();
    throwsKitError(() => at.call([], 0), 10200011, 'The at method cannot be bound.');
    throwsKitError(() => push.call({} as never, 1), 10200011, 'The push method cannot be bound.');
    throwsKitError(() => forEach.call([], () => {}), 10200011, 'The forEach method cannot be bound.');
    const { get } = new collections.Map<string, number>();
    throwsKitError(() => get.call(new Map(), 'a'), 10200011, 'The get method cannot be bound.');
    const { has } = new collections.Set<string>();
    throwsKitError(() => has.call({} as never, 'a'), 10200011, 'The has method cannot be bound.');
  });

  test('a change by a function that the container is calling', () => {
    const text = 'Concurrent modification exception';
    const array = new collections.Array(1, 2, 3);
    throwsKitError(() => array.forEach(() => void array.push(4)), 10200201, text);
    throwsKitError(() => array.map(() => array.splice(0, 1)), 10200201, text);
    throwsKitError(() => array.filter(() => array.every(() => array.pop())), 10200201, text);
    throwsKitError(() => array.find((value) => array.shrinkTo(0) === undefined && value > 0), 10200201, text);
    throwsKitError(() => array.some((value) => array.extendTo(9, 0) === undefined && value > 0), 10200201, text);
    assert.deepEqual([...array], [1, 2, 3]);
    array.forEach((value) => void assert.ok(array.includes(value)));
    array.push(4);
    for (const value of array) if (value === 4) array.push(5);
    assert.deepEqual([...array], [1, 2, 3, 4, 5]);

    const map = new collections.Map([['a', 1]]);
    throwsKitError(() => map.forEach(() => void map.set('a', 2)), 10200201, text);
    throwsKitError(() => map.forEach(() => void map.delete('a')), 10200201, text);
    map.set('b', 2);
    const set = new collections.Set([1]);
    throwsKitError(() => set.forEach((value) => void set.add(value + 1)), 10200201, text);
    throwsKitError(() => set.forEach(() => void set.clear()), 10200201, text);
    assert.deepEqual([[...map.keys()], [...set]], [['a', 'b'], [1]]);
  });

  test('the names of methods', () => {
    assert.equal(collections.Array.prototype.push.name, 'push');
    assert.deepEqual(Object.keys(collections.Array.prototype), []);
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
