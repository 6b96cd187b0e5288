import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../../src/core/histogram.ts';

test('a histogram without values is all zeros', () => {
  assert.deepEqual(new Histogram([1, 10]).snapshot(), {
    count: 0,
    sum: 0,
    min: 0,
    max: 0,
    mean: 0,
    buckets: [
      [1, 0],
      [10, 0],
      [Infinity, 0],
    ],
  });
});

test('a value counts in every bucket whose bound it does not exceed', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0.5, 1, 1.5, 10, 1000]) histogram.record(value);
  assert.deepEqual(histogram.snapshot(), {
    count: 5,
    sum: 1013,
    min: 0.5,
    max: 1000,
    mean: 1013 / 5,
    buckets: [
      [1, 2],
      [10, 4],
      [Infinity, 5],
    ],
  });
});

test('a time below 0 counts as 0', () => {
  const histogram = new Histogram([1]);
  histogram.record(-5);
  const { count, sum, min, max } = histogram.snapshot();
  assert.deepEqual([count, sum, min, max], [1, 0, 0, 0]);
});
