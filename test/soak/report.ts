// What a soak run leaves behind: samples as JSON lines, the pictures, and the table for docs/reliability.md.

import { availableParallelism, cpus, totalmem } from 'node:os';
import { type Line, stackedCharts } from '../../scripts/plot.ts';
import { phaseOf } from './judgement.ts';
import type { Moment } from './moment.ts';
import type { SoakResult } from './run.ts';

const MEBIBYTE = 1024 * 1024;
type Point = readonly [number, number];

/** One line for the terminal. */
export function progress(moments: readonly Moment[], violations: number): string {
  const moment = moments.at(-1) as Moment;
  const { time, phase, server } = moment;
  const rate = ratesOf(moments.slice(-2), received).at(-1)?.[1] ?? 0;
  const deliveries = ratesOf(moments.slice(-2), broadcasts).at(-1)?.[1] ?? 0;
  const clock = `${Math.floor(time / 60)}:${String(Math.floor(time % 60)).padStart(2, '0')}`;
  return [
    `${clock.padStart(6)} ${phase.padEnd(9)}`,
    `${whole(server.connections)} open, ${whole(moment.ended)} ended`,
    `${whole(rate)} messages/s + ${whole(deliveries)} broadcast`,
    `server heap ${mebibytes(server.heapUsed)}, RSS ${mebibytes(server.rss)}, loop p99 ${server.delay99.toFixed(0)} ms`,
    `${whole(violations)} violations`,
  ].join(' · ');
}

/** Memory, handles and rate over time. */
export function pictures({ moments, settings }: SoakResult): string {
  const x = { label: 'time, min' };
  const all = moments.filter(({ phase }) => phase !== 'start');
  const line = (name: string, value: (moment: Moment) => number): Line => ({
    name,
    points: all.map((moment) => [moment.time / 60, value(moment)]),
  });
  const running = all.filter(({ phase }) => phase !== 'base line' && phase !== 'end');
  return stackedCharts('A soak run: memory, handles, rate and lateness over time', [
    {
      title: `Memory of the server, ${whole(settings.connections)} connections`,
      x,
      y: { label: 'MiB' },
      lines: [
        line('heap after collection', ({ server }) => server.heapUsed / MEBIBYTE),
        line('buffers', ({ server }) => server.external / MEBIBYTE),
        line('RSS', ({ server }) => server.rss / MEBIBYTE),
      ],
    },
    {
      title: "Memory of this package's clients",
      x,
      y: { label: 'MiB' },
      lines: [
        line('heap after collection', ({ engine }) => engine.heapUsed / MEBIBYTE),
        line('buffers', ({ engine }) => engine.external / MEBIBYTE),
        line('RSS', ({ engine }) => engine.rss / MEBIBYTE),
      ],
    },
    {
      title: 'Handles and connections of the server',
      x,
      y: { label: 'number' },
      lines: [
        line('sockets, listeners and timers', ({ server }) => server.handles),
        line('connections', ({ server }) => server.connections),
      ],
    },
    {
      title: 'Messages received, by server and clients together',
      x,
      y: { label: 'messages/s' },
      lines: [
        { name: 'numbered messages', points: perMinute(ratesOf(running, received)) },
        { name: 'broadcasts', points: perMinute(ratesOf(running, broadcasts)) },
      ],
    },
    {
      title: 'Lateness of the event loop of the server',
      x,
      y: { label: 'ms' },
      lines: [{ name: '99th percentile', points: running.map((moment) => [moment.time / 60, moment.server.delay99]) }],
    },
  ]);
}

/** Markdown: where and how, what was counted, what was checked, how connections ended. */
export function table(result: SoakResult, date: string): string {
  const { settings, ledger, moments, checks, passed } = result;
  const { totals } = ledger;
  const run = phaseOf(moments, 'run');
  const last = moments.at(-1) as Moment;
  const most = (value: (moment: Moment) => number): number =>
    run.reduce((most, moment) => Math.max(most, value(moment)), 0);
  const seconds = (run.at(-1)?.time ?? 0) - (run[0]?.time ?? 0);
  const rate = (received(run.at(-1) as Moment) - received(run[0] as Moment)) / seconds;
  const memory = `${Math.round(totalmem() / 1024 / MEBIBYTE)} GiB`;
  const rows: [string, string][] = [
    ['connections at a time, most', whole(most(({ server }) => server.connections))],
    ['connections that came and ended', whole(totals.connections)],
    ['… of them by a closing handshake', whole(totals.clean)],
    ['messages sent, both ways', whole(totals.sent)],
    ['messages received and compared byte by byte', whole(totals.received)],
    ['dropped at the end of a connection, their sender told', whole(totals.toldFailed)],
    ['dropped for clients that did not read, their sender told', whole(totals.overflowed)],
    ['on their way when a connection was cut', whole(totals.lostWithConnection)],
    ['broadcasts received and compared', whole(totals.broadcastsReceived)],
    ['messages a second, broadcasts apart', whole(rate)],
    ['pings of clients answered', whole(last.engine.pongs + last.ws.pongs)],
    ['handshakes broken off half-way', whole(last.engine.halfHandshakes + last.ws.halfHandshakes)],
    ['frozen clients, found by the heartbeat', whole(totals.foundByHeartbeat)],
    [
      'clients that did not read, given up with 1013',
      `${whole(totals.overflows)} (${whole(totals.overflowsTold)} read it)`,
    ],
    [
      'connections ended by drains',
      `${whole(last.server.drained)} (${whole(last.server.cutByDrain)} in the midst of a fault)`,
    ],
    ['load average of the machine, median', median(run.map(({ load }) => load)).toFixed(1)],
    ['server: cores used, median', median(run.map(({ server }) => server.cpu)).toFixed(2)],
    [
      'server: lateness of the event loop, p99, median',
      `${median(run.map(({ server }) => server.delay99)).toFixed(0)} ms`,
    ],
    ['server: RSS, most', mebibytes(most(({ server }) => server.rss))],
  ];
  const endings = [...ledger.endings].sort(([, a], [, b]) => b - a);
  return `${date}, Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}, ${memory}: ${whole(settings.duration / 60)} minutes
after ${whole(settings.warmUp)} s of warm-up, seed ${settings.seed}; server and clients share the machine. **${passed ? 'Passed.' : 'FAILED.'}**

| | |
|---|---:|
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

| check | value | bound | |
|---|---:|---:|---|
${checks.map((check) => `| ${check.name} | ${check.value} | ${check.bound} | ${check.passed ? 'holds' : '**broken**'} |`).join('\n')}

| how connections ended (what was done, close code, error) | |
|---|---:|
${endings.map(([ending, count]) => `| ${ending} | ${whole(count)} |`).join('\n')}
${attempts(last)}`;
}

function attempts({ engine, ws }: Moment): string {
  const rows = [...Object.entries(engine.failedAttempts), ...Object.entries(ws.failedAttempts)];
  if (rows.length === 0) return '';
  return `
| attempts to connect that brought none: the listener had just gone, or no answer came in time | |
|---|---:|
${rows.map(([error, count]) => `| ${error} | ${whole(count)} |`).join('\n')}
`;
}

function received({ server, engine, ws }: Moment): number {
  return server.received + engine.received + ws.received;
}

function broadcasts({ engine, ws }: Moment): number {
  return engine.broadcasts + ws.broadcasts;
}

/** `[seconds, per second]` between each two moments. */
function ratesOf(moments: readonly Moment[], count: (moment: Moment) => number): Point[] {
  return moments.slice(1).map((moment, index) => {
    const earlier = moments[index] as Moment;
    return [moment.time, Math.max(0, (count(moment) - count(earlier)) / (moment.time - earlier.time))];
  });
}

function perMinute(points: readonly Point[]): Point[] {
  return points.map(([seconds, value]) => [seconds / 60, value]);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function mebibytes(bytes: number): string {
  return `${whole(bytes / MEBIBYTE)} MiB`;
}
