// What a family of metrics is: its name, kind, unit and help, and how its samples are read from the numbers of a server.

import type { HistogramMetrics } from '../core/histogram.ts';
import type { ClientMetrics, EndpointMetrics, ServerMetrics } from '../core/meter.ts';

/** What has metrics: a server, or `{ metrics: clientMetrics }` for the clients of this process. */
export interface MetricsSource {
  metrics(): ServerMetrics | ClientMetrics;
}

export type MetricLabels = Readonly<Record<string, string>>;

/** One number of a family. */
export interface NumberSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** A distribution of times. */
export interface TimesSample {
  readonly labels: MetricLabels;
  readonly count: number;
  /** Seconds. */
  readonly sum: number;
  /** Upper bounds in seconds with cumulative counts; the last bound is `Infinity`. Of a histogram. */
  readonly buckets: readonly (readonly [number, number])[];
  /** Parts (0 to 1) with seconds. Of a summary. */
  readonly quantiles: readonly (readonly [number, number])[];
}

interface FamilyOf<Type extends string, Sample> {
  /** Without prefix, and without the `_total` of a counter. */
  readonly name: string;
  readonly type: Type;
  /** Absent: things. */
  readonly unit?: 'bytes' | 'seconds';
  readonly help: string;
  readonly labels: readonly string[];
  /** @returns `undefined` where the source does not have it */
  read(metrics: Partial<ServerMetrics> & EndpointMetrics, settings: FamilySettings): readonly Sample[] | undefined;
}

export type NumberFamily = FamilyOf<'counter' | 'gauge', NumberSample>;
export type TimesFamily = FamilyOf<'histogram' | 'summary', TimesSample>;
export type MetricFamily = NumberFamily | TimesFamily;

export interface FamilySettings {
  /** Close codes from 3000 on that are shown as they are. */
  readonly closeCodes: ReadonlySet<number>;
}

/** The one sample of a family without labels. @returns `undefined` where the source does not have it */
export function single(value: number | undefined): readonly NumberSample[] | undefined {
  return value === undefined ? undefined : [{ labels: {}, value }];
}

/** A sample for each name, in the order of the names. */
export function byName(counts: Readonly<Record<string, number | undefined>>, label: string): readonly NumberSample[] {
  return Object.entries(counts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ labels: { [label]: name }, value: value ?? 0 }));
}

/** The sample of a distribution. @returns `undefined` where the source does not have it */
export function times(histogram: HistogramMetrics | undefined): readonly TimesSample[] | undefined {
  if (histogram === undefined) return undefined;
  const { count, sum, buckets = [[Infinity, count]], quantiles = [] } = histogram;
  return [
    {
      labels: {},
      count,
      sum: sum / 1000,
      buckets: buckets.map(([bound, number]) => [bound / 1000, number] as const),
      quantiles: quantiles.map(([part, value]) => [part, value / 1000] as const),
    },
  ];
}
