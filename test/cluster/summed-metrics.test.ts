// The metrics of several servers as those of one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastingMetrics, summedMetrics } from '../../src/cluster/summed-metrics.ts';
import { Meter } from '../../src/core/meter.ts';

function metrics(lifetimes: readonly number[], open: number) {
  const meter = new Meter();
  for (let at = 0; at < lifetimes.length + open; at++) meter.opened();
  for (const lifetime of lifetimes) meter.closed(lifetime);
  meter.closeSent(1000);
  return meter.serverSnapshot({ used: 5, highest: 7 }, { topics: 1, subscriptions: open }, undefined);
}

test('numbers are added, those of histograms in each bucket', () => {
  const all = summedMetrics([metrics([50, 2_000], 3), metrics([], 1), metrics([500], 2)]);
  assert.ok(all !== undefined);
  const { connections, queued, topics, closeCodes } = all;
  assert.deepEqual([connections.open, connections.opened, connections.closed], [6, 9, 3]);
  assert.deepEqual([queued.bytes, queued.highest, topics.subscriptions, closeCodes.sent[1000]], [15, 21, 6, 3]);
  const { count, sum, min, max, mean, buckets } = connections.lifetime;
  assert.deepEqual([count, sum, min, max, mean], [3, 2_550, 50, 2_000, 850]);
  assert.deepEqual(buckets?.slice(0, 3), [
    [100, 1],
    [1_000, 2],
    [10_000, 3],
  ]);
  assert.equal(summedMetrics([]), undefined);
});

test('of a process that is gone, counters last, its connections are closed, and its queues are empty', () => {
  const { connections, queued, topics } = lastingMetrics(metrics([50], 3));
  assert.deepEqual([connections.open, connections.opened, connections.closed], [0, 4, 4]);
  assert.deepEqual([queued.bytes, queued.highest, topics.topics, topics.subscriptions], [0, 7, 0, 0]);
  assert.equal(connections.lifetime.count, 1);
});
