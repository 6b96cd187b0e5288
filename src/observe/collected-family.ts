// One family of metrics as a registry of prom-client holds it: an object that is asked for its values whenever the registry is
// read. The classes of prom-client count by themselves, and have no place for a histogram that somebody else has counted.

import type { ClientMetrics, ServerMetrics } from '../core/meter.ts';
import type { MetricFamily, MetricLabels, NumberSample, TimesSample } from './metric-family.ts';
import type { CompleteNaming } from './metric-options.ts';

/** One server of a registry. */
export interface CollectedSource {
  readonly naming: CompleteNaming;
  snapshot(): ServerMetrics | ClientMetrics;
}

/** A sample, as prom-client has them. */
interface Value {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it is not the name of the metric. */
  readonly metricName?: string;
}

export class CollectedFamily {
  readonly #family: MetricFamily;
  readonly #sources = new Set<CollectedSource>();
  /** The key in the registry, which keeps it when `name` changes. */
  readonly registeredName: string;
  /** A registry takes `_total` off the names of counters when it writes OpenMetrics, and puts it behind each sample. */
  name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  /** How `AggregatorRegistry` puts the workers of a cluster together. Quantiles cannot be added up. */
  readonly aggregator: 'average' | 'max' | 'sum';

  constructor(family: MetricFamily, name: string) {
    this.#family = family;
    this.registeredName = name;
    this.name = name;
    this.help = family.help;
    this.type = family.type;
    if (family.type === 'summary') this.aggregator = 'average';
    else this.aggregator = family.name === 'queued_highest_bytes' ? 'max' : 'sum';
  }

  static nameOf({ name, type }: MetricFamily, prefix: string): string {
    return type === 'counter' ? `${prefix}${name}_total` : prefix + name;
  }

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  add(source: CollectedSource): void {
    this.#sources.add(source);
  }

  remove(source: CollectedSource): void {
    this.#sources.delete(source);
  }

  /** Whether a source has the same labels with the same values. */
  hasLabels(labels: MetricLabels): boolean {
    const names = Object.keys(labels);
    return [...this.#sources].some(
      ({ naming }) =>
        Object.keys(naming.labels).length === names.length &&
        names.every((name) => naming.labels[name] === labels[name]),
    );
  }

  /** Called by the registry. */
  get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    try {
      const values = [...this.#sources].flatMap((source) => this.#values(source));
      return Promise.resolve({ name, help, type, aggregator, values });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Called by the registry. What a server has done stays. */
  reset(): void {}

  #values({ naming, snapshot }: CollectedSource): Value[] {
    const samples = this.#family.read(snapshot(), naming) ?? [];
    const isOfTimes = this.type === 'histogram' || this.type === 'summary';
    return isOfTimes
      ? (samples as readonly TimesSample[]).flatMap((sample) => this.#times(sample, naming.labels))
      : (samples as readonly NumberSample[]).map(({ labels, value }) => ({
          labels: { ...naming.labels, ...labels },
          value,
        }));
  }

  #times({ labels, count, sum, buckets, quantiles }: TimesSample, own: MetricLabels): Value[] {
    const { name } = this;
    const all = { ...own, ...labels };
    const parts: Value[] =
      this.type === 'histogram'
        ? buckets.map(([le, value]) => ({
            labels: { ...all, le: le === Infinity ? '+Inf' : le },
            value,
            metricName: `${name}_bucket`,
          }))
        : quantiles.map(([quantile, value]) => ({ labels: { ...all, quantile }, value }));
    return [
      ...parts,
      { labels: all, value: sum, metricName: `${name}_sum` },
      { labels: all, value: count, metricName: `${name}_count` },
    ];
  }
}
