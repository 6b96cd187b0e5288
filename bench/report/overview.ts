// The first table that a reader sees: one line a workload, with a sentence that says what its figure means.

import type { Row } from '../run.ts';
import { figureOf, principalMetrics } from '../targets.ts';
import type { Metric } from '../workload.ts';
import { number } from './numbers.ts';

/** By the id of a workload. */
export const meanings: Readonly<Record<string, string>> = {
  P1: 'A small text, received and sent back, of sixteen that share a read and a write.',
  P2: 'A small text with its own read and write.',
  'P3 64 KiB': 'A binary message of 64 KiB, received and sent back.',
  'P3 1 MiB': 'A binary message of 1 MiB, received and sent back.',
  'P3 text': 'A text of 1 MiB, received and sent back.',
  'P4 takeover': 'A JSON text of 1 KiB, inflated and deflated, where both ends remember earlier messages.',
  'P4 no takeover': 'The same, each message compressed by itself.',
  'P5 8 in flight': 'One of a thousand copies of a published text, where eight texts share a write.',
  'P5 1 in flight': 'One of a thousand copies of a published text, with its own write.',
  'P5 deflate': 'One of a thousand copies of a published JSON text that is compressed once for all.',
  P6: 'The memory that one more idle connection takes, in a process that has been in use.',
  P7: 'An opening handshake on a new TCP connection, and the end of that connection.',
  'P8 64 B': 'A small text that the client sends and gets back, of sixteen that share a read and a write.',
  'P8 1 MiB': 'A binary message of 1 MiB that the client sends and gets back.',
  'P9 64 B': 'P1 over TLS.',
  'P9 64 KiB': 'P3 with 64 KiB, over TLS.',
  'P9 1 MiB': 'P3 with 1 MiB, over TLS.',
  P10: "P1 by the kit's server; this column shows the engine, the ratio is in the table of targets.",
  'P11 10 connections': 'P1 with 10 connections.',
  'P11 100 connections': 'P1 with 100 connections.',
  'P11 1000 connections': 'P1 with 1000 connections.',
  'P11 5000 connections': 'P1 with 5000 connections.',
  'P11 16 B': 'A binary message of 16 B.',
  'P11 256 B': 'A binary message of 256 B.',
  'P11 1 KiB': 'A binary message of 1 KiB.',
  'P11 4 KiB': 'A binary message of 4 KiB.',
  'P11 16 KiB': 'A binary message of 16 KiB.',
  'P11 128 KiB': 'A binary message of 128 KiB.',
  'P11 1 MiB': 'A binary message of 1 MiB, one in flight.',
  'P11 4 MiB': 'A binary message of 4 MiB, one in flight.',
  'P11 16 MiB': 'A binary message of 16 MiB, one in flight.',
  P12: 'One of a thousand copies of 4 KiB, while a further subscriber does not read.',
  P13: 'The CPU time of a process that imports the engine and ends.',
  'P14 30 %': 'The time within which 99 of 100 answers come, at 30 % of what ws can carry.',
  'P14 60 %': 'The same at 60 %.',
  'P14 90 %': 'The same at 90 %.',
  P15: 'The memory of one of some ten thousand connections of a process.',
  P16: 'The memory of one of 5,000 client connections of a process.',
};

const UNITS: Partial<Record<Metric, string>> = { cpu: 'µs', kib: 'KiB', warm: 'KiB', p99: 'ms', start: 'ms' };
/** What of ours is shown, with the meaning of the second where a row has it. */
const OURS = ['harmony', 'harmony (lent)'] as const;
const LENT = "The same with `binaryMessages: 'lent'`.";
const OTHERS = ['ws', 'bare', 'bun'] as const;

/** @param rows  of one version of Node */
export function overviewOf(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ id, row, kind, outcomes }) => {
    const [metric] = principalMetrics(kind);
    return OURS.flatMap((name) => {
      const ours = figureOf(outcomes[name], metric);
      if (ours === undefined) return [];
      const ratios = OTHERS.map((other) => {
        const theirs = figureOf(outcomes[other], metric);
        return theirs === undefined || theirs === 0 ? '' : number(ours / theirs);
      });
      const meaning = name === 'harmony' ? (meanings[id] ?? '') : LENT;
      return [`| ${row} | ${meaning} | ${number(ours)} ${UNITS[metric] ?? ''} | ${ratios.join(' | ')} |`];
    });
  });
  const head = [
    '| row | what the figure means | this package | ÷ `ws` | ÷ bare | ÷ Bun |',
    '|---|---|---:|---:|---:|---:|',
  ];
  return [...head, ...lines].join('\n');
}
