// Metrics in a registry of the real prom-client: the same names and samples as `metricsText()`, read when the registry is.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { AggregatorRegistry, Counter, Registry, register } from 'prom-client';
import { createServer } from '../../src/engine/index.ts';
import { optionalPackage } from '../../src/node/optional-package.ts';
import { completeNaming } from '../../src/observe/metric-options.ts';
import { type MetricsFormat, metricsText } from '../../src/observe/open-metrics.ts';
import { type PromClientOptions, registerMetrics } from '../../src/observe/prom-client.ts';
import { isError } from '../support/expect.ts';
import { peer } from '../support/peers.ts';
import { someMetrics } from '../support/server-metrics.ts';

const source = { metrics: () => someMetrics };

function registry(format: MetricsFormat = 'prometheus'): Registry {
  const made = new Registry();
  if (format === 'openmetrics') made.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  return made;
}

/** The samples of a text, with labels in order, as prom-client and we write numbers. */
function samples(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/(le|quantile)="(\d+)\.0"/u, '$1="$2"'))
    .sort();
}

for (const format of ['prometheus', 'openmetrics'] as const) {
  test(`${format}: all samples of metricsText(), with the types and helps of their families`, async () => {
    const used = registry(format);
    const options = { prefix: 'chat_', labels: { server: 'one' }, closeCodes: [4001] };
    registerMetrics(source, { registry: used, ...options });
    const text = await used.metrics();
    const own = metricsText(someMetrics, format, completeNaming(options));
    assert.deepEqual(samples(text), samples(own));
    const heads = (all: string): string[] =>
      all
        .split('\n')
        .filter((line) => /^# (?:TYPE|HELP)/u.test(line))
        .sort();
    assert.deepEqual(heads(text), heads(own));
  });
}

const promtool = peer('promtool');
test('promtool has nothing to say', { skip: promtool.skip }, async () => {
  const used = registry();
  registerMetrics(source, { registry: used });
  const input = await used.metrics();
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test('a registry reads the source once, each time that it is read', async () => {
  let reads = 0;
  const used = registry();
  registerMetrics(
    {
      metrics() {
        reads++;
        return someMetrics;
      },
    },
    { registry: used },
  );
  assert.equal(reads, 0, 'nothing is read before');
  await used.metrics();
  assert.equal(reads, 1);
  await used.getMetricsAsJSON();
  assert.equal(reads, 2);
  assert.match(await used.getSingleMetricAsString('websocket_connections'), /^websocket_connections 3$/mu);
});

test('values of a real server, beside metrics of the application and default labels', async () => {
  const server = createServer();
  const used = registry();
  used.setDefaultLabels({ app: 'x' });
  new Counter({ name: 'mine_total', help: 'Mine.', registers: [used] }).inc(5);
  const stop = registerMetrics(server, { registry: used, labels: { server: 'one' } });
  const text = await used.metrics();
  assert.match(text, /^mine_total\{app="x"\} 5$/mu);
  assert.match(text, /^websocket_connections\{server="one",app="x"\} 0$/mu);
  used.resetMetrics();
  stop();
  stop();
  assert.doesNotMatch(await used.metrics(), /websocket/u);
});

test('two servers share a registry by their labels; each leaves by itself', async () => {
  const used = registry();
  const stops = ['one', 'two'].map((server) => registerMetrics(source, { registry: used, labels: { server } }));
  const lines = async (): Promise<string[]> =>
    (await used.metrics()).split('\n').filter((line) => line.startsWith('websocket_connections{'));
  assert.deepEqual(await lines(), ['websocket_connections{server="one"} 3', 'websocket_connections{server="two"} 3']);
  stops[0]?.();
  assert.deepEqual(await lines(), ['websocket_connections{server="two"} 3']);
  stops[1]?.();
  assert.deepEqual(used.getMetricsAsArray(), []);
  registerMetrics(source, { registry: used, labels: { server: 'one' } });
  assert.equal((await lines()).length, 1);
});

test('a registry that was cleared, and used again, is left alone by an old stop', async () => {
  const used = registry();
  const stop = registerMetrics(source, { registry: used });
  used.clear();
  registerMetrics(source, { registry: used });
  stop();
  assert.match(await used.metrics(), /^websocket_connections 3$/mu);
});

test('a source that throws fails the reading, and no other', async () => {
  const used = registry();
  let fails = true;
  const failing = {
    metrics() {
      if (fails) throw new Error('not now');
      return someMetrics;
    },
  };
  registerMetrics(failing, { registry: used });
  await assert.rejects(used.metrics(), /not now/u);
  fails = false;
  assert.match(await used.metrics(), /websocket_connections 3/u);
});

test('workers of a cluster are added up; quantiles and the highest queue are not', async () => {
  const workers = [registry(), registry()];
  for (const worker of workers) registerMetrics(source, { registry: worker });
  const parts = await Promise.all(workers.map((worker) => worker.getMetricsAsJSON()));
  const all = await AggregatorRegistry.aggregate(JSON.parse(JSON.stringify(parts)) as object[]).metrics();
  for (const line of [
    'websocket_connections 6',
    'websocket_messages_total{direction="received",type="text"} 202',
    'websocket_connection_lifetime_seconds_bucket{le="0.1"} 2',
    'websocket_connection_lifetime_seconds_count 14',
    'websocket_queued_highest_bytes 5678',
    'websocket_event_loop_delay_seconds{quantile="0.99"} 0.0125',
  ]) {
    assert.ok(all.split('\n').includes(line), `${line}\n${all}`);
  }
});

test('without a registry, that of prom-client', async () => {
  const stop = registerMetrics(source);
  assert.match(await register.metrics(), /^websocket_connections 3$/mu);
  stop();
  assert.equal(await register.metrics(), '\n');
});

describe('bad input: nothing is registered', () => {
  const thrown = (call: () => unknown): unknown => {
    try {
      call();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  for (const [title, given, options, ...parts] of [
    ['no source', undefined, {}, 'first argument of registerMetrics is undefined', 'a server of createServer()'],
    ['a source without metrics', {}, {}, '{ metrics: clientMetrics }'],
    ['a registry that is not one', source, { registry: new Map() }, 'registry is ', 'a registry of prom-client'],
    ['a registry of another name', source, { register }, 'use registry'],
    ['a prefix', source, { prefix: '-' }, 'prefix is "-"'],
    ['labels that are taken', source, { labels: { direction: 'x' } }, 'labels.direction'],
    ['options of another kind', source, 5, 'argument with the options of registerMetrics'],
  ] as [string, unknown, unknown, ...string[]][]) {
    test(title, () => {
      isError(
        thrown(() => registerMetrics(given as typeof source, options as PromClientOptions)),
        'ERR_WS_OPTION',
        ...parts,
      );
    });
  }

  test('a name that the registry has already: another prefix', async () => {
    const used = registry();
    new Counter({ name: 'websocket_messages_total', help: 'Mine.', registers: [used] });
    const options: PromClientOptions = { registry: used };
    isError(
      thrown(() => registerMetrics(source, options)),
      'ERR_WS_OPTION',
      'prefix is "websocket_"',
      'the registry has websocket_messages_total already',
    );
    assert.equal(used.getMetricsAsArray().length, 1);
  });

  test('the same labels twice', () => {
    const used = registry();
    registerMetrics(source, { registry: used, labels: { a: 'b' } });
    isError(
      thrown(() => registerMetrics(source, { registry: used, labels: { a: 'b' } })),
      'ERR_WS_OPTION',
      'labels that no other server has',
    );
  });
});

test('a package that is not installed is told in a sentence', () => {
  let error: unknown;
  try {
    optionalPackage('not-installed-anywhere', 'harmony-websocket/prom-client');
  } catch (thrown) {
    error = thrown;
  }
  const { message } = isError(error, 'ERR_WS_PACKAGE_MISSING');
  assert.equal(
    message,
    'harmony-websocket/prom-client needs the package not-installed-anywhere, which is not installed: npm install not-installed-anywhere',
  );
});
