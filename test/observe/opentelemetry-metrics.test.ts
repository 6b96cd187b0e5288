// Metrics for OpenTelemetry, collected by the real SDK.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metrics as globalMetrics } from '@opentelemetry/api';
import {
  DataPointType,
  type HistogramMetricData,
  MeterProvider,
  type MetricData,
  MetricReader,
} from '@opentelemetry/sdk-metrics';
import { clientMetrics, connect, createServer, refuse } from '../../src/engine/index.ts';
import { metricFamilies } from '../../src/observe/metric-families.ts';
import { type OpenTelemetryMetricsOptions, registerMetrics } from '../../src/observe/opentelemetry.ts';
import { figureInstruments, numberInstruments, timeInstruments } from '../../src/observe/otel-instruments.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { isError } from '../support/expect.ts';
import { someMetrics } from '../support/server-metrics.ts';

class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}

  /** All that is collected, by name. */
  async read(): Promise<Map<string, MetricData>> {
    const { resourceMetrics, errors } = await this.collect();
    assert.deepEqual(errors, []);
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }
}

function provider(): { reader: Reader; meter: ReturnType<MeterProvider['getMeter']>; provider: MeterProvider } {
  const reader = new Reader();
  const made = new MeterProvider({ readers: [reader] });
  return { reader, provider: made, meter: made.getMeter('test') };
}

/** The values of a metric by its attributes. */
function points(metric: MetricData | undefined): [Record<string, unknown>, unknown][] {
  assert.ok(metric);
  return metric.dataPoints.map(({ attributes, value }) => [{ ...attributes }, value]);
}

const source = { metrics: () => someMetrics };

test('each family has an instrument', () => {
  for (const { name } of metricFamilies) {
    const known = [numberInstruments, timeInstruments, figureInstruments].filter((table) => name in table);
    assert.equal(known.length, 1, name);
  }
});

test('counters, gauges and sums with the attributes of the conventions', async () => {
  const { reader, meter } = provider();
  registerMetrics(source, { meter, attributes: { 'server.name': 'chat' }, closeCodes: [4001] });
  const read = await reader.read();
  const own = { 'server.name': 'chat' };
  assert.deepEqual(points(read.get('websocket.active_connections')), [[own, 3]]);
  assert.deepEqual(points(read.get('websocket.wire.io')), [
    [{ ...own, 'network.io.direction': 'receive' }, 30_001],
    [{ ...own, 'network.io.direction': 'transmit' }, 30_002],
  ]);
  assert.deepEqual(points(read.get('websocket.messages'))[0], [
    { ...own, 'network.io.direction': 'receive', 'websocket.message.type': 'text' },
    101,
  ]);
  assert.deepEqual(points(read.get('websocket.errors')), [
    [{ ...own, 'error.type': 'ERR_WS_CONNECTION_LOST' }, 12],
    [{ ...own, 'error.type': 'ERR_WS_INVALID_UTF8' }, 11],
  ]);
  const codes = points(read.get('websocket.close_frames')).map(([attributes]) => attributes['websocket.close.code']);
  assert.deepEqual(codes, ['1000', '1001', '1005', '3xxx', '4001', '4xxx', '1000', '4001']);
  assert.deepEqual(points(read.get('websocket.round_trip.mean')), [[own, 0.01]]);
  assert.deepEqual(points(read.get('nodejs.eventloop.delay.p50')), [[own, 0.001]]);
  assert.deepEqual(points(read.get('nodejs.eventloop.delay.p99')), [[own, 0.0125]]);
  assert.deepEqual(points(read.get('nodejs.eventloop.delay.max')), [[own, 0.03]]);
  const kinds = new Map(
    [...read].map(([name, { dataPointType, descriptor }]) => [name, [dataPointType, descriptor.unit]]),
  );
  assert.deepEqual(kinds.get('websocket.wire.io'), [DataPointType.SUM, 'By']);
  assert.deepEqual(kinds.get('websocket.active_connections'), [DataPointType.SUM, '{connection}']);
  assert.deepEqual(kinds.get('websocket.queue.highest'), [DataPointType.GAUGE, 'By']);
  for (const { name } of Object.values(numberInstruments)) assert.ok(read.has(name), name);
});

test('the mean round trip is that since the last collection', async () => {
  const { reader, meter } = provider();
  let roundTrip = { ...someMetrics.heartbeats.roundTrip, count: 2, sum: 20 };
  registerMetrics(
    { metrics: () => ({ ...someMetrics, heartbeats: { ...someMetrics.heartbeats, roundTrip } }) },
    { meter },
  );
  assert.equal(points((await reader.read()).get('websocket.round_trip.mean'))[0]?.[1], 0.01);
  roundTrip = { ...roundTrip, count: 4, sum: 120 };
  assert.equal(points((await reader.read()).get('websocket.round_trip.mean'))[0]?.[1], 0.05);
  // The SDK goes on showing the last value of a gauge.
  assert.equal(points((await reader.read()).get('websocket.round_trip.mean'))[0]?.[1], 0.05);
});

test('a server: connections, and the durations of handshakes and connections as histograms', async () => {
  await using network = useNetwork();
  const { reader, meter } = provider();
  const server = createServer({ upgrade: ({ url }) => (url === '/no' ? refuse(403, 'no') : undefined) });
  const stop = registerMetrics(server, { meter });
  await server.listen({ port: 80 });
  const [one, two] = await Promise.all([connect('ws://localhost/'), connect('ws://localhost/')]);
  await assert.rejects(connect('ws://localhost/no'));
  assert.deepEqual(points((await reader.read()).get('websocket.active_connections')), [[{}, 2]]);
  await network.advance(5_000);
  await one?.close(1000);
  two?.terminate();
  await network.settle();
  const read = await reader.read();
  assert.deepEqual(points(read.get('websocket.active_connections')), [[{}, 0]]);
  const handshakes = read.get('websocket.handshake.duration') as HistogramMetricData;
  assert.equal(handshakes.descriptor.unit, 's');
  assert.deepEqual(
    handshakes.dataPoints.map(({ attributes, value }) => [attributes, value.count]),
    [
      [{ 'websocket.handshake.outcome': 'accepted' }, 2],
      [{ 'websocket.handshake.outcome': 'refused', 'error.type': 'ERR_WS_UPGRADE_REFUSED' }, 1],
    ],
  );
  const connections = read.get('websocket.connection.duration') as HistogramMetricData;
  const [clean, lost] = connections.dataPoints;
  assert.deepEqual({ ...clean?.attributes }, {});
  assert.equal(clean?.value.count, 1);
  assert.deepEqual(clean?.value.buckets.boundaries.slice(0, 3), [0.1, 1, 10]);
  assert.equal(clean?.value.buckets.counts[2], 1, '5 s');
  assert.equal(typeof lost?.attributes['error.type'], 'string');
  stop();
  stop();
  const later = await connect('ws://localhost/');
  await later.close();
  const after = (await reader.read()).get('websocket.handshake.duration') as HistogramMetricData;
  assert.equal(after.dataPoints[0]?.value.count, 2, 'nothing new is recorded');
  await server.close();
});

test('clients: without topics and durations', async () => {
  const { reader, meter } = provider();
  const stop = registerMetrics({ metrics: clientMetrics }, { meter });
  const read = await reader.read();
  assert.ok(read.has('websocket.active_connections'));
  assert.equal(read.get('websocket.topics')?.dataPoints.length ?? 0, 0);
  assert.ok(!read.has('websocket.connection.duration'));
  stop();
});

test('without a meter, that of the global provider, even if it is set later', async () => {
  const { reader, provider: made } = provider();
  globalMetrics.setGlobalMeterProvider(made);
  try {
    const stop = registerMetrics(source);
    assert.equal(points((await reader.read()).get('websocket.active_connections'))[0]?.[1], 3);
    stop();
  } finally {
    globalMetrics.disable();
  }
});

describe('bad input: nothing is registered', () => {
  for (const [title, given, options, ...parts] of [
    ['no source', null, {}, 'first argument of registerMetrics is null'],
    [
      'a provider instead of a meter',
      source,
      { meter: new MeterProvider() },
      'meter is ',
      'a meter of @opentelemetry/api',
    ],
    ['a meter provider', source, { meterProvider: new MeterProvider() }, 'use meter: meterProvider.getMeter(name)'],
    ['attributes that are a list', source, { attributes: ['a'] }, 'attributes is '],
    ['an attribute that is an object', source, { attributes: { a: {} } }, 'attributes.a is ', 'strings, numbers'],
    ['a close code', source, { closeCodes: [1000] }, 'closeCodes[0] is 1000'],
    ['a prefix', source, { prefix: 'x' }, 'names are fixed'],
  ] as [string, unknown, unknown, ...string[]][]) {
    test(title, () => {
      let error: unknown;
      try {
        registerMetrics(given as typeof source, options as OpenTelemetryMetricsOptions);
      } catch (thrown) {
        error = thrown;
      }
      isError(error, 'ERR_WS_OPTION', ...parts);
    });
  }
});
