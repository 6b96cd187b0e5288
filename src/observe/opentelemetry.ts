// The public entry `harmony-websocket/opentelemetry`: metrics and spans for OpenTelemetry.

import type { Attributes, Meter, Tracer } from '@opentelemetry/api';
import { webSocketError } from '../core/errors.ts';
import type { Observer } from '../core/observer.ts';
import {
  type Check,
  isPlainObject,
  isRecord,
  type Rows,
  readOptions,
  refuseArguments,
  type Schema,
} from '../core/option-check.ts';
import { check, trueOrFalse } from '../core/option-kinds.ts';
import { optionalPackage } from '../node/optional-package.ts';
import type { MetricsSource } from './metric-family.ts';
import { closeCodesCheck, completeNaming } from './metric-options.ts';
import { checkSource } from './metrics-source.ts';
import { type ObservedSource, observeMetrics } from './otel-metrics.ts';
import { type OpenTelemetry, spansObserver, type TracedConnection } from './otel-spans.ts';

export type { ConnectPhase, ConnectTimings, RefusedResponse } from '../core/connect-failure.ts';
export type { Role } from '../core/constants.ts';
export type { ErrorCode, ErrorFamily, WebSocketError } from '../core/errors.ts';
export type { HistogramMetrics } from '../core/histogram.ts';
export type {
  ClientMetrics,
  CountByName,
  EndpointMetrics,
  ServerMetrics,
  SlowConsumerMetrics,
} from '../core/meter.ts';
export type {
  Direction,
  HandshakeOutcome,
  ObservedClose,
  ObservedFrame,
  ObservedRequest,
  Observer,
} from '../core/observer.ts';
export type { TrafficMetrics } from '../core/traffic-counts.ts';
export type { MetricsSource } from './metric-family.ts';
export type { TracedConnection } from './otel-spans.ts';

const USER = 'harmony-websocket/opentelemetry';
const PACKAGE = '@opentelemetry/api';

/** Options of {@link registerMetrics}. */
export interface OpenTelemetryMetricsOptions {
  /** Makes the instruments. Default: that of the global meter provider, named `harmony-websocket`. */
  meter?: Meter | undefined;
  /** Attributes on each measurement, for example `{ 'server.name': 'chat' }`. Default: none. */
  attributes?: Readonly<Attributes> | undefined;
  /** Close codes of your own (3000 to 4999, at most 100) that are counted apart. Others count as `3xxx` and `4xxx`. Default: none. */
  closeCodes?: readonly number[] | undefined;
}

/** Options of {@link connectionSpans}. */
export interface ConnectionSpansOptions {
  /** Makes the spans. Default: that of the global tracer provider, named `harmony-websocket`. */
  tracer?: Tracer | undefined;
  /** Attributes on each span. Default: none. */
  attributes?: Readonly<Attributes> | undefined;
  /** Whether each message gets a span, too, a child of that of its connection. Default `false`. */
  messages?: boolean | undefined;
}

function withMethods<Value>(expected: string, names: readonly string[]): Check<Value> {
  return check<Value>(
    expected,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      names.every((name) => typeof Reflect.get(value, name) === 'function'),
  );
}

const attributesExpected =
  "an object such as { 'server.name': 'chat' }, with strings, numbers, booleans or lists of them";

const attributesCheck: Check<Readonly<Attributes>> = {
  expected: attributesExpected,
  read(value, path) {
    if (!isRecord(value) || !isPlainObject(value))
      throw webSocketError('ERR_WS_OPTION', path, value, attributesExpected);
    const attributes: Attributes = {};
    for (const [name, attribute] of Object.entries(value)) {
      if (!isAttribute(attribute))
        throw webSocketError('ERR_WS_OPTION', `${path}.${name}`, attribute, attributesExpected);
      attributes[name] = attribute as string;
    }
    return attributes;
  },
};

function isAttribute(value: unknown): boolean {
  const isOne = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one);
  return isOne(value) || (Array.isArray(value) && value.every(isOne));
}

const metricsSchema: Schema<OpenTelemetryMetricsOptions> = {
  of: 'registerMetrics',
  example: "{ attributes: { 'server.name': 'chat' } }",
  rows: {
    meter: withMethods<Meter>('a meter of @opentelemetry/api', [
      'createObservableCounter',
      'createHistogram',
      'addBatchObservableCallback',
    ]),
    attributes: attributesCheck,
    closeCodes: closeCodesCheck,
  } satisfies Rows<OpenTelemetryMetricsOptions>,
  elsewhere: {
    meterProvider: 'use meter: meterProvider.getMeter(name)',
    labels: 'use attributes',
    prefix: 'names are fixed; use attributes',
  },
};

const spansSchema: Schema<ConnectionSpansOptions> = {
  of: 'connectionSpans',
  example: '{ messages: true }',
  rows: {
    tracer: withMethods<Tracer>('a tracer of @opentelemetry/api', ['startSpan']),
    attributes: attributesCheck,
    messages: trueOrFalse,
  } satisfies Rows<ConnectionSpansOptions>,
  elsewhere: { tracerProvider: 'use tracer: tracerProvider.getTracer(name)', message: 'use messages' },
};

/**
 * Has OpenTelemetry collect the metrics of a server. They are read from `server.metrics()` whenever a reader collects, and
 * cost nothing in between; the durations of handshakes and connections are recorded when these end. docs/metrics.md lists
 * the names.
 *
 * @param source   a server, or `{ metrics: clientMetrics }` for the clients of this process
 * @param options  `meter` (the global one); `attributes`; `closeCodes`
 * @returns ends it
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if @opentelemetry/api is not installed and no meter is given; ERR_WS_OPTION.
 *         Nothing has been registered then
 */
export function registerMetrics(source: MetricsSource, options?: OpenTelemetryMetricsOptions): () => void;
export function registerMetrics(
  source: MetricsSource,
  given?: OpenTelemetryMetricsOptions,
  ...rest: unknown[]
): () => void {
  refuseArguments('registerMetrics', rest, 'the meter is an option');
  checkSource('registerMetrics', source);
  const { meter, attributes = {}, closeCodes } = readOptions(metricsSchema, given);
  const used = meter ?? optionalPackage<OpenTelemetry>(PACKAGE, USER).metrics.getMeter('harmony-websocket');
  return observeMetrics(source as ObservedSource, used, completeNaming({ closeCodes }), attributes);
}

/**
 * Makes an observer that gives each connection a span, from the beginning of its handshake to its end: for
 * `createServer({ observer })`, `server.observe()` and `connect(url, { observer })`. A server continues the trace that the
 * client's `traceparent` names; a client's span is a child of the active one.
 *
 * Spans name the path of the URL, addresses, sizes, the close code and the code of an error. They contain no queries, header
 * fields, reasons or data.
 *
 * @param options  `tracer` (the global one); `attributes`; `messages`: a span for each message, too (`false`)
 * @returns the observer, which any number of servers and clients may share
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING if @opentelemetry/api is not installed; ERR_WS_OPTION
 */
export function connectionSpans(options?: ConnectionSpansOptions): Observer<TracedConnection>;
export function connectionSpans(given?: ConnectionSpansOptions, ...rest: unknown[]): Observer<TracedConnection> {
  refuseArguments('connectionSpans', rest, 'it returns an observer');
  const { tracer, attributes = {}, messages = false } = readOptions(spansSchema, given);
  const api = optionalPackage<OpenTelemetry>(PACKAGE, USER);
  return spansObserver(api, { tracer: tracer ?? api.trace.getTracer('harmony-websocket'), attributes, messages });
}
