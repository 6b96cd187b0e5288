// `npm run fuzz -- --minutes N [--target name] [--seed s]`: all targets in turns for N minutes, with a line for each
// every ten seconds. A finding is shrunk, printed, written beside the corpus, and ends the run with 1.

import { parseArgs } from 'node:util';
import { errorTable } from '../../src/core/errors.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { Campaign, Finding } from './campaign.ts';
import { corpusEntry, writeFinding } from './corpus.ts';
import { explained } from './targets/differential.ts';
import { targets } from './targets/index.ts';

/** Milliseconds of a target's turn. */
const TURN = 1_000;
const REPORT_EVERY = 10_000;
/** A target that has failed so often is left out. */
const ENOUGH = 3;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, target: { type: 'string' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) fail('--minutes is a number above 0, --seed an integer');
const chosen = targets.filter(([{ name }]) => values.target === undefined || name === values.target);
if (chosen.length === 0) fail(`no target ${values.target}; there are ${targets.map(([{ name }]) => name).join(', ')}`);

const findings = new Map<string, Finding[]>();
const campaigns = chosen.map(([target]) => new Campaign(target, seed));
const begun = performance.now();
const before = openHandles();
console.log(`seed ${seed}, Node ${process.version}, ${minutes} minutes, ${campaigns.length} targets`);

for (const { target } of campaigns) await target.start?.();
for (const campaign of campaigns) await guarded(campaign, () => campaign.replay());
let reported = performance.now();
while (performance.now() < begun + minutes * 60_000) {
  for (const campaign of campaigns) {
    if ((findings.get(campaign.target.name)?.length ?? 0) >= ENOUGH) continue;
    await guarded(campaign, () => campaign.run(TURN));
    if (performance.now() < reported + REPORT_EVERY) continue;
    reported = performance.now();
    progress();
  }
}
for (const { target } of campaigns) await target.stop?.();
await handlesBecome(before);
summary();
process.exit(findings.size === 0 ? 0 : 1);

async function guarded(campaign: Campaign, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    const { name } = campaign.target;
    findings.set(name, [...(findings.get(name) ?? []), error]);
    const comment = `${error.message.split('\n')[0]} (seed ${seed})`;
    const file = writeFinding(name, comment, error.input);
    console.log(`\nFINDING in ${name}, seed ${seed}:\n${error.message}\n${corpusEntry(comment, error.input)}`);
    if (error.cause instanceof Error) console.log(error.cause.stack);
    console.log(
      `written to ${file}; to keep it, append that to test/fuzz/corpus/${name}.hex with what it is there for\n`,
    );
  }
}

function progress(): void {
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const { rss, heapUsed } = process.memoryUsage();
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(`${seconds} s, rss ${megabytes(rss)}, heap ${megabytes(heapUsed)}`);
  for (const { target, executions, elapsed, outcomes } of campaigns) {
    const rate = Math.round((executions / elapsed) * 1000);
    const failed = findings.get(target.name)?.length ?? 0;
    const line = [target.name.padEnd(22), grouped(executions).padStart(12), `${grouped(rate)}/s`.padStart(10)];
    console.log(`  ${line.join(' ')}  ${outcomes} outcomes, ${failed} findings`);
  }
}

function summary(): void {
  progress();
  const total = campaigns.reduce((sum, { executions }) => sum + executions, 0);
  console.log(`\nfuzz executions: ${grouped(total)}, findings: ${[...findings.values()].flat().length}`);
  if (explained.size > 0) {
    console.log('\ndifferences from ws, by rule of docs/deviations.md:');
    for (const [rule, count] of explained) console.log(`  ${rule.padEnd(26)} ${grouped(count)}`);
  }
  const reached = new Set(campaigns.flatMap((campaign) => [...campaign.reached]));
  console.log(`\nerrors of the table reached: ${reached.size}\n  ${[...reached].sort().join('\n  ')}`);
  const missing = campaigns.flatMap(({ target, unreached }) =>
    unreached.filter((code) => !reached.has(code)).map((code) => `${code} (${target.name})`),
  );
  console.log(`never reached, though bytes can lead there: ${missing.join(', ') || 'none'}`);
  const reachable = new Set(targets.flatMap(([{ reachable = [] }]) => reachable));
  const others = Object.keys(errorTable).filter((code) => !reachable.has(code) && !reached.has(code));
  console.log(`caused by more than a peer's bytes, such as time and the system: ${others.join(', ')}`);
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

function fail(text: string): never {
  console.error(`npm run fuzz: ${text}`);
  process.exit(2);
}
