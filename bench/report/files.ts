// Where results are kept: `results.json` is what was measured, everything else is made from it and can be made again.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../run.ts';
import { workloads } from '../workloads.ts';
import { chartsOf } from './charts.ts';
import { markdownOf, summaryOf } from './markdown.ts';

const DOCUMENT = 'docs/performance.md';
const BEGIN = '<!-- results: written by npm run bench -->';
const END = '<!-- end of results -->';

/** @returns the rows of an earlier run; none when there is no file */
export function readRows(directory: string): Row[] {
  const file = join(directory, 'results.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { rows: Row[] }).rows : [];
}

/** Puts `rows` in the place of those with the same id and writes JSON, Markdown and pictures. */
export function writeResults(directory: string, rows: readonly Row[]): void {
  mkdirSync(directory, { recursive: true });
  const byId = new Map([...readRows(directory), ...rows].map((row) => [row.id, row]));
  const all = workloads.flatMap(({ id }) => byId.get(id) ?? []);
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify({ rows: all }, rounded, 1)}\n`);
  writeFileSync(join(directory, 'results.md'), `# Results\n\n${markdownOf(all)}`);
  for (const [name, chart] of chartsOf(all)) writeFileSync(join(directory, name), chart);
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

/** Puts the table of targets, and the pictures that there are, into `docs/performance.md`, below `top`. */
export function writeDocument(top: string, directory: string): void {
  const file = join(top, DOCUMENT);
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has no place between "${BEGIN}" and "${END}"`);
  const pictures = PICTURES.filter(([name]) => existsSync(join(directory, name)));
  const links = pictures.map(([name, shown]) => `![${shown}](../bench/results/${name})`);
  const all = 'Every figure of every contender: [bench/results/results.md](../bench/results/results.md).';
  const parts = [BEGIN, summaryOf(readRows(directory)), all, ...links];
  writeFileSync(file, `${text.slice(0, begin)}${parts.join('\n\n')}\n\n${text.slice(end)}`);
}
