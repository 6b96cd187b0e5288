// Several versions of Node beside each other: what each row costs us there in relation to `ws` and to the bare socket, of
// the same run.

import { defaultMajor, majors } from '../harness/nodes.ts';
import type { Row } from '../run.ts';
import { figureOf, NAMES, principalMetrics } from '../targets.ts';
import { number } from './numbers.ts';

/** Rows that were measured on the default version and on another. Empty: there is none. */
export function nodesTable(rows: readonly Row[]): string {
  const compared = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    const byNode = compared.get(row.id) ?? new Map<string, Row>();
    compared.set(row.id, byNode.set(row.node, row));
  }
  const lines: string[] = [];
  const columns = majors.filter((major) => rows.some(({ node }) => node === major));
  for (const byNode of compared.values()) {
    const row = byNode.get(defaultMajor);
    if (row === undefined || byNode.size === 1 || !('harmony' in row.outcomes)) continue;
    const cells = ['ws', 'bare'].flatMap((base) => columns.map((major) => ratio(byNode.get(major), base)));
    if (cells.every((cell) => cell === '–')) continue;
    lines.push(`| ${row.row} | ${row.title} | ${NAMES[principalMetrics(row.kind)[0]]} | ${cells.join(' | ')} |`);
  }
  if (lines.length === 0) return '';
  const titles = ['ws', 'bare'].flatMap((base) => columns.map((major) => `× ${base}, Node ${major}`));
  const head = [`| row | workload | | ${titles.join(' | ')} |`, `|---|---|---|${titles.map(() => '---:|').join('')}`];
  return [...head, ...lines].join('\n');
}

function ratio(row: Row | undefined, base: string): string {
  if (row === undefined) return '–';
  const [metric] = principalMetrics(row.kind);
  const ours = figureOf(row.outcomes.harmony, metric);
  const theirs = figureOf(row.outcomes[base], metric);
  return ours === undefined || theirs === undefined ? '–' : number(ours / theirs);
}
