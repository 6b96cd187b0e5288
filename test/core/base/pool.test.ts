import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../../src/core/pool.ts';
import { noContexts } from '../../../src/core/ports.ts';

test('a pool lends what was given back last, and makes one where it has none', () => {
  let made = 0;
  const pool = new Pool(2, () => ++made);
  const items = [pool.take(), pool.take(), pool.take()];
  assert.deepEqual(items, [1, 2, 3]);
  for (const item of items) pool.giveBack(item);
  // It keeps two.
  assert.deepEqual([pool.take(), pool.take(), pool.take()], [2, 1, 4]);
});

test('a host without contexts runs a task as it is', () => {
  assert.deepEqual([noContexts.capture(), noContexts.current()], [undefined, undefined]);
  let runs = 0;
  noContexts.run({}, () => void runs++);
  assert.equal(runs, 1);
  assert.throws(() => noContexts.run(undefined, () => assert.fail('passes')), /passes/);
});
