// `npm run packages`: real packages that use `ws`, on this package's face of it, on each supported version of Node; writes the
// table of docs/packages.md. `-- 20 26` takes these versions, `-- --check` writes nothing. The trials are
// test/packages/*.test.ts; `npm test` runs them on the Node at hand, without the table.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { TrialResult } from '../test/packages/trial.ts';
import { installedNode } from './nodes.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const page = join(top, 'docs/packages.md');
const VERSIONS = ['20', '22', '24', '26'];
const markers = ['<!-- trials: made by `npm run packages` -->', '<!-- end of trials -->'] as const;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const unknown = positionals.find((word) => !VERSIONS.includes(word));
if (unknown !== undefined) {
  console.error(`packages: ${unknown} is not a supported version of Node; take ${VERSIONS.join(', ')}`);
  process.exit(2);
}
const majors = positionals.length === 0 ? VERSIONS : positionals;
const programs = majors.map(installedNode);
run(process.execPath, ['scripts/build.mjs']);
run(process.execPath, ['scripts/install-packages.mjs']);
const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-trials-'));
const results: TrialResult[] = [];
let hasPassed = true;
try {
  for (const [index, program] of programs.entries()) runTrials(program, majors[index] ?? '');
} finally {
  rmSync(folder, { recursive: true });
}
const table = tableOf(results);
if (values.check !== true && majors.length === VERSIONS.length) writeTable(table);
else console.log(table);
process.exitCode = hasPassed ? 0 : 1;

function run(program: string, parameters: readonly string[]): void {
  const { status } = spawnSync(program, parameters, { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(1);
}

function runTrials(program: string, major: string): void {
  console.log(`\n▶ packages on Node ${major}`);
  const file = join(folder, `${major}.jsonl`);
  writeFileSync(file, '');
  const tests = readdirSync(join(top, 'test/packages')).filter((name) => name.endsWith('.test.ts'));
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { status } = spawnSync(
    program,
    [
      '--import',
      'tsx',
      '--test',
      '--test-concurrency=2',
      '--test-reporter=./scripts/test-reporter.mjs',
      '--test-reporter-destination=stdout',
      ...tests.map((name) => `test/packages/${name}`),
    ],
    {
      cwd: top,
      env: {
        ...environment,
        HARMONY_WEBSOCKET_TRIALS: file,
        PATH: `${dirname(program)}${delimiter}${process.env.PATH ?? ''}`,
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (status !== 0) hasPassed = false;
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  // By the file's name: a trial that was noted on another version is not of this one.
  results.push(...lines.map((line) => ({ ...(JSON.parse(line) as TrialResult), node: major })));
}

/** A row for each trial; a trial without a note has failed. */
function tableOf(all: readonly TrialResult[]): string {
  const rows = new Map<string, TrialResult[]>();
  for (const result of all) {
    const key = `${result.name}\n${result.exercised}`;
    rows.set(key, [...(rows.get(key) ?? []), result]);
  }
  const lines = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, found]) => {
      const [{ name, version, exercised }] = found as [TrialResult];
      const cells = majors.map((major) => found.find(({ node }) => node === major)?.result ?? 'failed');
      // By the name that it is installed under, the override is `ws`.
      const shown = name === 'ws' ? 'harmony-websocket-ws' : name;
      return `| ${shown} ${version} | ${exercised} | ${cells.join(' | ')} |`;
    });
  const head = `| package | what was exercised | ${majors.map((major) => `Node ${major}`).join(' | ')} |`;
  return [head, `|${'---|'.repeat(majors.length + 2)}`, ...lines].join('\n');
}

function writeTable(text: string): void {
  const [begin, end] = markers;
  const old = readFileSync(page, 'utf8');
  const from = old.indexOf(begin);
  const until = old.indexOf(end);
  if (from < 0 || until < from) throw new Error(`docs/packages.md has no lines "${begin}" and "${end}"`);
  writeFileSync(page, `${old.slice(0, from + begin.length)}\n${text}\n${old.slice(until)}`);
  console.log('docs/packages.md has the table of this run');
}
