// `ArkTSUtils.SendableLruCache`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArkTSUtils } from '../../../src/kits/arkts-utils/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

describe('ArkTSUtils.SendableLruCache', () => {
  test('the least recently used is dropped', () => {
    const cache = new ArkTSUtils.SendableLruCache<string, number>(2);
    assert.deepEqual([cache.put('a', 1), cache.put('b', 2), cache.get('a'), cache.put('c', 3)], [1, 2, 1, 3]);
    assert.deepEqual(cache.keys(), ['a', 'c']);
    assert.deepEqual(cache.values(), [1, 3]);
    assert.deepEqual([...cache.entries()], [...cache]);
    assert.deepEqual([cache.contains('b'), cache.contains('c'), cache.length], [false, true, 2]);
  });

  test('its counts', () => {
    const cache = new ArkTSUtils.SendableLruCache<string, number>();
    assert.deepEqual([cache.getCapacity(), cache.isEmpty()], [64, true]);
    cache.put('a', 1);
    cache.put('b', 2);
    cache.get('a');
    cache.get('x');
    cache.updateCapacity(1);
    assert.deepEqual(
      [
        cache.getPutCount(),
        cache.getMatchCount(),
        cache.getMissCount(),
        cache.getRemoveCount(),
        cache.getCreateCount(),
      ],
      [2, 1, 1, 1, 0],
    );
    assert.equal(cache.toString(), 'SendableLruCache[ maxSize = 1, hits = 1, misses = 1, hitRate = 50% ]');
  });

  test('remove and clear', () => {
    const cache = new ArkTSUtils.SendableLruCache<string, number>();
    cache.put('a', 1);
    cache.put('b', 2);
    assert.deepEqual([cache.remove('a'), cache.remove('a'), cache.length], [1, undefined, 1]);
    cache.clear();
    assert.deepEqual([cache.isEmpty(), cache.length], [true, 0]);
  });

  test('it can be passed to another thread, as far as isSendable says', () => {
    assert.ok(ArkTSUtils.isSendable(new ArkTSUtils.SendableLruCache()));
  });

  test('what is refused', () => {
    const small = 'Parameter error. The type of 0 must be small integer';
    throwsKitError(() => new ArkTSUtils.SendableLruCache(0), 401, small);
    const cache = new ArkTSUtils.SendableLruCache<string, number>();
    throwsKitError(() => cache.updateCapacity(0), 401, small);
    throwsKitError(() => cache.updateCapacity('1' as never), 401, 'Parameter error. The type of 1 must be number');
    throwsKitError(() => cache.get(null as never), 401, 'Parameter error. The type of null must be Object');
    throwsKitError(() => cache.put('a', undefined as never), 401);
    throwsKitError(() => cache.contains(undefined as never), 401);
  });
});
