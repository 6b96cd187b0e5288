// `util.LRUCache` and `util.LruBuffer`: which entry goes, the counts, and the calls of the methods that subclasses override.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { util } from '../../../src/kits/util/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

for (const name of ['LRUCache', 'LruBuffer'] as const) {
  // Both have the same members.
  const Cache = util[name] as typeof util.LRUCache;

  describe(`util.${name}`, () => {
    test('the least recently used entry goes', () => {
      const cache = new Cache<string, number>(2);
      assert.equal(cache.put('a', 1), 1);
      cache.put('b', 2);
      assert.equal(cache.get('a'), 1);
      cache.put('c', 3);
      assert.deepEqual(cache.keys(), ['a', 'c']);
      assert.deepEqual(cache.values(), [1, 3]);
      assert.deepEqual(
        [...cache],
        [
          ['a', 1],
          ['c', 3],
        ],
      );
      assert.deepEqual([...cache.entries()], [...cache]);
      assert.equal(cache.length, 2);
      assert.equal(cache.contains('b'), false);
      assert.equal(cache.contains('a'), true);
      assert.deepEqual(cache.keys(), ['c', 'a']);
    });

    test('the counts', () => {
      const cache = new Cache<string, number>(1);
      cache.put('a', 1);
      cache.put('b', 2);
      cache.get('b');
      cache.get('x');
      cache.contains('y');
      assert.equal(cache.getPutCount(), 2);
      assert.equal(cache.getRemovalCount(), 1);
      assert.equal(cache.getMatchCount(), 1);
      assert.equal(cache.getMissCount(), 2);
      assert.equal(cache.getCreateCount(), 0);
      const title = name === 'LRUCache' ? 'LRUCache' : 'Lrubuffer';
      assert.equal(new Cache(5).toString(), `${title}[ maxSize = 5, hits = 0, misses = 0, hitRate = 0% ]`);
    });

    test('remove and clear', () => {
      const cache = new Cache<string, number>();
      cache.put('a', 1);
      cache.put('b', 2);
      assert.equal(cache.remove('a'), 1);
      assert.equal(cache.remove('a'), undefined);
      assert.equal(cache.length, 1);
      assert.equal(cache.isEmpty(), false);
      cache.clear();
      assert.equal(cache.isEmpty(), true);
      assert.equal(cache.length, 0);
    });

    test('capacity', () => {
      const cache = new Cache<number, number>();
      assert.equal(cache.getCapacity(), 64);
      for (const number of [1, 2, 3]) cache.put(number, number);
      cache.updateCapacity(2);
      assert.equal(cache.getCapacity(), 2);
      assert.deepEqual(cache.keys(), [2, 3]);
      assert.equal(cache.getRemovalCount(), 1);
    });

    test('createDefault makes a missing value', () => {
      class Squares extends Cache<number, number> {
        override createDefault(key: number): number {
          return key * key;
        }
      }
      const cache = new Squares(3);
      assert.equal(cache.get(4), 16);
      assert.deepEqual(cache.entries().next().value, [4, 16]);
      assert.deepEqual([cache.getCreateCount(), cache.getMissCount(), cache.getPutCount()], [1, 1, 2]);
    });

    test('afterRemoval tells what goes', () => {
      const removed: unknown[][] = [];
      class Watched extends Cache<string, number> {
        override afterRemoval(isEvict: boolean, key: string, value: number, newValue: number): void {
          removed.push([isEvict, key, value, newValue]);
        }
      }
      const cache = new Watched(1);
      cache.put('a', 1);
      cache.put('a', 2);
      cache.put('b', 3);
      cache.remove('b');
      assert.deepEqual(removed, [
        [false, 'a', 1, 2],
        [true, 'a', 2, null],
        [false, 'b', 3, null],
      ]);
    });
  });
}

describe('what util.LRUCache refuses', () => {
  test('capacities', () => {
    throwsKitError(() => new util.LRUCache(0), 401, 'Parameter error. The type of 0 must be small integer');
    throwsKitError(() => new util.LRUCache(1.5), 401);
    throwsKitError(() => new util.LRUCache(2 ** 31), 401);
    throwsKitError(
      () => new util.LRUCache().updateCapacity(-1),
      401,
      'Parameter error. The type of -1 must be small integer',
    );
    throwsKitError(
      () => new util.LRUCache().updateCapacity('1' as never),
      401,
      'Parameter error. The type of 1 must be number',
    );
  });

  test('keys and values that are not there', () => {
    const cache = new util.LRUCache<unknown, unknown>();
    const text = (value: unknown): string => `Parameter error. The type of ${value} must be Object`;
    throwsKitError(() => cache.get(undefined), 401, text(undefined));
    throwsKitError(() => cache.get(null), 401, text(null));
    throwsKitError(() => cache.remove(null), 401, text(null));
    throwsKitError(() => cache.contains(undefined), 401, text(undefined));
    throwsKitError(() => cache.put(undefined, 1), 401, text(undefined));
    throwsKitError(() => cache.put(1, undefined), 401, text(undefined));
    throwsKitError(() => cache.put(null, 1), 401, 'Parameter error. The type of key and value must be Object');
    throwsKitError(() => cache.createDefault(undefined), 401, text(undefined));
  });
});

describe('what util.LruBuffer refuses', () => {
  test('with errors that have no code', () => {
    assert.equal(new util.LruBuffer<unknown, unknown>().get(undefined), undefined);
    assert.throws(() => new util.LruBuffer(0), { name: 'Error', message: 'data error' });
    assert.throws(() => new util.LruBuffer<unknown, unknown>().get(null), { message: 'key not be null' });
    assert.throws(() => new util.LruBuffer<unknown, unknown>().put(1, null), { message: 'key or value not be null' });
  });
});
