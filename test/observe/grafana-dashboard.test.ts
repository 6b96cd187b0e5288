// examples/grafana-dashboard.json: each of its queries asks for what the engine exports, and everything that is exported is
// shown. test/observe/prometheus.test.ts has a real Prometheus answer the queries.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricFamilies } from '../../src/observe/metric-families.ts';
import { completeNaming } from '../../src/observe/metric-options.ts';
import { metricsText } from '../../src/observe/open-metrics.ts';
import { dashboard, panels, queries } from '../support/dashboard.ts';
import { someMetrics } from '../support/server-metrics.ts';

/** The labels of each sample that is exported, by its name. */
const exported = new Map<string, Set<string>>();
for (const line of metricsText(someMetrics, 'prometheus', completeNaming({})).split('\n')) {
  const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /u.exec(line) ?? [];
  if (name === '') continue;
  const known = exported.get(name) ?? new Set<string>();
  for (const [, label = ''] of labels.matchAll(/(\w+)="/gu)) known.add(label);
  exported.set(name, known);
}

/** Labels that Prometheus adds. */
const ofPrometheus = ['job', 'instance'];

describe('queries', () => {
  for (const { title, expression } of queries) {
    test(`${title}: ${expression.slice(0, 60)}`, () => {
      const names = [...expression.matchAll(/\bwebsocket_\w+/gu)].map(([name]) => name);
      assert.ok(names.length > 0);
      const labels = new Set(ofPrometheus);
      for (const name of names) {
        assert.ok(exported.has(name), `${name} is not exported`);
        for (const label of exported.get(name) ?? []) labels.add(label);
      }
      const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/gu)].flatMap(([, list = '']) => list.split(', '));
      const matched = [...expression.matchAll(/(\w+)=~?"/gu)].map(([, label = '']) => label);
      for (const label of [...grouped, ...matched]) assert.ok(labels.has(label), `${label} is not a label of ${names}`);
      // All of a selection, or all sums over several servers would be wrong.
      for (const selector of expression.matchAll(/websocket_\w+(\{[^}]*\})?/gu)) {
        assert.match(selector[1] ?? '', /^\{job=~"\$job", instance=~"\$instance"/u);
      }
      // Counters only make sense as rates; gauges do not.
      for (const name of names) {
        const isCounter = /_(?:total|bucket|sum|count)$/u.test(name);
        assert.equal(expression.includes(`rate(${name}{`), isCounter, name);
      }
    });
  }

  test('legends name labels that are left', () => {
    for (const { expression, legend } of queries) {
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/gu)) {
        assert.match(expression, new RegExp(`by \\([^)]*\\b${label}\\b`, 'u'), legend);
      }
    }
  });

  test('every family is shown', () => {
    const shown = queries.map(({ expression }) => expression).join('\n');
    const missing = metricFamilies.filter(({ name }) => !new RegExp(`\\bwebsocket_${name}(?:_|\\{)`, 'u').test(shown));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  test('the variables ask for exported names', () => {
    const variables = dashboard.templating.list.map(({ definition = '' }) => definition).join('\n');
    for (const [name] of variables.matchAll(/websocket_\w+/gu)) assert.ok(exported.has(name), name);
    for (const variable of ['datasource', 'job', 'instance']) {
      assert.ok(
        dashboard.templating.list.some(({ name }) => name === variable),
        variable,
      );
    }
  });
});

describe('panels', () => {
  test('each has an id, its own title and description, a unit and a data source', () => {
    const ids = panels.map(({ id }) => id);
    assert.deepEqual([...new Set(ids)], ids);
    for (const { type, title, description, datasource, fieldConfig, targets } of panels) {
      assert.notEqual(title, '');
      if (type === 'row') continue;
      assert.match(description ?? '', /\.$/u, title);
      assert.deepEqual(datasource, { type: 'prometheus', uid: '$' + '{datasource}' });
      assert.match(fieldConfig?.defaults.unit ?? '', /^(?:short|cps|Bps|bytes|s|percentunit)$/u);
      assert.ok((targets ?? []).length > 0, title);
    }
  });

  test('none covers another one, and all are within the grid', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of panels) {
      assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!taken.has(`${x},${y}`), title);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  test('what an import needs is there: no id, a schema, a stable uid', () => {
    assert.equal(dashboard.id, null);
    assert.equal(dashboard.uid, 'harmony-websocket');
    assert.ok(dashboard.schemaVersion >= 30);
  });
});
