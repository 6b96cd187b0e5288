// What a soak run must have shown, and the bounds with their reasons.

import type { Ledger } from './ledger.ts';
import { ALL, type Moment } from './moment.ts';
import type { Settings } from './settings.ts';
import { growsBeyond, trendOf } from './trend.ts';

export interface Check {
  readonly name: string;
  readonly value: string;
  readonly bound: string;
  readonly passed: boolean;
}

type ProcessName = 'server' | 'engine' | 'ws';

const MEBIBYTE = 1024 * 1024;

/**
 * Heap that may be gained for each message, in bytes: half of a pointer. Whatever is kept for each message takes one at
 * least (8 bytes, in an array or a Set); less than that can only be noise.
 */
const HEAP_PER_MESSAGE = 4;
/** Heap that may be gained for each connection that has ended, in bytes: the smallest closure with its context takes more. */
const HEAP_PER_CONNECTION = 64;
/**
 * RSS that may be gained in a minute, in bytes, over the last two thirds of a run. malloc keeps what it once needed, the
 * more the longer it has been needed for the largest messages and zlib's contexts, so a small rise is not a leak: 4 MiB
 * a minute would be 5.6 GiB in a day, and is seen in 10 minutes.
 */
const RSS_PER_MINUTE = 4 * MEBIBYTE;
/** Heap above the base line when everything has ended: for code that was compiled since, and caches of the runtime. */
const HEAP_SETTLED = 2 * MEBIBYTE;
/** Seconds of traffic from which a slope says something: less is all warm-up. */
const ENOUGH_FOR_SLOPES = 300;

/** @param leftOpen  by process: what `stop` still found open, or `''` */
export function judge(
  settings: Settings,
  moments: readonly Moment[],
  ledger: Ledger,
  leftOpen: Readonly<Record<string, string>>,
): Check[] {
  const most = moments.reduce((most, { server }) => Math.max(most, server.connections), 0);
  const checks = booksOf(settings, ledger, most);
  for (const name of ['server', 'engine'] as const) checks.push(...returnsOf(name, moments));
  if (settings.duration >= ENOUGH_FOR_SLOPES) {
    for (const name of ['server', 'engine'] as const) checks.push(...slopesOf(name, moments));
  }
  for (const [name, left] of Object.entries(leftOpen)) {
    checks.push({
      name: `${name}: open after the end`,
      value: left || 'nothing',
      bound: 'nothing',
      passed: left === '',
    });
  }
  return checks;
}

/** @param most  connections at a time */
function booksOf(settings: Settings, ledger: Ledger, most: number): Check[] {
  const { totals, violationCount } = ledger;
  const count = (name: string, value: number, least: number): Check => ({
    name,
    value: number(value),
    bound: `at least ${number(least)}`,
    passed: value >= least,
  });
  return [
    {
      name: 'messages lost, doubled, out of order or damaged, ends that nobody wanted',
      value: number(violationCount),
      bound: '0',
      passed: violationCount === 0,
    },
    // That it was tried at all: a run in which nothing happened proves nothing.
    count('connections at a time', most, settings.connections * ALL),
    count('messages received', totals.received, settings.connections * 2),
    count('broadcasts received', totals.broadcastsReceived, settings.connections),
    count('frozen peers found by the heartbeat', totals.foundByHeartbeat, 1),
    count('peers that did not read, given up with 1013', totals.overflows, 1),
  ];
}

/** Everything has ended: nothing may be held that was not before. */
function returnsOf(name: ProcessName, moments: readonly Moment[]): Check[] {
  const base = phaseOf(moments, 'base line')[0]?.[name];
  const end = phaseOf(moments, 'end')[0]?.[name];
  if (base === undefined || end === undefined) return [];
  const messages = messagesOf(end) - messagesOf(base);
  const gained = end.heapUsed - base.heapUsed;
  const bound = HEAP_SETTLED + HEAP_PER_MESSAGE * messages;
  return [
    {
      name: `${name}: heap above the base line, with all connections closed`,
      value: mebibytes(gained),
      bound: mebibytes(bound),
      passed: gained <= bound,
    },
  ];
}

function slopesOf(name: ProcessName, moments: readonly Moment[]): Check[] {
  const run = lastTwoThirds(phaseOf(moments, 'run'));
  const first = run[0] as Moment;
  const last = run.at(-1) as Moment;
  const minutes = (last.time - first.time) / 60;
  const messages = (messagesOf(last[name]) - messagesOf(first[name])) / minutes;
  const ended = (last.ended - first.ended) / minutes;
  const heap = trendOf(run.map((moment) => [moment.time / 60, moment[name].heapUsed]));
  const rss = trendOf(run.map((moment) => [moment.time / 60, moment[name].rss]));
  const handles = trendOf(run.map((moment) => [moment.time / 60, moment[name].handles - moment[name].connections]));
  const heapBound = HEAP_PER_MESSAGE * messages + HEAP_PER_CONNECTION * ended;
  const check = (what: string, { slope, error }: typeof heap, bound: number): Check => ({
    name: `${name}: slope of ${what}`,
    value: `${kibibytes(slope)} ± ${kibibytes(error)} a minute`,
    bound: `${kibibytes(bound)} a minute`,
    passed: !growsBeyond({ slope, error, start: 0 }, bound),
  });
  return [
    check('heap', heap, heapBound),
    check('RSS', rss, RSS_PER_MINUTE),
    {
      name: `${name}: slope of handles beyond connections`,
      value: `${handles.slope.toFixed(2)} ± ${handles.error.toFixed(2)} a minute`,
      bound: '1 a minute',
      passed: !growsBeyond(handles, 1),
    },
  ];
}

export function lastTwoThirds(moments: readonly Moment[]): readonly Moment[] {
  return moments.slice(Math.floor(moments.length / 3));
}

export function phaseOf(moments: readonly Moment[], phase: Moment['phase']): Moment[] {
  return moments.filter((moment) => moment.phase === phase);
}

function messagesOf(sample: { readonly sent: number; readonly received: number }): number {
  return sample.sent + sample.received;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(2)} MiB`;
}

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
