// The text of metrics: by itself, and as parsers read it that others wrote: promtool and the strict one of Python's
// prometheus_client.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { metricFamilies } from '../../src/observe/metric-families.ts';
import { completeNaming, type MetricNaming, type MetricsTextOptions } from '../../src/observe/metric-options.ts';
import { type MetricsFormat, metricsText } from '../../src/observe/open-metrics.ts';
import { isError } from '../support/expect.ts';
import { peer } from '../support/peers.ts';
import { someMetrics } from '../support/server-metrics.ts';

const text = (format: MetricsFormat = 'openmetrics', naming: MetricNaming = {}, metrics = someMetrics): string =>
  metricsText(metrics, format, completeNaming(naming));

/** The lines of one family. */
function family(all: string, name: string): string[] {
  const begin = all.indexOf(`# TYPE ${name} `);
  assert.notEqual(begin, -1, name);
  const end = all.indexOf('# TYPE ', begin + 1);
  return all
    .slice(begin, end === -1 ? all.length : end)
    .split('\n')
    .slice(0, -1);
}

/** The samples in a text, without those of one family. */
function samples(all: string): Map<string, number> {
  const lines = all.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1).replace('Inf', 'Infinity'))];
    }),
  );
}

describe('OpenMetrics', () => {
  test('a counter, with a unit', () => {
    assert.deepEqual(family(text(), 'websocket_wire_bytes'), [
      '# TYPE websocket_wire_bytes counter',
      '# UNIT websocket_wire_bytes bytes',
      '# HELP websocket_wire_bytes Bytes of WebSocket on the wire, before TLS.',
      'websocket_wire_bytes_total{direction="received"} 30001',
      'websocket_wire_bytes_total{direction="sent"} 30002',
    ]);
  });

  test('a gauge', () => {
    assert.deepEqual(family(text(), 'websocket_connections').slice(2), ['websocket_connections 3']);
  });

  test('a histogram, in seconds, whose bounds are floats', () => {
    assert.deepEqual(family(text(), 'websocket_connection_lifetime_seconds').slice(3), [
      'websocket_connection_lifetime_seconds_bucket{le="0.1"} 1',
      'websocket_connection_lifetime_seconds_bucket{le="1.0"} 4',
      'websocket_connection_lifetime_seconds_bucket{le="+Inf"} 7',
      'websocket_connection_lifetime_seconds_sum 12.5',
      'websocket_connection_lifetime_seconds_count 7',
    ]);
  });

  test('a summary', () => {
    assert.deepEqual(family(text(), 'websocket_event_loop_delay_seconds').slice(3, 7), [
      'websocket_event_loop_delay_seconds{quantile="0.5"} 0.001',
      'websocket_event_loop_delay_seconds{quantile="0.99"} 0.0125',
      'websocket_event_loop_delay_seconds_sum 0.25',
      'websocket_event_loop_delay_seconds_count 100',
    ]);
  });

  test('its end', () => assert.ok(text().endsWith('\n# EOF\n')));

  test('a large count keeps all of its digits', () =>
    assert.match(text(), /^websocket_payload_bytes_total\{direction="sent"\} 9007199254740991$/mu));

  test('without what a source does not have: topics of clients, the delay of the event loop, buckets', () => {
    const { topics: _, bus: ____, eventLoopDelay: __, ...client } = someMetrics;
    const { buckets: ___, ...lifetime } = someMetrics.connections.lifetime;
    const metrics = { ...client, connections: { ...client.connections, lifetime } };
    const all = metricsText(metrics, 'openmetrics', completeNaming({}));
    assert.doesNotMatch(all, /topic|bus|event_loop|undefined|NaN/u);
    assert.deepEqual(
      family(all, 'websocket_connection_lifetime_seconds')[3],
      'websocket_connection_lifetime_seconds_bucket{le="+Inf"} 7',
    );
  });
});

describe('the older format', () => {
  test('counters have _total in their names; there are no units, and no end', () => {
    assert.deepEqual(family(text('prometheus'), 'websocket_wire_bytes_total'), [
      '# TYPE websocket_wire_bytes_total counter',
      '# HELP websocket_wire_bytes_total Bytes of WebSocket on the wire, before TLS.',
      'websocket_wire_bytes_total{direction="received"} 30001',
      'websocket_wire_bytes_total{direction="sent"} 30002',
    ]);
    assert.doesNotMatch(text('prometheus'), /# UNIT|# EOF/u);
  });

  test('has the same samples', () => assert.deepEqual(samples(text('prometheus')), samples(text())));
});

describe('close codes', () => {
  const codes = (naming: MetricNaming): [string, number][] =>
    [...samples(text('openmetrics', naming))]
      .filter(([name]) => name.includes('close_frames') && name.includes('received'))
      .map(([name, value]) => [/code="(\w+)"/u.exec(name)?.[1] ?? '', value]);

  test('private ones count together: a peer cannot fill a monitor with series', () => {
    const received = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [3_000 + index, 1]));
    const flooded = { ...someMetrics, closeCodes: { received, sent: received } };
    const shown = family(text('openmetrics', {}, flooded), 'websocket_close_frames').slice(2);
    assert.deepEqual(shown, [
      'websocket_close_frames_total{direction="received",code="3xxx"} 1000',
      'websocket_close_frames_total{direction="received",code="4xxx"} 1000',
      'websocket_close_frames_total{direction="sent",code="3xxx"} 1000',
      'websocket_close_frames_total{direction="sent",code="4xxx"} 1000',
    ]);
    assert.deepEqual(codes({}), [
      ['1000', 1],
      ['1001', 2],
      ['1005', 3],
      ['3xxx', 9],
      ['4xxx', 13],
    ]);
  });

  test('those that the application names are shown', () =>
    assert.deepEqual(codes({ closeCodes: [4001, 4009] }), [
      ['1000', 1],
      ['1001', 2],
      ['1005', 3],
      ['3xxx', 9],
      ['4001', 7],
      ['4xxx', 6],
    ]));
});

describe('names', () => {
  test('another prefix, and none', () => {
    assert.match(text('openmetrics', { prefix: 'chat_' }), /^chat_connections 3$/mu);
    assert.match(text('openmetrics', { prefix: '' }), /^connections 3$/mu);
  });

  test('labels come first, on every sample, and are escaped', () => {
    const labels = { server: 'a"b\\c\nd', zone: 'é', empty: '' };
    const all = text('openmetrics', { labels });
    const begin = 'server="a\\"b\\\\c\\nd",zone="é",empty=""';
    for (const name of samples(all).keys()) assert.ok(name.includes(`{${begin}`), name);
    assert.match(all, /^websocket_connections\{server="a\\"b\\\\c\\nd",zone="é",empty=""\} 3$/mu);
  });

  test('each family once; the unit is the end of the name; help is one sentence', () => {
    const names = metricFamilies.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    for (const { name, unit, type, help, labels } of metricFamilies) {
      assert.match(name, /^[a-z]+(?:_[a-z]+)*$/u);
      assert.doesNotMatch(name, /_(?:total|count|sum|bucket|created|info)$/u);
      if (unit !== undefined) assert.ok(name.endsWith(`_${unit}`), name);
      if (type === 'histogram' || type === 'summary') assert.equal(unit, 'seconds');
      assert.match(help, /^[A-Z].*\.$/u);
      for (const label of labels) assert.match(label, /^[a-z]+$/u);
    }
  });

  test('samples have the labels that their family declares', () => {
    for (const { name, labels, read } of metricFamilies) {
      const all = read(someMetrics, completeNaming({})) ?? [];
      assert.ok(all.length > 0, name);
      for (const sample of all) assert.deepEqual(Object.keys(sample.labels), labels, name);
    }
  });
});

describe('metricsText of a server', () => {
  const server = createServer();

  test('is OpenMetrics by default', () => {
    assert.ok(server.metricsText().endsWith('# EOF\n'));
    assert.ok(!server.metricsText({ format: 'prometheus' }).includes('# EOF'));
    assert.match(server.metricsText({ prefix: 'x_', labels: { a: 'b' } }), /^x_connections\{a="b"\} 0$/mu);
  });

  for (const [options, ...parts] of [
    [{ format: 'json' }, 'format is "json"', 'openmetrics, prometheus'],
    [{ prefix: '9_' }, 'prefix is "9_"', 'not a digit first'],
    [{ prefix: 'chat:' }, 'prefix is "chat:"', 'letters, digits and _'],
    [{ prefix: 'a-b' }, 'prefix is "a-b"'],
    [{ labels: [] }, 'labels is ', "{ server: 'chat' }"],
    [{ labels: { direction: 'x' } }, 'labels.direction is "x"', 'another name'],
    [{ labels: { le: 'x' } }, 'labels.le', 'another name'],
    [{ labels: { __name__: 'x' } }, 'labels.__name__', '__ first'],
    [{ labels: { 'a-b': 'x' } }, 'labels.a-b'],
    [{ labels: { a: 5 } }, 'labels.a is 5', 'a string'],
    [{ closeCodes: [1000] }, 'closeCodes[0] is 1000', '3000–4999'],
    [{ closeCodes: 4001 }, 'closeCodes is 4001', 'in a list'],
    [{ closeCodes: Array.from({ length: 101 }, (_, index) => 4000 + index) }, 'closeCodes', 'at most 100'],
    [{ namespace: 'chat' }, 'use prefix'],
    [{ defaultLabels: {} }, 'use labels'],
    [5, 'argument with the options of metricsText'],
  ] as [unknown, ...string[]][]) {
    test(`refuses ${JSON.stringify(options).slice(0, 40)}`, () => {
      let error: unknown;
      try {
        server.metricsText(options as MetricsTextOptions);
      } catch (thrown) {
        error = thrown;
      }
      isError(error, 'ERR_WS_OPTION', ...parts);
    });
  }

  test('labels are copied', () => {
    const labels = {
      get a(): string {
        return 'once';
      },
    };
    assert.match(server.metricsText({ labels }), /a="once"/u);
  });
});

const promtool = peer('promtool');
describe('promtool check metrics', { skip: promtool.skip }, () => {
  for (const [title, naming] of [
    ['with default names', {}],
    ['with labels that need escapes', { labels: { server: 'a"b\\c\nd' } }],
    ['with another prefix', { prefix: 'chat_' }],
  ] as [string, MetricNaming][]) {
    test(title, () => {
      const input = text('prometheus', naming);
      const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], {
        input,
        encoding: 'utf8',
        timeout: 60_000,
      });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    });
  }
});

const python = peer('python-prometheus');
/** Prints what the parser read, as JSON. */
const reader = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
families = list(read(sys.stdin.read()))
print(json.dumps([[f.name, f.type, f.unit, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in families]))
`;
describe("Python's parser of OpenMetrics", { skip: python.skip }, () => {
  const parse = (input: string): [string, string, string, string, [string, Record<string, string>, number][]][] => {
    const { status, stdout, stderr } = spawnSync(python.path, ['-c', reader], {
      input,
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return JSON.parse(stdout.replaceAll('Infinity', '1e999'));
  };

  test('reads the names, types, units and helps of all families, and all samples', () => {
    const labels = { server: 'a"b\\c\nd' };
    const parsed = parse(text('openmetrics', { labels }));
    assert.deepEqual(
      parsed.map(([name, type, unit, help]) => ({ name, type, unit, help })),
      metricFamilies.map(({ name, type, unit = '', help }) => ({ name: `websocket_${name}`, type, unit, help })),
    );
    const all = parsed.flatMap(([, , , , list]) => list);
    assert.equal(all.length, samples(text()).size);
    for (const [name, own] of all) assert.equal(own.server, labels.server, name);
    const received = all.find(([name, own]) => name === 'websocket_messages_total' && own.type === 'text');
    assert.equal(received?.[2], 101);
  });

  test('reads that of a new server', () => {
    assert.ok(parse(createServer().metricsText()).length >= 25);
  });
});
