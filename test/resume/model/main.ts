// `npm run model`: the model of resumable sessions at length; see the help text. Exits 0 when it holds, 1 when it does not, 2 for a
// wrong command line.

import { parseArgs } from 'node:util';
import * as fileParts from './file-parts.ts';
import * as memoryParts from './memory-parts.ts';
import { runModel } from './model.ts';
import * as plainParts from './parts.ts';
import { removedRules, without } from './removed-rules.ts';
import type { Parts } from './world.ts';

const stores: Readonly<Record<string, Parts>> = { plain: plainParts, memory: memoryParts, file: fileParts };
const modes: Readonly<Record<string, Parts['mode']>> = { release: undefined, spill: 'spill', ahead: 'ahead' };
const help = `npm run model -- [options]

Random worlds of clients, servers, a store and a network that cuts, with books that know what may be lost and what may not.

  --runs N      worlds (default 1000)
  --seed N      of the random numbers (default: another one each time)
  --store NAME  ${Object.keys(stores).join(', ')}: where servers keep sessions (default plain)
  --mode NAME   ${Object.keys(modes).join(', ')}: when they write them (default release)
  --remove      takes out each rule of the protocol in turn, and shows after how many worlds that is noticed; with words behind
                it those rules whose text has one
  --shrink      with --remove: prints a small world for each
`;
const { values, positionals } = read();
const { runs, seed } = values;
const parts: Parts = { ...(stores[values.store] as Parts), mode: modes[values.mode] };

if (values.remove) {
  for (const rule of removedRules) {
    if (positionals.length > 0 && !positionals.some((word) => rule.rule.includes(word))) continue;
    const { counts, failure } = await runModel(await without(rule), runs, seed, values.shrink === true);
    const [what = ''] = failure?.split('\n') ?? [];
    console.log(
      `${failure === undefined ? `NOT NOTICED in ${counts.runs} runs` : `run ${counts.runs}`}: without "${rule.rule}": ${what}`,
    );
    if (failure !== undefined && values.shrink) console.log(failure);
    if (failure === undefined) process.exitCode = 1;
  }
} else {
  const started = performance.now();
  const { counts, failure } = await runModel(parts, runs, seed);
  console.log(`seed ${seed}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  );
  if (failure !== undefined) {
    console.log(failure);
    process.exitCode = 1;
  }
}

function read(): {
  positionals: string[];
  values: { runs: number; seed: number; store: string; mode: string; remove?: boolean; shrink?: boolean };
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '1000' },
        seed: { type: 'string' },
        remove: { type: 'boolean' },
        shrink: { type: 'boolean' },
        store: { type: 'string', default: 'plain' },
        mode: { type: 'string', default: 'release' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const given = Number(values.runs);
    const chosen = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
    if (!(Number.isInteger(given) && given > 0)) throw new Error(`--runs is a number of worlds, not ${values.runs}`);
    if (!Number.isInteger(chosen)) throw new Error(`--seed is a number, not ${values.seed}`);
    if (stores[values.store] === undefined) throw new Error(`--store is one of ${Object.keys(stores).join(', ')}`);
    if (!(values.mode in modes)) throw new Error(`--mode is one of ${Object.keys(modes).join(', ')}`);
    return { positionals, values: { ...values, runs: given, seed: chosen } };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}
