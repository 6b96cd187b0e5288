// Compares WebSocket servers and clients in one run on one machine: this package's engine (harmony) and kit, what others
// use, and the bare socket that is the limit. What is measured and how is in docs/performance.md; `--help` lists what may be
// given.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from './check.ts';
import { compile } from './harness/compile.ts';
import { headOf } from './harness/machine.ts';
import { isRunning, type NodeProgram, nodeProgram, takesFlags } from './harness/nodes.ts';
import { OtherCheckout } from './harness/other.ts';
import { installPeers, majorsOf, otherScripts, scripts } from './harness/peers.ts';
import { pinLoad } from './harness/processor.ts';
import { heapRows } from './heap.ts';
import { runMicro } from './micro/main.ts';
import { help, type Options, parseOptions, UsageError } from './options.ts';
import { profileRows } from './profile.ts';
import { isQuiet, measuredQuietly, reasonToWait, refusal } from './quietness.ts';
import { readRows, writeDocuments, writeResults } from './report/files.ts';
import { againstOther, othersSentence, rowTable, sentenceOf, summaryOf } from './report/markdown.ts';
import { measureRow, type Row, type RunSettings } from './run.ts';
import type { Outcomes } from './targets.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const results = fileURLToPath(new URL('results/', import.meta.url));

const RENDER = 'to have it in docs/performance.md: npm run bench -- --render';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function run(options: Options): Promise<void> {
  if (options.mode === 'render') {
    const directory = options.out ?? results;
    if (readRows(directory).length === 0)
      throw new UsageError(`${directory} has no results.json with rows: name the folder that a run wrote to`);
    writeResults(directory, []);
    if (directory === results) writeDocuments(top, results);
    const documents = directory === results ? ', and into README.md and docs/performance.md' : '';
    console.log(`tables and pictures are written again in ${directory}${documents}`);
    return;
  }
  if (!options.isBuilt) build();
  if (options.mode === 'micro' && options.nodes.every(isRunning)) {
    runMicro(options.words);
    return;
  }
  const other = otherOf(options);
  if (options.mayInstall && options.mode === 'compare') {
    const problem = installPeers();
    if (problem !== undefined) console.error(problem);
  }
  const nodes = options.nodes.map((major) => nodeOf(major, options));
  if (options.mayInstall && options.mode === 'compare') installNodesOfPeers(options);
  if (options.mode === 'micro') {
    for (const node of nodes) microOn(node, options);
    return;
  }
  await compile(scripts);
  if (other !== undefined) await compile(otherScripts, other);
  pinLoad();
  const reason = isForResults(options) ? await reasonToWait() : undefined;
  if (reason !== undefined) {
    console.error(reason);
    process.exitCode = 1;
    return;
  }
  for (const node of nodes) await measureOn(node, options);
}

function build(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: top, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whether figures are to become those of the documents; others are only to look at. */
function isForResults({ mode, isQuick, out, against, nodeFlags }: Options): boolean {
  return mode === 'compare' && !isQuick && out === undefined && against === undefined && nodeFlags === undefined;
}

/** The micro-benchmarks run in this process's own Node, so another one begins again. */
function microOn({ binary, major, version }: NodeProgram, { words }: Options): void {
  console.log(`\nNode ${version}`);
  const parameters = ['--import', 'tsx', fileURLToPath(import.meta.url), '--micro', '--node', major, ...words];
  const { status } = spawnSync(binary, parameters, { cwd: top, stdio: 'inherit' });
  if (status !== 0) process.exitCode = status ?? 1;
}

async function measureOn(node: NodeProgram, options: Options): Promise<void> {
  const settings = settingsOf(node, options);
  if (options.mode === 'check') {
    if (!(await check(options.workloads, settings))) process.exitCode = 1;
    return;
  }
  if (options.mode === 'profile') {
    await profileRows(options.workloads, settings, options.out ?? results);
    if (options.out === undefined) console.log(RENDER);
    return;
  }
  if (options.mode === 'heap') {
    await heapRows(options.workloads, settings, options.out ?? results);
    if (options.out === undefined) console.log(RENDER);
    return;
  }
  const rows = await compareRows(options, settings);
  if (settings.hasOther === true && rows.length > 1) console.log(rows.map(againstOther).join('\n'));
  if ((settings.hasOther === true || options.nodeFlags !== undefined) && options.out === undefined) return;
  console.log(summaryOf(rows));
  // A quick run is to look at; what is kept comes of a long one.
  const directory = options.out ?? (options.isQuick ? `${results}quick/` : results);
  const isFirst = node.major === options.nodes[0];
  if (options.isQuick && options.out === undefined && isFirst) rmSync(directory, { recursive: true, force: true });
  const refused = isForResults(options) ? rows.filter((row) => !isQuiet(row)) : [];
  writeResults(
    directory,
    rows.filter((row) => !refused.includes(row)),
  );
  if (directory === results) writeDocuments(top, results);
  const { length } = readRows(directory);
  console.log(`\n${length} ${length === 1 ? 'row is' : 'rows are'} in ${directory}`);
  if (refused.length === 0) return;
  console.error(refusal(refused));
  process.exitCode = 1;
}

async function compareRows(options: Options, settings: RunSettings): Promise<Row[]> {
  const head = headOf(settings);
  console.log(`${sentenceOf(head)}\n`);
  const rows: Row[] = [];
  const others = new Map<string, Outcomes>();
  for (const workload of options.workloads) {
    const measure = (): Promise<Row> => measureRow(workload, settings, head, others);
    const row = isForResults(options) ? await measuredQuietly(measure, console.error) : await measure();
    rows.push(row);
    console.log(`${rowTable(row)}\n`);
    if (row.foreign !== undefined && !isQuiet(row)) console.log(`${othersSentence(row.foreign)}.\n`);
    if (settings.hasOther === true) console.log(`${againstOther(row)}\n`);
  }
  return rows;
}

function settingsOf(node: NodeProgram, options: Options): RunSettings {
  const { rounds, milliseconds, warmUp, isQuick, servers, against, nodeFlags } = options;
  return { node, rounds, milliseconds, warmUp, isQuick, servers, hasOther: against !== undefined, nodeFlags };
}

/** Where one cannot be installed, the rows of its peer tell. */
function installNodesOfPeers({ workloads, servers }: Options): void {
  const names = workloads.flatMap((workload) => workload.servers.filter((name) => servers?.includes(name) ?? true));
  for (const major of majorsOf(names)) {
    try {
      nodeProgram(major, true);
    } catch (error) {
      console.error((error as Error).message);
    }
  }
}

/** What cannot be had, or does not know the flags, is something to mend on the command line. */
function nodeOf(major: string, { mayInstall, nodeFlags = [] }: Options): NodeProgram {
  try {
    const program = nodeProgram(major, mayInstall);
    takesFlags(program, nodeFlags);
    return program;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function otherOf({ against }: Options): OtherCheckout | undefined {
  if (against === undefined) return undefined;
  try {
    return new OtherCheckout(against);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
