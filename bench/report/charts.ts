// Results as pictures.

import { barChart, lineChart } from '../../scripts/plot.ts';
import { labelOf } from '../harness/peers.ts';
import type { Row } from '../run.ts';
import { figureOf, valuesOf } from '../targets.ts';
import type { Metric } from '../workload.ts';

/** File names and contents; only of what was measured. */
export function chartsOf(rows: readonly Row[]): Map<string, string> {
  const charts = new Map<string, string>();
  const messages = rows.filter(({ row }) => ['P1', 'P2', 'P3', 'P4', 'P5', 'P9'].includes(row));
  add(charts, 'servers.svg', relativeBars('CPU per message in relation to ws: shorter is better', messages));
  add(
    charts,
    'clients.svg',
    relativeBars(
      'Clients: CPU per message in relation to ws',
      rows.filter(({ row }) => row === 'P8'),
    ),
  );
  add(
    charts,
    'idle.svg',
    bars(
      'Idle connections',
      'KiB per connection',
      rows.filter(({ kind }) => kind === 'idle'),
      'kib',
    ),
  );
  add(
    charts,
    'handshakes.svg',
    bars(
      'Handshakes',
      'CPU µs each',
      rows.filter(({ kind }) => kind === 'handshakes'),
      'cpu',
    ),
  );
  const growth = rows.filter(({ row }) => row === 'P11');
  const byConnections = growth.filter(({ id }) => id.endsWith('connections'));
  add(
    charts,
    'connections.svg',
    lines(
      '64 B text echo, 16 in flight',
      'connections',
      byConnections,
      ({ connections }) => connections,
      'CPU µs per message',
      'cpu',
    ),
  );
  const bySize = growth.filter(({ id }) => !id.endsWith('connections'));
  add(
    charts,
    'sizes.svg',
    lines('Binary echo by size of message', 'bytes of payload', bySize, ({ size }) => size, 'MB/s', 'mbps'),
  );
  return charts;
}

function add(charts: Map<string, string>, name: string, chart: string | undefined): void {
  if (chart !== undefined) charts.set(name, chart);
}

function measuredNames({ outcomes }: Row, metric: Metric): string[] {
  return Object.keys(outcomes).filter((name) => valuesOf(outcomes[name], metric).length > 0);
}

/** `ws` is 1 in each group. */
function relativeBars(title: string, rows: readonly Row[]): string | undefined {
  const groups = rows.flatMap((row) => {
    const base = figureOf(row.outcomes.ws, 'cpu');
    if (base === undefined) return [];
    const members = measuredNames(row, 'cpu').map((name) => {
      const values = valuesOf(row.outcomes[name], 'cpu').map((value) => value / base);
      return {
        name: labelOf(name),
        value: (figureOf(row.outcomes[name], 'cpu') as number) / base,
        range: rangeOf(values),
      };
    });
    return [{ name: `${row.row}: ${row.title}`, bars: members }];
  });
  if (groups.length === 0) return undefined;
  return barChart({ title, value: { label: 'CPU per message, ws = 1' }, groups });
}

function bars(title: string, label: string, rows: readonly Row[], metric: Metric): string | undefined {
  const groups = rows
    .map((row) => ({
      name: row.title,
      bars: measuredNames(row, metric).map((name) => ({
        name: labelOf(name),
        value: figureOf(row.outcomes[name], metric) as number,
        range: rangeOf(valuesOf(row.outcomes[name], metric)),
      })),
    }))
    .filter((group) => group.bars.length > 0);
  return groups.length === 0 ? undefined : barChart({ title, value: { label }, groups });
}

function lines(
  title: string,
  x: string,
  rows: readonly Row[],
  at: (row: Row) => number,
  y: string,
  metric: Metric,
): string | undefined {
  const names = [...new Set(rows.flatMap((row) => measuredNames(row, metric)))];
  if (names.length === 0) return undefined;
  return lineChart({
    title,
    x: { label: x, scale: 'log' },
    y: { label: y, scale: metric === 'mbps' ? 'log' : 'linear' },
    lines: names.map((name) => ({
      name: labelOf(name),
      points: rows.flatMap((row) => {
        const value = figureOf(row.outcomes[name], metric);
        return value === undefined ? [] : [[at(row), value] as const];
      }),
    })),
  });
}

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
