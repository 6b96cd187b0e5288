// Whether what must be reached is reached, from the samples of a run.

import type { Outcome, Sample } from './harness/contender.ts';
import { labelOf } from './harness/peers.ts';
import { median } from './statistics.ts';
import type { Metric, Target, Workload } from './workload.ts';

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

/** What a row is about, the first of which stands for the row where one figure must do. */
export function principalMetrics(kind: Workload['kind']): readonly [Metric, ...Metric[]] {
  switch (kind) {
    case 'idle':
      return ['warm', 'kib'];
    case 'crowd':
      return ['kib', 'ping', 'cpu'];
    case 'idle client':
      return ['kib', 'cpu'];
    case 'start':
      return ['start'];
    case 'paced':
      return ['p99', 'cpu'];
    default:
      return ['cpu'];
  }
}

/** Of these the greatest of all rounds is told. */
const MAXIMA: ReadonlySet<Metric> = new Set(['growth', 'peak', 'timers', 'delay', 'idleDelay']);

/** @returns `undefined` when there is no such figure */
export function figureOf(outcome: Outcome | undefined, metric: Metric): number | undefined {
  const values = valuesOf(outcome, metric);
  if (values.length === 0) return undefined;
  return MAXIMA.has(metric) ? Math.max(...values) : median(values);
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
  if (target.netOf !== undefined) {
    const nothing = figureOf(outcomes[target.netOf], metric);
    value = difference(value, nothing);
    base = difference(base, nothing);
  }
  if (target.relativeTo !== undefined) {
    const first = others.get(target.relativeTo);
    value = ratio(value, figureOf(first?.[of], metric));
    base = ratio(base, figureOf(first?.[against ?? of], metric));
  }
  if (against !== undefined) {
    // Of two costs, the one that is gone into messages is the other way round.
    if (target.isDifference === true) value = difference(value, base);
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

function difference(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

function measureOfThroughput(ours: Outcome | undefined, theirs: Outcome | undefined): Metric {
  const isLimited = [ours, theirs].every((outcome) => (figureOf(outcome, 'busy') ?? 1) >= BUSY);
  return isLimited ? 'rate' : 'cpu';
}

/** As tables and targets have them. */
export const NAMES: Readonly<Record<Metric, string>> = {
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
  warm: 'KiB per warm connection',
  young: "KiB of V8's young generation per warm connection",
  lasting: "KiB per warm connection without V8's young generation",
  start: 'CPU of a start',
  rss: 'RSS of a start',
  late: 'lateness of the load',
  ping: 'CPU per ping',
  pings: 'pings per connection',
  delay: 'longest event-loop delay',
  idleDelay: 'longest event-loop delay without messages',
};

function describe(
  { metric, of = 'harmony', against, isDifference, netOf, relativeTo, atLeast, atMost }: Target,
  by: Metric,
): string {
  const what = metric === 'throughput' && by === 'cpu' ? 'messages per second of CPU' : NAMES[by];
  const who = of === 'harmony' ? '' : ` of ${labelOf(of)}`;
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const other =
    against === undefined ? '' : isDifference === true ? ` beyond ${labelOf(against)}` : ` × ${labelOf(against)}`;
  const growth = relativeTo === undefined ? '' : `, each in relation to ${relativeTo.replace(/^P\d+ /, '')}`;
  const net = netOf === undefined ? '' : ', each without that of a bare start';
  return `${what}${who} ${bound}${other}${growth}${net}`;
}
