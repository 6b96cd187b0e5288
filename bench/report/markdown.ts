// Results as Markdown: a table of what must be reached, then a table for each workload.

import type { Head } from '../harness/machine.ts';
import { defaultMajor, majors } from '../harness/nodes.ts';
import { labelOf, otherOf } from '../harness/peers.ts';
import type { Row } from '../run.ts';
import { median } from '../statistics.ts';
import { NAMES, principalMetrics, type Verdict, valuesOf } from '../targets.ts';
import { columnsOf } from './columns.ts';
import { nodesTable } from './nodes-table.ts';
import { number } from './numbers.ts';

/** The whole page: the default version of Node first, all versions beside each other, then the other versions. */
export function markdownOf(rows: readonly Row[]): string {
  const others = majors.filter((major) => major !== defaultMajor).reverse();
  const nodes = nodesTable(rows);
  const parts = [
    '# Results',
    ...sectionOf(rows, defaultMajor),
    ...(nodes === '' ? [] : ['## Versions of Node', NODES_TEXT, nodes]),
    ...others.flatMap((major) => sectionOf(rows, major)),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What the table of all versions shows. */
export const NODES_TEXT =
  'Our cost in relation to `ws` and to the bare socket, each on the same version of Node in the same run.';

function sectionOf(rows: readonly Row[], major: string): string[] {
  const chosen = rows.filter(({ node }) => node === major);
  return chosen.length === 0 ? [] : [`## Node ${major}`, summaryOf(chosen), ...chosen.map(rowTable)];
}

/** Where each row was measured, and every target with its result. */
export function summaryOf(rows: readonly Row[]): string {
  return `${placesOf(rows)}\n\n${targetsTable(rows)}`;
}

/** Where and with what each row was measured. */
export function placesOf(rows: readonly Row[]): string {
  const heads = new Map<string, { head: Head; of: Row[] }>();
  for (const row of rows) {
    const key = JSON.stringify(row.head);
    const entry = heads.get(key) ?? { head: row.head, of: [] };
    heads.set(key, entry);
    entry.of.push(row);
  }
  const lines = [...heads.values()].map(({ head, of }) => {
    const ids = [...new Set(of.map(({ row }) => row))].join(', ');
    const shares = of.map(({ foreign }) => foreign).filter((share) => share !== undefined);
    const others = shares.length === 0 ? '' : ` ${othersSentence(Math.max(...shares))}.`;
    return `${heads.size === 1 ? '' : `${ids}: `}${sentenceOf(head)}${others}`;
  });
  return lines.join('\n\n');
}

/** Every target with its result. */
export function targetsTable(rows: readonly Row[]): string {
  const lines = ['| row | workload | must reach | measured | |', '|---|---|---|---:|---|'];
  for (const { row, title, verdicts } of rows) {
    for (const verdict of verdicts) {
      lines.push(`| ${row} | ${title} | ${wanted(verdict)} | ${measured(verdict)} | ${judgement(verdict)} |`);
    }
  }
  return lines.join('\n');
}

export function sentenceOf(head: Head): string {
  const { node, v8: _, ...others } = head.versions;
  const peers = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  const where = `${head.processor}, ${head.cores} cores, ${head.memoryGib} GiB, ${head.system}`;
  const how = `${head.rounds} interleaved ${head.rounds === 1 ? 'round' : 'rounds'} of ${head.milliseconds} ms, ${head.isPinned ? 'child and load on a core each' : 'not pinned'}`;
  const flags = head.nodeFlags === undefined ? '' : `${withFlags(head)}; `;
  return `${head.date}: ${where}; Node ${node}; ${flags}${peers.join(', ')}; load on Node ${head.loadNode}; ${how}.`;
}

/** What was different for ours. */
function withFlags({ nodeFlags }: Head): string {
  return `${labelOf('harmony')} with ${nodeFlags}`;
}

/** @param share  of the machine, 0 to 1 */
export function othersSentence(share: number): string {
  return `Other processes used at most ${(share * 100).toFixed(1)} % of the machine`;
}

function wanted({ text, isStretch }: Verdict): string {
  return isStretch === true ? `${text} (stretch)` : text;
}

function measured({ value }: Verdict): string {
  return value === undefined ? '–' : number(value);
}

export function judgement({ isReached, isStretch }: Verdict): string {
  if (isReached === undefined) return 'not measured';
  if (isReached) return 'reached';
  return isStretch === true ? 'missed (stretch)' : '**missed**';
}

/** One workload: a line for each contender, and the targets below. */
export function rowTable(row: Row): string {
  const columns = columnsOf(row).filter(({ cell }) =>
    Object.keys(row.outcomes).some((name) => cell(row.outcomes, name) !== ''),
  );
  const lines = [
    `### ${row.id === row.row ? row.id : row.id.replace(' ', ': ')} — ${row.title}${row.head.nodeFlags === undefined ? '' : `, ${withFlags(row.head)}`}`,
    '',
    `| |${columns.map(({ title }) => ` ${title} |`).join('')}`,
    `|---|${columns.map(() => '---:|').join('')}`,
  ];
  for (const [name, outcome] of Object.entries(row.outcomes)) {
    const label = labelOf(name);
    const { length } = columns;
    if ('failure' in outcome)
      lines.push(`| ${label} | ${outcome.failure.replaceAll('|', '/')} |${' |'.repeat(length - 1)}`);
    else lines.push(`| ${label} |${columns.map(({ cell }) => ` ${cell(row.outcomes, name)} |`).join('')}`);
  }
  if (row.verdicts.length > 0) lines.push('');
  for (const verdict of row.verdicts) lines.push(`- ${wanted(verdict)}: ${measured(verdict)}, ${judgement(verdict)}`);
  return lines.join('\n');
}

/**
 * What a run with another checkout is for: for each contender that is in both, the median, least and most of the ratios of
 * the rounds. Empty: there is none.
 */
export function againstOther({ id, kind, outcomes }: Row): string {
  const lines = Object.keys(outcomes).flatMap((name) => {
    const [peer = '', ...rest] = name.split(',');
    const other = otherOf(peer);
    if (other === undefined) return [];
    return principalMetrics(kind).flatMap((metric) => {
      const ours = valuesOf(outcomes[name], metric);
      const theirs = valuesOf(outcomes[[other, ...rest].join(',')], metric);
      const ratios = ours.map((value, round) => value / (theirs[round] as number)).filter(Number.isFinite);
      if (ratios.length === 0) return [];
      const bounds = `${Math.min(...ratios).toFixed(3)}–${Math.max(...ratios).toFixed(3)}`;
      const what = metric === 'cpu' ? 'CPU' : NAMES[metric];
      const middle = median(ratios).toFixed(3);
      return `${id}: ${what} of ${labelOf(name)}: ${middle} × the other's (${bounds}, ${ratios.length} rounds)`;
    });
  });
  return lines.join('\n');
}
