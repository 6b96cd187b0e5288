// `npm test`: all checks, the cheap ones first: build and types, layers, lint, prose, then the tests with node's test
// runner. Stops at the first step that fails. `npm test -- PATTERN…` builds and runs the test files whose path contains
// one of the patterns, and none that follows a "!". With `--only-tests` only the tests run, on an existing build:
// test-nodes.ts uses it for other versions of Node.
//
// With CI=true, up to three files that failed among all are run once more, one at a time. If they pass, the run goes on, and names
// them as unstable: on a machine that others use, one late timer among twelve thousand tests must not hide the result of the
// rest. An unstable test is a fault to mend.

import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Milliseconds. Node 20 applies it to a file, newer versions to a file and to each test. A file that leaves something open runs into it. */
const fileTimeout = 600_000;

const given = process.argv.slice(2);
const onlyTests = given.includes('--only-tests');
const words = given.filter((word) => word !== '--only-tests');
const patterns = words.filter((word) => !word.startsWith('!'));
const excluded = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
const linted = ['src', 'cli', 'test', 'scripts', 'bench'];
const started = performance.now();

if (!onlyTests) step('build (core first)', node('scripts/build.mjs'));
if (!onlyTests && patterns.length === 0) {
  for (const project of ['test', 'bench', 'scripts']) {
    if (holdsTypeScript(project)) step(`types of ${project}/`, node(tool('typescript', 'tsc'), '-p', project));
  }
  if (existsSync(join(top, 'test/packages/node_modules'))) {
    step('types of test/packages/', node(tool('typescript', 'tsc'), '-p', 'test/packages'));
  }
  step('layers', node('--import', 'tsx', 'scripts/check-layers.ts'));
  step('lint and format (biome)', node(tool('@biomejs/biome', 'biome'), 'check', '.'));
  step(
    'typed lint (oxlint)',
    node(tool('oxlint', 'oxlint'), '--quiet', '--type-aware', '--config', '.oxlintrc.json', ...linted),
  );
  step('prose (textlint)', node('--import', 'tsx', 'scripts/prose/main.ts'));
}
runTests();

/** A command line that runs a script or tool with this node. */
function node(...parameters) {
  return parameters;
}

/** Path of a dependency's command, as its package.json names it. */
function tool(packageName, command) {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

/** Runs node with `parameters`. Ends the run on failure, unless `again` finds that it was none. */
function step(name, parameters, environment = process.env, again = () => false) {
  console.log(`\n▶ ${name}`);
  const begun = performance.now();
  const { status, signal, error } = spawnSync(process.execPath, parameters, {
    cwd: top,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (error === undefined && status === 0) return console.log(`  ${name}: passed (${seconds} s)`);
  if (again()) return;
  const how = error?.message ?? signal ?? `exit ${status}`;
  finish(`  ${name}: FAILED (${how}, ${seconds} s)`);
}

/** Ends as failed. */
function finish(text) {
  console.log(text);
  console.log(`\nnpm test: failed after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  process.exit(1);
}

function filesIn(folder) {
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(top, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/node_modules/'))
    .sort();
}

function holdsTypeScript(folder) {
  return filesIn(folder).some((file) => file.endsWith('.ts'));
}

function runTests() {
  const all = filesIn('test').filter((file) => file.endsWith('.test.ts'));
  const isWanted = (file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern));
  const files = all.filter((file) => isWanted(file) && !excluded.some((pattern) => file.includes(pattern)));
  if (files.length === 0) finish(`no test file among ${all.length} has ${patterns.join(' or ')} in its path`);
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const kitRows = join(folder, 'kit-rows.jsonl');
  // Set by a test runner above this one; it would silence ours.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const runner = (rows, concurrency) => {
    const reporters = [
      ['./scripts/test-reporter.mjs', 'stdout'],
      ['./scripts/kit-rows-reporter.mjs', rows],
    ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`]);
    return [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${concurrency}`,
      `--test-timeout=${fileTimeout}`,
      ...reporters,
    ];
  };
  const failedFiles = join(folder, 'failed-files');
  /** @returns whether the files that have failed pass when nothing runs beside them */
  const again = () => {
    const failed = existsSync(failedFiles) ? readFileSync(failedFiles, 'utf8').split('\n').filter(Boolean) : [];
    if (process.env.CI !== 'true' || failed.length === 0 || failed.length > 3 || failed.length === files.length)
      return false;
    const rows = join(folder, 'kit-rows-again.jsonl');
    step(`what failed, once more: ${failed.join(', ')}`, node(...runner(rows, 1), ...failed), environment);
    appendFileSync(kitRows, readFileSync(rows));
    console.log(`\n  UNSTABLE: failed among the others and passed alone: ${failed.join(', ')}`);
    return true;
  };
  step(
    `tests (${files.length} file${files.length === 1 ? '' : 's'})`,
    node(...runner(kitRows, 2), ...files),
    // Each file is a process, and most load the same code: from Node 22 on they share what it was compiled to.
    { NODE_COMPILE_CACHE: join(folder, 'compiled'), ...environment, TEST_FAILED_FILES: failedFiles },
    again,
  );
  // What the kit's tests have just shown, row by row of its specification; only when all of them ran.
  if (!onlyTests && all.every((file) => files.includes(file) || !file.startsWith('test/kit/'))) {
    step('coverage of the kit specification', node('--import', 'tsx', 'scripts/kit-coverage.ts', '--check', kitRows));
  }
  if (!onlyTests && patterns.length === 0) {
    step('coverage of the core', node('--import', 'tsx', 'scripts/coverage.ts', '--check', '--if-installed'));
  }
  console.log(`\nnpm test: passed after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
