// Compares WebSocket servers and clients in one run on one machine: this package's engine (harmony) and kit, what others
// use, and the bare socket that is the limit. What is measured and how is in docs/performance.md.
//
//   npm run bench                    all workloads, five rounds, into bench/results/ and docs/performance.md
//   npm run bench -- P1 P3           these rows; the others stay as they were
//   npm run bench -- --quick         all rows, three short rounds, ourselves and those we must reach
//   npm run bench -- --check         P1 to P5 against ws; fails when one fell below its ratio
//   npm run bench -- --micro mask    single routines, each beside its slow twin
//   npm run bench -- P1 --profile    where the time goes: a CPU profile for speedscope or Chrome's DevTools
//   npm run bench -- P1 --against ../other   ours from another built checkout in the same run; nothing is written
//   npm run bench -- --render        writes Markdown, pictures and the document again, from results.json

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { compile } from './harness/compile.ts';
import { headOf, warningOf } from './harness/machine.ts';
import { OtherCheckout } from './harness/other.ts';
import { installPeers, otherScripts, scripts } from './harness/peers.ts';
import { pinLoad } from './harness/processor.ts';
import { runMicro } from './micro/main.ts';
import { profileRows } from './profile.ts';
import { readRows, writeDocument, writeResults } from './report/files.ts';
import { againstOther, rowTable, sentenceOf, summaryOf } from './report/markdown.ts';
import { measureRow, type Row, type RunSettings } from './run.ts';
import type { Outcomes } from './targets.ts';
import { type Workload, workloads } from './workloads.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const results = fileURLToPath(new URL('results/', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    micro: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
    /** Names of servers, with commas between. */
    servers: { type: 'string' },
    rounds: { type: 'string' },
    milliseconds: { type: 'string' },
    /** Folder of another built checkout, whose server and client are one more contender. */
    against: { type: 'string' },
    /** Folder for results, instead of bench/results/. */
    out: { type: 'string' },
    /** Takes what is there, and says in the rows what is not. */
    'no-install': { type: 'boolean', default: false },
  },
});

if (values.micro) {
  runMicro(positionals);
} else if (values.render) {
  writeResults(values.out ?? results, []);
  if (values.out === undefined) writeDocument(top, results);
} else {
  await compareServers();
}

async function compareServers(): Promise<void> {
  const chosen = chosenWorkloads();
  if (!values['no-install'] && !values.check && !values.profile) {
    const problem = installPeers();
    if (problem !== undefined) console.error(problem);
  }
  const other = otherCheckout();
  await compile(scripts);
  if (other !== undefined) await compile(otherScripts, other);
  pinLoad();
  const settings = settingsOf();
  if (values.check) {
    process.exitCode = (await check(settings)) ? 0 : 1;
    return;
  }
  if (values.profile) {
    await profileRows(chosen, settings, values.out ?? results);
    return;
  }
  const rows = await run(chosen, settings);
  if (other !== undefined) {
    if (rows.length > 1) console.log(rows.map(againstOther).join('\n'));
    return;
  }
  console.log(summaryOf(rows));
  // A quick run is to look at; what is kept comes of a long one.
  const directory = values.out ?? (values.quick ? `${results}quick/` : results);
  if (values.quick && values.out === undefined) rmSync(directory, { recursive: true, force: true });
  writeResults(directory, rows);
  if (directory === results) writeDocument(top, results);
  console.log(`\n${readRows(directory).length} rows are in ${directory}`);
}

async function run(chosen: readonly Workload[], settings: RunSettings): Promise<Row[]> {
  const head = headOf(settings.rounds, settings.milliseconds);
  console.log(`${sentenceOf(head)}\n`);
  const warning = warningOf(head);
  if (warning !== undefined) console.error(`warning: ${warning}`);
  const rows: Row[] = [];
  const others = new Map<string, Outcomes>();
  for (const workload of chosen) {
    const row = await measureRow(workload, settings, head, others);
    rows.push(row);
    console.log(`${rowTable(row)}\n`);
    if (settings.hasOther === true) console.log(`${againstOther(row)}\n`);
  }
  return rows;
}

function settingsOf(): RunSettings {
  const isShort = values.quick || values.check;
  return {
    rounds: Number(values.rounds ?? (isShort ? 3 : 5)),
    milliseconds: Number(values.milliseconds ?? (values.check ? 700 : values.quick ? 250 : 1_200)),
    warmUp: values.quick ? 200 : values.milliseconds === undefined ? 800 : Number(values.milliseconds),
    isQuick: values.quick,
    servers: values.servers?.split(','),
    hasOther: values.against !== undefined,
  };
}

function otherCheckout(): OtherCheckout | undefined {
  if (values.against === undefined) return undefined;
  try {
    return new OtherCheckout(values.against);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

function chosenWorkloads(): readonly Workload[] {
  const names = new Set(workloads.flatMap(({ id, row }) => [id, row]));
  const unknown = positionals.filter((word) => !names.has(word));
  if (unknown.length > 0) {
    console.error(`no row is called ${unknown.join(', ')}; there are: ${workloads.map(({ id }) => id).join('; ')}`);
    process.exit(2);
  }
  if (positionals.length === 0) return workloads.filter(({ isQuick }) => !values.quick || isQuick !== false);
  return workloads.filter(({ id, row }) => positionals.includes(id) || positionals.includes(row));
}
