// `collections.BitVector`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArkTSUtils } from '../../../src/kits/arkts-utils/index.ts';
import { collections } from '../../../src/kits/collections/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

function vectorOf(...bits: number[]): collections.BitVector {
  const vector = new collections.BitVector(0);
  for (const bit of bits) vector.push(bit);
  return vector;
}

describe('collections.BitVector', () => {
  test('bits that are 0 at first', () => {
    const vector = new collections.BitVector(3);
    assert.equal(vector.length, 3);
    assert.deepEqual([...vector], [0, 0, 0]);
    assert.deepEqual([...vector.values()], [0, 0, 0]);
    assert.ok(ArkTSUtils.isSendable(vector));
  });

  test('push and pop', () => {
    const vector = new collections.BitVector(1);
    assert.deepEqual([vector.push(1), vector.push(0), vector.push(7)], [true, true, true]);
    assert.deepEqual([vector.pop(), vector.pop(), vector.pop(), vector.pop()], [1, 0, 1, 0]);
    assert.deepEqual([vector.pop(), vector.length], [undefined, 0]);
  });

  test('by index', () => {
    const vector = vectorOf(0, 1);
    vector[0] = 1;
    assert.deepEqual([vector[0], vector[1]], [1, 1]);
    throwsKitError(() => vector[2], 10200001);
  });

  test('looking for bits in a range', () => {
    const vector = vectorOf(0, 0, 0, 1, 1, 1);
    const found = [vector.has(1, 3, 6), vector.has(1, 0, 2), vector.has(0, 3, 5), vector.has(0, 0, 3)];
    assert.deepEqual(found, [true, false, false, true]);
    assert.deepEqual([vector.getBitCountByRange(0, 0, 5), vector.getBitCountByRange(1, 0, 5)], [3, 2]);
    assert.deepEqual([vector.getIndexOf(1, 1, 6), vector.getIndexOf(1, 0, 3)], [3, -1]);
    assert.deepEqual([vector.getLastIndexOf(0, 1, 6), vector.getLastIndexOf(0, 3, 6)], [2, -1]);
  });

  test('changing bits', () => {
    const vector = vectorOf(0, 1, 1, 1, 0);
    vector.setBitsByRange(0, 1, 3);
    assert.deepEqual([...vector], [0, 0, 0, 1, 0]);
    vector.flipBitByIndex(0);
    vector.flipBitsByRange(1, 4);
    assert.deepEqual([...vector], [1, 1, 1, 0, 0]);
    vector.setAllBits(5);
    assert.deepEqual([...vector], [1, 1, 1, 1, 1]);
    assert.equal(vector.length, 5);
  });

  test('a part of it', () => {
    const part = vectorOf(0, 1, 0, 1).getBitsByRange(1, 3);
    assert.ok(part instanceof collections.BitVector);
    assert.deepEqual([...part], [1, 0]);
  });

  test('resize', () => {
    const vector = vectorOf(1, 1, 1);
    vector.resize(5);
    assert.deepEqual([...vector], [1, 1, 1, 0, 0]);
    vector.resize(2);
    assert.deepEqual([...vector], [1, 1]);
  });

  test('what is refused', () => {
    const vector = new collections.BitVector(8);
    const range = (name: string, most: number, value: number): string =>
      `The value of "${name}" is out of range. It must be >= 0 && <= ${most}. Received value is: ${value}`;
    const calls = [
      (from: number, to: number) => vector.has(0, from, to),
      (from: number, to: number) => vector.setBitsByRange(0, from, to),
      (from: number, to: number) => vector.getBitsByRange(from, to),
      (from: number, to: number) => vector.getBitCountByRange(0, from, to),
      (from: number, to: number) => vector.getIndexOf(0, from, to),
      (from: number, to: number) => vector.getLastIndexOf(0, from, to),
      (from: number, to: number) => vector.flipBitsByRange(from, to),
    ];
    for (const call of calls) {
      throwsKitError(() => call(8, -3), 10200001, range('toIndex', 8, -3));
      throwsKitError(() => call(-3, -3), 10200001, range('toIndex', 8, -3));
      throwsKitError(() => call(0, 9), 10200001, range('toIndex', 8, 9));
      throwsKitError(() => call(-3, 8), 10200001, range('fromIndex', 7, -3));
      throwsKitError(() => call(0.1, 6.1), 401, 'The type of "fromIndex" must be integer. Received value is: 0.1');
    }
    throwsKitError(() => vector.flipBitByIndex(8), 10200001, range('index', 7, 8));
    const below = 'The value of "length" is out of range. It must be >= 0. Received value is: -4';
    throwsKitError(() => vector.resize(-4), 10200001, below);
    throwsKitError(() => new collections.BitVector(-4), 10200001, below);
    throwsKitError(() => vector.resize(6.1), 401, 'The type of "size" must be integer. Received value is: 6.1');
    throwsKitError(() => vector.push.call({} as never, 1), 10200011, 'The push method cannot be bound');
  });
});
