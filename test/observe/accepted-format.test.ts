// Which format a scraper gets, by its Accept field.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedFormat } from '../../src/observe/accepted-format.ts';

for (const [accept, expected] of [
  [undefined, 'prometheus'],
  ['', 'prometheus'],
  ['*/*', 'prometheus'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'prometheus'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version=1.0.0', 'openmetrics'],
  ['application/openmetrics-text; version="1.0.0"; charset=utf-8', 'openmetrics'],
  ['Application/OpenMetrics-Text;Version=0.0.1', 'openmetrics'],
  // Prometheus 2.5 to 2.52.
  [
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    'openmetrics',
  ],
  // Prometheus 3.
  [
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    'openmetrics',
  ],
  // With protobuf first, which we do not have.
  [
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.6',
    'openmetrics',
  ],
  // Before Prometheus 2.5.
  ['application/vnd.google.protobuf;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1', 'prometheus'],
  ['text/plain;q=0.9,application/openmetrics-text;q=0.5', 'prometheus'],
  ['text/*;q=0.9,application/openmetrics-text;q=0.5', 'prometheus'],
  ['text/plain;q=0.5,text/*;q=0.9,application/openmetrics-text;q=0.6', 'openmetrics'],
  ['text/plain,application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text;q=0', 'prometheus'],
  ['application/openmetrics-text;q=0.000,text/plain;q=0', 'prometheus'],
  ['application/openmetrics-text;version=2.0.0', 'prometheus'],
  ['application/openmetrics-text;version=2.0.0,application/openmetrics-text;version=1.0.0;q=0.5', 'openmetrics'],
  ['application/json', 'prometheus'],
  // Malformed: a quality counts as absent, other parts are passed over.
  ['application/openmetrics-text;q=7', 'openmetrics'],
  ['application/openmetrics-text;q=', 'openmetrics'],
  [';;,,;q,application/openmetrics-text;;version', 'openmetrics'],
  [`${','.repeat(10_000)}application/openmetrics-text`, 'openmetrics'],
] as const) {
  test(`${accept?.slice(0, 70)}: ${expected}`, () => assert.equal(acceptedFormat(accept), expected));
}
