// Where results are kept: `results.json` is what was measured, everything else is made from it and can be made again.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultMajor, majors } from '../harness/nodes.ts';
import { fileNameOf } from '../profile.ts';
import type { Row } from '../run.ts';
import { workloads } from '../workloads.ts';
import { chartsOf } from './charts.ts';
import { markdownOf, NODES_TEXT, placesOf, targetsTable } from './markdown.ts';
import { nodesTable } from './nodes-table.ts';
import { overviewOf } from './overview.ts';
import { readmeTable } from './readme.ts';

/** @returns the rows of an earlier run; none when there is no file */
export function readRows(directory: string): Row[] {
  const file = join(directory, 'results.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows : [];
}

/** Puts `rows` in the place of those with the same id and version of Node, and writes JSON, Markdown and pictures. */
export function writeResults(directory: string, rows: readonly Row[]): void {
  mkdirSync(directory, { recursive: true });
  const keyOf = (id: string, node: string): string => `${id} on ${node}`;
  const byKey = new Map([...readRows(directory), ...rows].map((row) => [keyOf(row.id, row.node), row]));
  const all = [...majors].reverse().flatMap((node) => workloads.flatMap(({ id }) => byKey.get(keyOf(id, node)) ?? []));
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify({ rows: all }, rounded, 1)}\n`);
  writeFileSync(join(directory, 'results.md'), markdownOf(all));
  // Where the default version was not measured, in a run for someone's own eyes, the newest that was.
  const charted = all.filter(({ node }) => node === all[0]?.node);
  const charts = chartsOf(charted);
  // A picture of rows that are no longer in the results would show figures that nobody can look up.
  for (const [name] of PICTURES) if (!charts.has(name)) rmSync(join(directory, name), { force: true });
  for (const [name, chart] of charts) writeFileSync(join(directory, name), chart);
}

function ofDefault(rows: readonly Row[]): Row[] {
  return rows.filter(({ node }) => node === defaultMajor);
}

/** Four digits that count are more than is known. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/** What the pictures show, for those who do not see them. */
const PICTURES: readonly (readonly [string, string])[] = [
  ['servers.svg', 'CPU per message of the servers, in relation to ws'],
  ['clients.svg', 'CPU per message of the clients, in relation to ws'],
  ['idle.svg', 'memory of idle connections'],
  ['handshakes.svg', 'CPU of handshakes'],
  ['connections.svg', 'CPU per message by number of connections'],
  ['sizes.svg', 'MB/s by size of message'],
];

/** Puts what was measured on the default version of Node into README.md and docs/performance.md, below `top`. */
export function writeDocuments(top: string, directory: string): void {
  const all = readRows(directory);
  const rows = ofDefault(all);
  const nodes = nodesTable(all);
  const page = join(top, 'docs/performance.md');
  fill(page, 'results', [placesOf(rows), overviewOf(rows), EVERYTHING, ...picturesOf(directory)]);
  fill(page, 'targets', [targetsTable(rows)]);
  fill(page, 'versions', nodes === '' ? [] : [NODES_TEXT, nodes]);
  fill(page, 'flame graphs', flamesOf(directory));
  fill(page, 'heap', heapOf(directory));
  fill(join(top, 'README.md'), 'results', [readmeTable(rows)]);
}

const EVERYTHING = 'Every figure of every contender: [bench/results/results.md](../bench/results/results.md).';

function picturesOf(directory: string): string[] {
  const pictures = PICTURES.filter(([name]) => existsSync(join(directory, name)));
  return pictures.map(([name, shown]) => `![${shown}](../bench/results/${name})`);
}

function flamesOf(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.flame.svg'));
  return names.sort().map((name) => {
    const row = workloads.find((workload) => name === `${fileNameOf(workload)}.flame.svg`)?.id ?? name;
    return `![where the time of ${row} goes: a flame graph](../bench/results/${name})`;
  });
}

/** What `--heap` wrote, without its headings. */
function heapOf(directory: string): string[] {
  const file = join(directory, 'heap.md');
  if (!existsSync(file)) return [];
  return [
    readFileSync(file, 'utf8')
      .replaceAll(/^#.*\n+/gmu, '')
      .trimEnd(),
  ];
}

/** Puts `parts` between the comments that mark the place called `name`. */
function fill(file: string, name: string, parts: readonly string[]): void {
  const begin = `<!-- ${name}: written by npm run bench -->`;
  const end = `<!-- end of ${name} -->`;
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(begin);
  const until = text.indexOf(end);
  if (from < 0 || until < from) throw new Error(`${file} has no place between "${begin}" and "${end}"`);
  writeFileSync(file, `${text.slice(0, from)}${[begin, ...parts].join('\n\n')}\n\n${text.slice(until)}`);
}
