// The figures of README.md: a few rows, for readers who do not open docs/performance.md.

import type { Row } from '../run.ts';
import { figureOf } from '../targets.ts';

const SHOWN: readonly (readonly [id: string, title: string])[] = [
  ['P1', '64 B text, many at a time'],
  ['P2', '64 B text, one at a time'],
  ['P3 64 KiB', '64 KiB binary'],
  ['P4 takeover', '1 KiB of JSON, compressed both ways'],
  ['P5 8 in flight', '64 B to each of 1000 subscribers'],
];

/** @param rows  of one version of Node */
export function readmeTable(rows: readonly Row[]): string {
  const find = (wanted: string): Row | undefined => rows.find(({ id }) => id === wanted);
  const lines = SHOWN.flatMap(([id, title]) => {
    const row = find(id);
    if (row === undefined) return [];
    return [`| ${title} | ${['ws', 'harmony', 'bare'].map((name) => cpuOf(row, name)).join(' | ')} |`];
  });
  const parts = [['| | `ws` | this | a bare socket of Node.js |', '|---|---:|---:|---:|', ...lines].join('\n')];
  const memory = find('P6');
  if (memory !== undefined) {
    const [ws, ours, bare] = ['ws', 'harmony', 'bare'].map((name) => figureOf(memory.outcomes[name], 'kib'));
    if (ws !== undefined && ours !== undefined && bare !== undefined) {
      parts.push(
        `Memory of an idle connection, of 10,000: ${short(ws)} KiB with \`ws\`, ${short(ours)} KiB with this, ${short(bare)} KiB as a bare socket.`,
      );
    }
  }
  return parts.join('\n\n');
}

function cpuOf({ outcomes }: Row, name: string): string {
  const value = figureOf(outcomes[name], 'cpu');
  return value === undefined ? '–' : `${short(value)} µs`;
}

/** Two digits that count. */
function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
