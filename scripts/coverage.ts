// `npm run coverage`: which lines and branches of src/ the tests run, as a table by folder; `-- client server` runs only the
// test files whose path contains a word, `-- --files` prints a row for each file.
//
// `npm run coverage -- --check` holds the core to more: each room of src/core/ is covered by only the tests of its own
// folder (src/core/frame/ by test/core/frame/, the files of src/core/ itself by test/core/base/), to 100 % of its lines and
// 98 % of its branches. `-- --check frame` checks one room. It prints the lines that are not covered.
//
// `--if-installed` passes on a machine without Node 26, for `npm test`.
//
// The measuring is Node's own. It runs on Node 26, which loads TypeScript without a compiler, so that positions are those of
// the sources, and the numbers do not depend on the Node at hand. Tests that use the package by its name run dist/, which
// does not count.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { coverageExceptions } from './coverage-exceptions.ts';
import { type FileCoverage, percent, readLcov, shortfall, sum, uncovered } from './coverage-report.ts';
import { findNode, installedNode } from './nodes.ts';

const top = fileURLToPath(new URL('..', import.meta.url));

const given = process.argv.slice(2);
const words = given.filter((word) => !word.startsWith('--'));
const unknown = given.find((word) => word.startsWith('--') && !['--check', '--files', '--if-installed'].includes(word));
if (unknown !== undefined) {
  console.error(`coverage: unknown option ${unknown}; known are --check, --files and --if-installed`);
  process.exit(2);
}
if (given.includes('--if-installed') && findNode('26') === undefined && process.env.CI !== 'true') {
  console.log('coverage: skipped, since Node 26 is not installed; npm run coverage -- --check installs it');
  process.exit(0);
}
const isCheck = given.includes('--check');
const isComplete = isCheck ? checkCore() : printTable(given.includes('--files'));
process.exitCode = isComplete ? 0 : 1;

/** Runs the tests and prints the table. Returns whether the tests passed. */
function printTable(isByFile: boolean): boolean {
  const tests = filesIn('test', '.test.ts').filter((file) => {
    return words.length === 0 || words.some((word) => file.includes(word));
  });
  if (tests.length === 0) throw new Error(`no test file has ${words.join(' or ')} in its path`);
  const { files, hasPassed } = measure(tests, 'src/**/*.ts');
  const rooms = new Map<string, FileCoverage[]>();
  for (const file of files) {
    const room = isByFile ? file.path : dirname(file.path);
    rooms.set(room, [...(rooms.get(room) ?? []), file]);
  }
  console.log(`\n${'lines'.padStart(8)}  ${'branches'.padStart(8)}`);
  for (const [room, members] of [...rooms].sort(([a], [b]) => (a < b ? -1 : 1))) printRow(room, sum(members));
  printRow(`all (${files.length} files)`, sum(files));
  const loaded = new Set(files.map((file) => file.path));
  const absent = filesIn('src', '.ts').filter((file) => !loaded.has(file) && hasCode(file));
  const shown = isByFile
    ? absent
    : [...new Set(absent.map(dirname))].map((room) => {
        return `${room} (${absent.filter((file) => dirname(file) === room).length})`;
      });
  if (absent.length > 0) console.log(`\nfiles that none of these tests loads: ${shown.join(', ')}`);
  if (!hasPassed) console.log('\ncoverage: some of the tests failed, so the table may show less than they cover');
  return hasPassed;
}

function printRow(name: string, { lines, branches }: Omit<FileCoverage, 'path'>): void {
  const shown = [lines, branches].map((share) => (share.found === 0 ? 'none' : percent(share)).padStart(8));
  console.log(`${shown.join('  ')}  ${name}`);
}

/** Whether each room of the core is covered by its own tests; prints what is not. */
function checkCore(): boolean {
  const folders = readdirSync(join(top, 'src/core'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const rooms = ['base', ...folders.map((folder) => folder.name)];
  const wanted = words.length === 0 ? rooms : words;
  const stranger = wanted.find((room) => !rooms.includes(room));
  if (stranger !== undefined)
    throw new Error(`no room of src/core/ is named ${stranger}; there are ${rooms.join(', ')}`);
  return wanted.map(checkRoom).every(Boolean);
}

function checkRoom(room: string): boolean {
  const folder = room === 'base' ? 'src/core' : `src/core/${room}`;
  const sources = readdirSync(join(top, folder))
    .filter((name) => name.endsWith('.ts') && hasCode(`${folder}/${name}`))
    .map((name) => `${folder}/${name}`);
  const tests = filesIn(`test/core/${room}`, '.test.ts');
  const { files, hasPassed } = measure(tests, `${folder}/*.ts`);
  const measured = new Map(files.map((file) => [file.path, file]));
  const findings = sources.flatMap((path) => {
    const file = measured.get(path);
    if (file === undefined) return `${path}: no test of test/core/${room}/ loads it`;
    const missing = shortfall(file, coverageExceptions[path]);
    return missing === undefined ? [] : `${path}: ${missing}${uncovered(file)}`;
  });
  if (!hasPassed) findings.push(`tests of test/core/${room}/ failed`);
  printRow(`${folder}/ by test/core/${room}/`, sum(files));
  for (const finding of findings) console.log(`  ${finding}`);
  return findings.length === 0;
}

/** Runs `tests` and answers what they covered of the sources that match `include`. */
function measure(tests: readonly string[], include: string): { files: FileCoverage[]; hasPassed: boolean } {
  if (tests.length === 0) return { files: [], hasPassed: true };
  const folder = mkdtempSync(join(tmpdir(), 'coverage-'));
  const report = join(folder, 'lcov');
  // Set by a test runner above this one; it would silence ours.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { status } = spawnSync(
    installedNode('26'),
    [
      ...['--test', '--test-concurrency=2', '--test-timeout=300000'],
      ...['--experimental-test-coverage', `--test-coverage-include=${include}`],
      ...['--test-reporter=lcov', `--test-reporter-destination=${report}`],
      ...['--test-reporter=./scripts/test-reporter.mjs', '--test-reporter-destination=stderr'],
      ...tests,
    ],
    {
      cwd: top,
      env: { ...environment, ...(isCheck ? { TEST_REPORT: 'failures' } : {}) },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const files = readLcov(readFileSync(report, 'utf8'));
  rmSync(folder, { recursive: true });
  return { files, hasPassed: status === 0 };
}

/** Whether anything is left of a file when its types are gone. */
function hasCode(file: string): boolean {
  const { code } = transformSync(readFileSync(join(top, file), 'utf8'), { loader: 'ts', minify: true });
  return code.replace(/export\s*\{\s*\};?/u, '').trim() !== '';
}

function filesIn(folder: string, ending: string): string[] {
  if (!existsSync(join(top, folder))) return [];
  // With types, links are not followed: node_modules has some that lead back here.
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => !name.includes('node_modules/'))
    .sort();
}
