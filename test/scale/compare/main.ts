// `npm run scale -- --compare`: see the help text. Exits 0 when the targets are met, 1 when one is not, 2 for a wrong command line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile } from '../../../bench/harness/compile.ts';
import { nodeProgram } from '../../../bench/harness/nodes.ts';
import { canPin, pinLoad } from '../../../bench/harness/processor.ts';
import { median } from '../../../bench/statistics.ts';
import { publish } from '../report.ts';
import { comparison, verdicts } from './report.ts';
import { type Contender, contenders, type Sample, System } from './system.ts';
import { type Workload, workloads } from './workloads.ts';

const help = `npm run scale -- --compare [options]

Two nodes and a broker, in this package, in Socket.IO with its Redis adapter, in crossws with its sync over Redis, and with bare
sockets and a client of Redis: publishes on node A, deliveries on node B. Latency, and deliveries for each CPU second of nodes and
broker. The contenders take rounds in turn. Nodes and broker have one core, the load the other. It fails where this package on
Redis makes less than 3 times the deliveries for a CPU second of Socket.IO's nodes (in a paced workload less than 0.85 of those of bare sockets, where
these do not make 3 times as many either), or has a higher 99th percentile of latency.

  --workload NAMES  some of ${workloads.map(({ name }) => name).join(', ')} (default: all)
  --only NAMES      contenders whose name contains one of these, separated by commas (default: all)
  --rounds N        (default 3)
  --seconds N       of a round (default 3)
  --node N          major version of Node that runs the nodes (default 26)
  --publish         also writes the table of docs/scale.md
`;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const { values } = parseArgs({
  options: {
    compare: flag,
    workload: text,
    only: text,
    rounds: text,
    seconds: text,
    node: text,
    publish: flag,
    help: { ...flag, short: 'h' },
  },
});
if (values.help === true) {
  process.stdout.write(help);
  process.exit(0);
}
const wanted = values.workload?.split(',') ?? workloads.map(({ name }) => name);
const parts = values.only?.split(',') ?? [''];
const chosen = contenders.filter(({ name }) => parts.some((part) => name.includes(part)));
const rounds = Number(values.rounds ?? 3);
const milliseconds = Number(values.seconds ?? 3) * 1000;
if (
  !(rounds >= 1) ||
  !(milliseconds > 0) ||
  chosen.length === 0 ||
  wanted.some((name) => !workloads.some((workload) => workload.name === name))
) {
  console.error(help);
  process.exit(2);
}
const node = nodeProgram(values.node ?? '26', false);
await compile([...new Set(chosen.map(({ script }) => script))]);
pinLoad();
/** By workload and contender: the median round, or why there is none. */
const results = new Map<Workload, Map<Contender, Sample | string>>();
for (const workload of workloads) {
  if (wanted.includes(workload.name)) results.set(workload, await measure(workload));
}
const date = new Date().toISOString().slice(0, 10);
const head = `${date}, Node ${node.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? process.arch}; nodes and broker ${canPin ? 'share one core' : 'are not pinned'}, medians of ${rounds} rounds of ${milliseconds / 1000} s. Socket.IO 4.8.4 with @socket.io/redis-adapter 8.3.0, crossws 0.4.17, redis 6.3.1.`;
const markdown = comparison(results, head);
console.log(`\n${markdown}\n`);
const folder = fileURLToPath(new URL('../../../', import.meta.url));
mkdirSync(join(folder, 'build/scale'), { recursive: true });
writeFileSync(join(folder, 'build/scale/comparison.md'), `${markdown}\n`);
if (values.publish === true) publish(join(folder, 'docs/scale.md'), 'comparison', markdown);
const judged = verdicts(results);
for (const { name, holds } of judged) console.log(`${holds ? 'met' : 'NOT MET'}  ${name}`);
process.exit(judged.every(({ holds }) => holds) ? 0 : 1);

async function measure(workload: Workload): Promise<Map<Contender, Sample | string>> {
  console.log(workload.title);
  const systems = new Map<Contender, System>();
  const samples = new Map<Contender, Sample[]>();
  const outcome = new Map<Contender, Sample | string>();
  for (const contender of chosen) {
    try {
      const system = await System.start(contender, workload, node.binary);
      systems.set(contender, system);
      samples.set(contender, []);
      await system.round(1000); // warm-up
    } catch (error) {
      outcome.set(contender, (error as Error).message);
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const [contender, system] of systems) {
      if (outcome.has(contender)) continue;
      try {
        const sample = await system.round(milliseconds);
        samples.get(contender)?.push(sample);
        console.log(
          `  ${contender.name.padEnd(34)} ${sample.rate.toFixed(0)}/s, p99 ${sample.p99.toFixed(2)} ms, ${sample.perNodeSecond.toFixed(0)} per CPU second`,
        );
      } catch (error) {
        outcome.set(contender, (error as Error).message);
      }
    }
  }
  for (const system of systems.values()) await system.stop();
  for (const [contender, all] of samples) if (!outcome.has(contender)) outcome.set(contender, middle(all));
  return new Map(chosen.map((contender) => [contender, outcome.get(contender) as Sample | string]));
}

/** Medians of each figure. */
function middle(all: readonly Sample[]): Sample {
  const of = (name: keyof Sample): number => median(all.map((sample) => sample[name]));
  return {
    rate: of('rate'),
    p50: of('p50'),
    p99: of('p99'),
    perNodeSecond: of('perNodeSecond'),
    perBrokerSecond: of('perBrokerSecond'),
    perSecond: of('perSecond'),
  };
}
