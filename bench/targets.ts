// Whether what must be reached is reached, from the samples of a run.

import type { Outcome, Sample } from './harness/contender.ts';
import { labelOf } from './harness/peers.ts';
import { median } from './statistics.ts';
import type { Metric, Target, Workload } from './workloads.ts';

/** What came of each contender, by name. */
export type Outcomes = Readonly<Record<string, Outcome>>;

export interface Verdict {
  /** E.g. `messages/s ≥ 10 × ws`. */
  readonly text: string;
  /** The ratio, or the figure itself. Absent: it could not be measured. */
  readonly value?: number;
  readonly isReached?: boolean;
  readonly isStretch?: boolean;
}

/** A core is the limit of what a child does from here on. */
const BUSY = 0.9;

/** What a row is about, where one figure must do. */
export function principalMetric(kind: Workload['kind']): 'cpu' | 'kib' {
  return kind === 'idle' ? 'kib' : 'cpu';
}

/** @returns `undefined` when there is no such figure */
export function figureOf(outcome: Outcome | undefined, metric: Metric): number | undefined {
  const values = valuesOf(outcome, metric);
  if (values.length === 0) return undefined;
  return metric === 'growth' || metric === 'peak' || metric === 'timers' ? Math.max(...values) : median(values);
}

export function valuesOf(outcome: Outcome | undefined, metric: Metric): number[] {
  if (outcome === undefined || 'failure' in outcome) return [];
  return outcome.samples.map((sample: Sample) => sample[metric]).filter((value) => value !== undefined);
}

/** @param others  outcomes of other workloads of the same run, by id */
export function judge(target: Target, outcomes: Outcomes, others: ReadonlyMap<string, Outcomes>): Verdict {
  const { of = 'harmony', against, atLeast, atMost, isStretch } = target;
  const ours = outcomes[of];
  const theirs = against === undefined ? undefined : outcomes[against];
  const metric = target.metric === 'throughput' ? measureOfThroughput(ours, theirs) : target.metric;
  const text = describe(target, metric);
  let value = figureOf(ours, metric);
  let base = figureOf(theirs, metric);
  if (target.relativeTo !== undefined) {
    const first = others.get(target.relativeTo);
    value = ratio(value, figureOf(first?.[of], metric));
    base = ratio(base, figureOf(first?.[against ?? of], metric));
  }
  if (against !== undefined) {
    // Of two costs, the one that is gone into messages is the other way round.
    if (target.isDifference === true) value = value === undefined || base === undefined ? undefined : value - base;
    else value = target.metric === 'throughput' && metric === 'cpu' ? ratio(base, value) : ratio(value, base);
  }
  const stretch = isStretch === true ? { isStretch } : {};
  if (value === undefined) return { text, ...stretch };
  const isReached = value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
  return { text, value, isReached, ...stretch };
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || b === 0 ? undefined : a / b;
}

function measureOfThroughput(ours: Outcome | undefined, theirs: Outcome | undefined): Metric {
  const isLimited = [ours, theirs].every((outcome) => (figureOf(outcome, 'busy') ?? 1) >= BUSY);
  return isLimited ? 'rate' : 'cpu';
}

const NAMES: Record<Metric, string> = {
  rate: 'messages/s',
  mbps: 'MB/s',
  cpu: 'CPU per message',
  busy: 'core busy',
  p50: 'p50',
  p99: 'p99',
  p999: 'p99.9',
  peak: 'peak RSS',
  kib: 'KiB per connection',
  timers: 'timers for all connections',
  growth: 'growth of RSS, MiB',
};

function describe(
  { metric, of = 'harmony', against, isDifference, relativeTo, atLeast, atMost }: Target,
  by: Metric,
): string {
  const what = metric === 'throughput' && by === 'cpu' ? 'messages per second of CPU' : NAMES[by];
  const who = of === 'harmony' ? '' : ` of ${labelOf(of)}`;
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const other =
    against === undefined ? '' : isDifference === true ? ` beyond ${labelOf(against)}` : ` × ${labelOf(against)}`;
  const growth = relativeTo === undefined ? '' : `, each in relation to ${relativeTo.replace(/^P\d+ /, '')}`;
  return `${what}${who} ${bound}${other}${growth}`;
}
