// The columns of a row's table.

import { labelOf } from '../harness/peers.ts';
import type { Row } from '../run.ts';
import { figureOf, type Outcomes, valuesOf } from '../targets.ts';
import type { Metric } from '../workload.ts';
import { number } from './numbers.ts';

export interface Column {
  readonly title: string;
  /** Absent figures leave a cell empty; a column without any is left out. */
  cell(outcomes: Outcomes, name: string): string;
}

const rateNames: Partial<Record<Row['kind'], string>> = {
  publish: 'deliveries/s',
  'slow reader': 'deliveries/s',
  handshakes: 'handshakes/s',
  'idle client': 'pings/s',
};

export function columnsOf({ kind, outcomes }: Row): Column[] {
  const columns = byKind(kind);
  return columns.filter(({ title }) => !title.startsWith('× bare') || 'bare' in outcomes);
}

function byKind(kind: Row['kind']): Column[] {
  const rate = spread(rateNames[kind] ?? 'messages/s', 'rate');
  const cpu = [spread('CPU µs each', 'cpu'), relative('cpu', 'ws'), relative('cpu', 'bare')];
  const busy = single('core busy', 'busy', (value) => `${Math.round(value * 100)} %`);
  const latencies = [single('p50 ms', 'p50'), single('p99 ms', 'p99'), single('p99.9 ms', 'p999')];
  const peak = single('peak RSS, MiB', 'peak');
  const memory = [spread('KiB per connection', 'kib'), relative('kib', 'ws')];
  switch (kind) {
    case 'idle':
      return [
        spread('cold: KiB per connection', 'kib'),
        relative('kib', 'ws'),
        relative('kib', 'bare'),
        spread('warm: KiB', 'warm'),
        relative('warm', 'ws'),
        relative('warm', 'bare'),
        single("of it V8's young generation", 'young'),
        spread('warm without it', 'lasting'),
        relative('lasting', 'ws'),
        relative('lasting', 'bare'),
        single('timers', 'timers'),
        peak,
      ];
    case 'start':
      return [
        spread('CPU ms', 'start'),
        net('without Node itself', 'start'),
        netRelative('start'),
        spread('RSS, MiB', 'rss'),
        net('without Node itself', 'rss'),
        netRelative('rss'),
      ];
    case 'paced':
      return [rate, ...cpu, busy, ...latencies, single('load late (p99), ms', 'late'), peak];
    case 'crowd':
      return [
        ...memory,
        single('pings per connection', 'pings'),
        single('CPU µs per ping', 'ping'),
        relative('ping', 'ws'),
        single('longest event-loop delay, idle, ms', 'idleDelay'),
        rate,
        ...cpu,
        ...latencies,
        single('longest event-loop delay, busy, ms', 'delay'),
        peak,
      ];
    case 'idle client':
      return [...memory, rate, spread('CPU µs per ping', 'cpu'), relative('cpu', 'ws'), busy, peak];
    default: {
      const data = single('MB/s', 'mbps', (value) => (value === 0 ? '' : number(value)));
      const growth = kind === 'slow reader' ? [single('growth of RSS, MiB', 'growth')] : [];
      return [rate, relative('rate', 'ws'), data, ...cpu, busy, ...latencies, ...growth, peak];
    }
  }
}

function relative(metric: Metric, to: string): Column {
  return {
    title: `× ${labelOf(to) === to ? to : 'bare'}`,
    cell: (all, name) => {
      const value = figureOf(all[name], metric);
      const base = figureOf(all[to], metric);
      return value === undefined || base === undefined ? '' : number(value / base);
    },
  };
}

function spread(title: string, metric: Metric): Column {
  return { title, cell: (all, name) => range(valuesOf(all[name], metric)) };
}

function single(title: string, metric: Metric, show = number): Column {
  return {
    title,
    cell: (all, name) => {
      const value = figureOf(all[name], metric);
      return value === undefined ? '' : show(value);
    },
  };
}

/** Without what a program takes that imports nothing. */
function net(title: string, metric: Metric): Column {
  return {
    title,
    cell: (all, name) => {
      const value = netFigure(all, name, metric);
      return value === undefined ? '' : number(value);
    },
  };
}

function netRelative(metric: Metric): Column {
  return {
    title: '× ws',
    cell: (all, name) => {
      const value = netFigure(all, name, metric);
      const base = netFigure(all, 'ws', metric);
      return value === undefined || base === undefined ? '' : number(value / base);
    },
  };
}

function netFigure(all: Outcomes, name: string, metric: Metric): number | undefined {
  const value = figureOf(all[name], metric);
  const nothing = figureOf(all.empty, metric);
  return value === undefined || nothing === undefined || name === 'empty' ? undefined : value - nothing;
}

/** Median, least and most. */
function range(values: readonly number[]): string {
  if (values.length === 0) return '';
  const sorted = [...values].sort((a, b) => a - b);
  const middle = figureOf({ samples: values.map((rate) => ({ rate })) }, 'rate') as number;
  if (sorted.length === 1) return number(middle);
  return `${number(middle)} (${number(sorted[0] as number)}–${number(sorted.at(-1) as number)})`;
}
