// Writes the table of names in docs/metrics.md from the tables of src/observe/: `npx tsx scripts/metrics-page.ts`. A test fails
// when the page is out of date.

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { metricFamilies } from '../src/observe/metric-families.ts';
import type { MetricFamily } from '../src/observe/metric-family.ts';
import { figureInstruments, numberInstruments, timeInstruments } from '../src/observe/otel-instruments.ts';

export const metricsPageUrl = new URL('../docs/metrics.md', import.meta.url);

const HEAD = '| Prometheus | type | labels | OpenTelemetry | what it tells |\n|---|---|---|---|---|\n';

function otelName(name: string): string {
  if (name === 'event_loop_delay_seconds') return `\`${figureInstruments[name]}.{min,max,mean,p50,p90,p99}\``;
  const tables: Readonly<Record<string, string>>[] = [timeInstruments, figureInstruments];
  const found = numberInstruments[name]?.name ?? tables.map((table) => table[name]).find((one) => one !== undefined);
  return `\`${found}\``;
}

function rowOf({ name, type, labels, help }: MetricFamily): string {
  const shown = type === 'counter' ? `${name}_total` : name;
  const listed = labels.map((label) => `\`${label}\``).join(', ');
  return `| \`websocket_${shown}\` | ${type} | ${listed} | ${otelName(name)} | ${help.replace(/\.$/u, '')} |\n`;
}

/** The page with its table as it must be. */
export function metricsPage(page: string): string {
  const begin = page.indexOf(HEAD.split('\n', 1)[0] ?? '');
  if (begin === -1) throw new Error('docs/metrics.md has no table of names');
  const end = page.indexOf('\n\n', begin) + 1;
  return page.slice(0, begin) + HEAD + metricFamilies.map(rowOf).join('') + page.slice(end);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(metricsPageUrl, metricsPage(readFileSync(metricsPageUrl, 'utf8')));
}
