// What an application says of the metrics that monitors get, and its checks.

import { webSocketError } from '../core/errors.ts';
import { type Check, isPlainObject, isRecord, type Rows, readOptions, type Schema } from '../core/option-check.ts';
import { check, integer, listOf, oneOf } from '../core/option-kinds.ts';
import { metricFamilies } from './metric-families.ts';
import type { FamilySettings, MetricLabels } from './metric-family.ts';

/** How metrics are named. */
export interface MetricNaming {
  /**
   * What each name begins with: letters, digits and `_`, not a digit first; or `''`. Another one for each server of a
   * process, or other `labels`. Default `'websocket_'`.
   */
  prefix?: string | undefined;
  /** Labels on each sample, for example `{ server: 'chat' }`. Default: none. */
  labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Close codes of your own (3000 to 4999, at most 100) that get a series each. Others count as `3xxx` and `4xxx`: peers
   * choose the codes that they send, and could fill a monitor with 2,000 series. Default: none.
   */
  closeCodes?: readonly number[] | undefined;
}

/** Options of `server.metricsText`. */
export interface MetricsTextOptions extends MetricNaming {
  /**
   * `'openmetrics'`: OpenMetrics 1.0, with units and an end. `'prometheus'`: the older text format of Prometheus (0.0.4).
   * Default `'openmetrics'`.
   */
  format?: 'openmetrics' | 'prometheus' | undefined;
}

/** A place where a server answers with its metrics. */
export interface MetricsEndpoint extends MetricNaming {
  /** The path, such as `'/metrics'`. */
  path: string;
}

/** Naming with its defaults. */
export interface CompleteNaming extends FamilySettings {
  readonly prefix: string;
  readonly labels: MetricLabels;
}

export function completeNaming({ prefix = 'websocket_', labels = {}, closeCodes = [] }: MetricNaming): CompleteNaming {
  return { prefix, labels, closeCodes: new Set(closeCodes) };
}

/** Names that the metrics use themselves, or that a format does. */
const ownLabels: ReadonlySet<string> = new Set(['le', 'quantile', ...metricFamilies.flatMap(({ labels }) => labels)]);

const labelsExpected =
  "an object of strings such as { server: 'chat' }, with names of letters, digits and _ (not a digit or __ first)";

const labelsCheck: Check<MetricLabels> = {
  expected: labelsExpected,
  read(value, path) {
    if (!isRecord(value) || !isPlainObject(value)) {
      throw webSocketError('ERR_WS_OPTION', path, value, labelsExpected);
    }
    const labels: Record<string, string> = {};
    for (const [name, label] of Object.entries(value)) {
      const whole = `${path}.${name}`;
      if (ownLabels.has(name)) {
        throw webSocketError('ERR_WS_OPTION', whole, label, 'another name: metrics use this one themselves');
      }
      if (!/^(?!__)[A-Za-z_]\w*$/.test(name)) throw webSocketError('ERR_WS_OPTION', whole, label, labelsExpected);
      if (typeof label !== 'string') throw webSocketError('ERR_WS_OPTION', whole, label, 'a string');
      labels[name] = label;
    }
    return labels;
  },
};

const closeCodesExpected = 'close codes from 3000 to 4999 in a list, at most 100';
const closeCodeList = listOf(integer(3000, 4999), closeCodesExpected);

export const closeCodesCheck: Check<readonly number[]> = {
  expected: closeCodesExpected,
  read(value, path, owner) {
    const codes = closeCodeList.read(value, path, owner);
    if (codes.length > 100) throw webSocketError('ERR_WS_OPTION', path, value, closeCodesExpected);
    return codes;
  },
};

export const namingRows: Rows<MetricNaming> = {
  prefix: check<string>(
    "the beginning of a metric's name, such as 'chat_': letters, digits and _, not a digit first",
    (value) => typeof value === 'string' && /^(?:[A-Za-z_]\w*)?$/.test(value),
  ),
  labels: labelsCheck,
  closeCodes: closeCodesCheck,
};

const namingElsewhere = {
  labelNames: 'use labels: { name: value }',
  defaultLabels: 'use labels',
  namespace: "use prefix, for example 'chat_'",
};

export const metricsTextSchema: Schema<MetricsTextOptions> = {
  of: 'metricsText',
  example: "{ format: 'prometheus', prefix: 'chat_' }",
  rows: { ...namingRows, format: oneOf(['openmetrics', 'prometheus']) },
  elsewhere: namingElsewhere,
};

export const metricNamingSchema: Schema<MetricNaming> = {
  of: 'metrics',
  example: "{ prefix: 'chat_', labels: { server: 'chat' } }",
  rows: namingRows,
  elsewhere: namingElsewhere,
};

/** @param path  the check of a path */
export function metricsEndpointCheck(path: Check<string>): Check<string | MetricsEndpoint> {
  const schema: Schema<MetricsEndpoint> = {
    of: 'metrics',
    example: "{ path: '/metrics', prefix: 'chat_' }",
    required: ['path'],
    rows: { ...namingRows, path },
    elsewhere: { ...namingElsewhere, url: 'use path' },
  };
  const expected = `a path that begins with /, such as '/metrics', or an object such as ${schema.example}`;
  return {
    expected,
    schema: schema as unknown as NonNullable<Check<unknown>['schema']>,
    read(value, name, owner) {
      if (typeof value === 'string') return path.read(value, name, owner);
      if (!isRecord(value)) throw webSocketError('ERR_WS_OPTION', name, value, expected);
      return readOptions(schema, value, name);
    },
  };
}
