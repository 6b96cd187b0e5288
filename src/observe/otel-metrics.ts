// Metrics for OpenTelemetry: observable instruments that read a source whenever a reader collects, and histograms that the
// observer of a server records.

import type { Attributes, BatchObservableResult, Meter, MetricOptions, Observable } from '@opentelemetry/api';
import { wallTime } from '../core/connection/noting.ts';
import { LATENCY_BOUNDS, LIFETIME_BOUNDS } from '../core/histogram.ts';
import type { EndpointMetrics, ServerMetrics } from '../core/meter.ts';
import type { Observer } from '../core/observer.ts';
import { nodeHost } from '../node/environment.ts';
import { metricFamilies } from './metric-families.ts';
import type { MetricsSource, NumberSample } from './metric-family.ts';
import type { CompleteNaming } from './metric-options.ts';
import {
  attributesOf,
  figureInstruments,
  type NumberInstrument,
  numberInstruments,
  timeInstruments,
} from './otel-instruments.ts';

/** A source that can be observed, as a server can. */
export interface ObservedSource extends MetricsSource {
  observe?(observer: Observer<TimedConnection>): () => void;
}

/** What the durations are taken from. */
export interface TimedConnection {
  readonly openedAt: number;
}

/** The parts of the delay of the event loop, as `nodejs.eventloop.delay.*` has them. */
const delayFigures = ['min', 'max', 'mean', 'p50', 'p90', 'p99'] as const;

/** Registers the instruments. @returns removes them */
export function observeMetrics(
  source: ObservedSource,
  meter: Meter,
  naming: CompleteNaming,
  attributes: Attributes,
): () => void {
  const numbers = metricFamilies.flatMap((family) => {
    const shown = numberInstruments[family.name];
    return shown === undefined ? [] : [{ family, instrument: observable(meter, shown, family.help) }];
  });
  const roundTrip = meter.createObservableGauge(figureInstruments.round_trip_seconds, {
    unit: 's',
    description: 'Mean time from a ping of the heartbeat to its pong, since the last collection.',
  });
  const busDelay = meter.createObservableGauge(figureInstruments.bus_delay_seconds, {
    unit: 's',
    description: 'Mean time between the publish at another node and the delivery here, since the last collection.',
  });
  const delays = delayFigures.map((figure) => ({
    figure,
    instrument: meter.createObservableGauge(`${figureInstruments.event_loop_delay_seconds}.${figure}`, {
      unit: 's',
      description: `Event loop ${figure} delay.`,
    }),
  }));
  const meanRoundTrip = intervalMean();
  const meanBusDelay = intervalMean();
  const collect = (result: BatchObservableResult): void => {
    const metrics: Partial<ServerMetrics> & EndpointMetrics = source.metrics();
    for (const { family, instrument } of numbers) {
      for (const sample of (family.read(metrics, naming) ?? []) as readonly NumberSample[]) {
        result.observe(instrument, sample.value, { ...attributes, ...attributesOf(family.name, sample) });
      }
    }
    const mean = meanRoundTrip(metrics.heartbeats.roundTrip);
    if (mean !== undefined) result.observe(roundTrip, mean / 1000, attributes);
    const busMean = metrics.bus && meanBusDelay(metrics.bus.delay);
    if (busMean !== undefined) result.observe(busDelay, busMean / 1000, attributes);
    for (const { figure, instrument } of delays) {
      const delay = delayOf(metrics.eventLoopDelay, figure);
      if (delay !== undefined) result.observe(instrument, delay / 1000, attributes);
    }
  };
  const all = [...numbers, ...delays].map(({ instrument }) => instrument).concat(roundTrip, busDelay);
  meter.addBatchObservableCallback(collect, all);
  const stopTimes = source.observe?.(timesObserver(meter, attributes));
  return () => {
    meter.removeBatchObservableCallback(collect, all);
    stopTimes?.();
  };
}

function observable(meter: Meter, { name, kind, unit }: NumberInstrument, description: string): Observable {
  const options: MetricOptions = { unit, description };
  if (kind === 'counter') return meter.createObservableCounter(name, options);
  if (kind === 'gauge') return meter.createObservableGauge(name, options);
  return meter.createObservableUpDownCounter(name, options);
}

/** Records how long handshakes took and connections lasted. It asks for no frames, so that these cost what they did. */
function timesObserver(meter: Meter, attributes: Attributes): Observer<TimedConnection> {
  const histogram = (family: keyof typeof timeInstruments, bounds: readonly number[], description: string) =>
    meter.createHistogram(timeInstruments[family], {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: bounds.map((bound) => bound / 1000) },
    });
  const handshakes = histogram('handshake_duration_seconds', LATENCY_BOUNDS, 'Duration of opening handshakes.');
  const connections = histogram('connection_lifetime_seconds', LIFETIME_BOUNDS, 'Duration of connections.');
  const begun = new WeakMap<object, number>();
  return {
    handshake(request, outcome) {
      if (request === undefined) return;
      if (outcome.kind === 'started') {
        begun.set(request, nodeHost.clock.now());
        return;
      }
      const at = begun.get(request);
      if (at === undefined) return;
      begun.delete(request);
      const { kind } = outcome;
      const failure = kind === 'accepted' ? {} : { 'error.type': outcome.error.code };
      const own = { ...attributes, 'websocket.handshake.outcome': kind, ...failure };
      handshakes.record((nodeHost.clock.now() - at) / 1000, own);
    },
    close({ openedAt }, { error }) {
      const failure = error === undefined ? {} : { 'error.type': error.code };
      connections.record(Math.max(0, wallTime(nodeHost) - openedAt) / 1000, { ...attributes, ...failure });
    },
  };
}

/** @returns a function that gives the mean of the values since its last call; `undefined`: there were none */
function intervalMean(): (total: { readonly count: number; readonly sum: number }) => number | undefined {
  let last = { count: 0, sum: 0 };
  return ({ count, sum }) => {
    const { count: before, sum: sumBefore } = last;
    last = { count, sum };
    return count > before ? (sum - sumBefore) / (count - before) : undefined;
  };
}

function delayOf(delay: ServerMetrics['eventLoopDelay'], figure: (typeof delayFigures)[number]): number | undefined {
  if (delay === undefined) return undefined;
  if (figure === 'min' || figure === 'max' || figure === 'mean') return delay[figure];
  const part = Number(figure.slice(1)) / 100;
  return delay.quantiles?.find(([quantile]) => quantile === part)?.[1];
}
