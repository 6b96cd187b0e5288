// Callbacks of messages, found by the place where their message ends.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SentCallback, SentCallbacks } from '../../../src/core/message/sent-callbacks.ts';

function named(names: string): { callbacks: SentCallbacks; told: (list: SentCallback[] | undefined) => string } {
  const callbacks = new SentCallbacks();
  const name = new Map<SentCallback, string>();
  for (const [index, letter] of Array.from(names).entries()) {
    const callback: SentCallback = () => letter;
    name.set(callback, letter);
    callbacks.add(callback, 10 * (index + 1));
  }
  return { callbacks, told: (list) => (list ?? []).map((callback) => name.get(callback)).join('') };
}

describe('callbacks', () => {
  test('of all messages', () => {
    const { callbacks, told } = named('abc');
    assert.equal(told(callbacks.takeAll()), 'abc');
    assert.equal(callbacks.takeAll(), undefined);
  });

  test('of those that end at a place or before', () => {
    const { callbacks, told } = named('abcd');
    assert.equal(callbacks.takeUntil(9), undefined);
    assert.equal(told(callbacks.takeUntil(20)), 'ab');
    assert.equal(told(callbacks.takeUntil(39)), 'c');
    assert.equal(told(callbacks.takeAll()), 'd');
  });

  test('of the one that ends there, while those before it stay', () => {
    const { callbacks, told } = named('abcde');
    assert.equal(told([callbacks.takeAt(20) as SentCallback]), 'b');
    assert.equal(callbacks.takeAt(25), undefined);
    assert.equal(told([callbacks.takeAt(50) as SentCallback]), 'e');
    assert.equal(callbacks.takeAt(60), undefined);
    assert.equal(told(callbacks.takeUntil(10)), 'acd');
    const other = named('abc');
    assert.equal(other.told([other.callbacks.takeAt(20) as SentCallback]), 'b');
    assert.equal(other.told(other.callbacks.takeAll()), 'ac');
  });

  test('of very many', () => {
    const count = 3000;
    const callbacks = new SentCallbacks();
    const all = Array.from({ length: count }, (): SentCallback => () => {});
    for (const [index, callback] of all.entries()) callbacks.add(callback, index + 1);
    for (let end = 1; end <= count; end++) assert.deepEqual(callbacks.takeUntil(end), [all[end - 1]]);
    assert.equal(callbacks.takeAll(), undefined);
  });
});
