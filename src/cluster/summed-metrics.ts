// The metrics of several servers as those of one: numbers are added. Histograms have the same
// bounds everywhere, so their buckets are added, too.

import type { HistogramMetrics } from '../core/histogram.ts';
import type { ServerMetrics } from '../core/meter.ts';

type Values = Readonly<Record<string, unknown>>;

/** Numbers of things as of now: they end with their process. By their paths. */
const PRESENT = new Set([
  'connections.open',
  'queued.bytes',
  'topics.topics',
  'topics.subscriptions',
  'sessions.attached',
  'sessions.detached',
  'sessions.heldBytes',
]);

/**
 * Adds metrics up. `queued.highest` becomes an upper bound. Quantiles of event loops cannot be added: the worst one of each
 * is shown.
 *
 * @returns `undefined` for an empty list
 */
export function summedMetrics(list: readonly ServerMetrics[]): ServerMetrics | undefined {
  if (list.length === 0) return undefined;
  return list.reduce((sum, one) => add(sum, one) as ServerMetrics);
}

/** What is left of the metrics of a process that is gone: counters must never go back. */
export function lastingMetrics(metrics: ServerMetrics): ServerMetrics {
  const { open } = metrics.connections;
  const lasting = without(metrics as unknown as Values, '') as unknown as ServerMetrics;
  // Its connections are closed, though nobody has counted them.
  const connections = { ...lasting.connections, closed: lasting.connections.closed + open };
  return { ...lasting, connections, eventLoopDelay: undefined };
}

function add(one: unknown, other: unknown): unknown {
  if (one === undefined) return other;
  if (other === undefined) return one;
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (!isObject(one) || !isObject(other)) return one === other ? one : other;
  if (isHistogram(one) && isHistogram(other)) return addHistograms(one, other);
  const sum: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    sum[name] = add(one[name], other[name]);
  }
  return sum;
}

function addHistograms(one: HistogramMetrics, other: HistogramMetrics): HistogramMetrics {
  if (one.count === 0) return other;
  if (other.count === 0) return one;
  const count = one.count + other.count;
  const sum = one.sum + other.sum;
  const all = {
    count,
    sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    mean: sum / count,
  };
  const { buckets, quantiles } = one;
  if (buckets !== undefined && other.buckets !== undefined) {
    return { ...all, buckets: buckets.map(([bound, number], at) => [bound, number + (other.buckets?.[at]?.[1] ?? 0)]) };
  }
  if (quantiles === undefined || other.quantiles === undefined) return all;
  return {
    ...all,
    quantiles: quantiles.map(([part, value], at) => [part, Math.max(value, other.quantiles?.[at]?.[1] ?? 0)]),
  };
}

function without(metrics: Values, path: string): Values {
  const lasting: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(metrics)) {
    const whole = path === '' ? name : `${path}.${name}`;
    if (PRESENT.has(whole)) lasting[name] = 0;
    else lasting[name] = isObject(value) && !isHistogram(value) ? without(value, whole) : value;
  }
  return lasting;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHistogram(value: Values): value is Values & HistogramMetrics {
  return typeof value.count === 'number' && typeof value.sum === 'number' && typeof value.mean === 'number';
}
