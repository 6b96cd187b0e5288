// The public entry `harmony-websocket/prom-client`: metrics in a registry of prom-client, read when the registry is.

import { webSocketError } from '../core/errors.ts';
import { type Rows, readOptions, refuseArguments, type Schema } from '../core/option-check.ts';
import { check } from '../core/option-kinds.ts';
import { optionalPackage } from '../node/optional-package.ts';
import { CollectedFamily, type CollectedSource } from './collected-family.ts';
import { metricFamilies } from './metric-families.ts';
import type { MetricsSource } from './metric-family.ts';
import { completeNaming, type MetricNaming, namingRows } from './metric-options.ts';
import { checkSource } from './metrics-source.ts';

export type { ErrorCode, ErrorFamily } from '../core/errors.ts';
export type { HistogramMetrics } from '../core/histogram.ts';
export type {
  ClientMetrics,
  CountByName,
  EndpointMetrics,
  ServerMetrics,
  SlowConsumerMetrics,
} from '../core/meter.ts';
export type { TrafficMetrics } from '../core/traffic-counts.ts';
export type { MetricsSource } from './metric-family.ts';
export type { MetricNaming } from './metric-options.ts';

/** What is used of a registry of prom-client. */
export interface PromRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/** Options of {@link registerMetrics}. */
export interface PromClientOptions extends MetricNaming {
  /** Default: `register` of prom-client. */
  registry?: PromRegistry | undefined;
}

const schema: Schema<PromClientOptions> = {
  of: 'registerMetrics',
  example: "{ registry, prefix: 'chat_' }",
  rows: {
    ...namingRows,
    registry: check<PromRegistry>(
      'a registry of prom-client',
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        ['registerMetric', 'getSingleMetric', 'removeSingleMetric'].every(
          (name) => typeof Reflect.get(value, name) === 'function',
        ),
    ),
  } satisfies Rows<PromClientOptions>,
  elsewhere: {
    register: 'use registry',
    registers: 'use registry, and call registerMetrics() for each one',
    labelNames: 'use labels: { name: value }',
    defaultLabels: 'use labels, or registry.setDefaultLabels()',
  },
};

/**
 * Puts the metrics of a server into a registry of prom-client. They are read from `server.metrics()` whenever the registry is
 * read, all in one go, and cost nothing in between. docs/metrics.md lists their names.
 *
 * Several servers may share a registry and a prefix, if their `labels` differ.
 *
 * @param source   a server, or `{ metrics: clientMetrics }` for the clients of this process
 * @param options  `registry` (`register` of prom-client); `prefix` (`'websocket_'`), `labels`, `closeCodes`
 * @returns takes them out of the registry again
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if prom-client is not installed and no registry is given; ERR_WS_OPTION for a
 *         bad option, and where the registry has such metrics. Nothing has been registered then
 */
export function registerMetrics(source: MetricsSource, options?: PromClientOptions): () => void;
export function registerMetrics(source: MetricsSource, given?: PromClientOptions, ...rest: unknown[]): () => void {
  refuseArguments('registerMetrics', rest, 'the registry is an option');
  checkSource('registerMetrics', source);
  const options = readOptions(schema, given);
  const registry = options.registry ?? defaultRegistry();
  const naming = completeNaming(options);
  const collected: CollectedSource = { naming, snapshot: once(() => source.metrics()) };
  const families = metricFamilies.map((family) => {
    const name = CollectedFamily.nameOf(family, naming.prefix);
    const found = registry.getSingleMetric(name);
    if (found === undefined) return new CollectedFamily(family, name);
    if (!(found instanceof CollectedFamily)) {
      throw webSocketError(
        'ERR_WS_OPTION',
        'prefix',
        naming.prefix,
        `another prefix: the registry has ${name} already`,
      );
    }
    if (found.hasLabels(naming.labels)) {
      const expected = 'labels that no other server has in this registry, or another prefix';
      throw webSocketError('ERR_WS_OPTION', 'labels', naming.labels, expected);
    }
    return found;
  });
  for (const family of families) {
    family.add(collected);
    registry.registerMetric(family as never);
  }
  return () => {
    for (const family of families) {
      family.remove(collected);
      const isOurs = registry.getSingleMetric(family.registeredName) === family;
      if (family.isEmpty && isOurs) registry.removeSingleMetric(family.registeredName);
    }
  };
}

function defaultRegistry(): PromRegistry {
  return optionalPackage<{ register: PromRegistry }>('prom-client', 'harmony-websocket/prom-client').register;
}

/** Reads once for all families: a registry asks them one after the other, within one turn. */
function once<Value>(read: () => Value): () => Value {
  let value: { readonly read: Value } | undefined;
  return () => {
    if (value === undefined) {
      value = { read: read() };
      queueMicrotask(() => {
        value = undefined;
      });
    }
    return value.read;
  };
}
