// `npm run model`: the model of resumable sessions at length. `-- --runs 10000 --seed n`; `-- --remove` removes each rule in
// turn and shows how soon the model fails, `-- --remove token` those with the word in their name. `-- --store memory`, or `file`: over a
// store that servers use; `-- --mode ahead`, or `spill`: written while sessions are in use.

import { parseArgs } from 'node:util';
import * as fileParts from './file-parts.ts';
import * as memoryParts from './memory-parts.ts';
import { runModel } from './model.ts';
import * as plainParts from './parts.ts';
import { removedRules, without } from './removed-rules.ts';
import type { Parts } from './world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    remove: { type: 'boolean' },
    shrink: { type: 'boolean' },
    store: { type: 'string', default: 'plain' },
    mode: { type: 'string', default: 'release' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(values.runs);
const stores: Readonly<Record<string, Parts>> = { plain: plainParts, memory: memoryParts, file: fileParts };
const modes: Readonly<Record<string, Parts['mode']>> = { release: undefined, spill: 'spill', ahead: 'ahead' };
const base = stores[values.store];
if (base === undefined) throw new Error(`--store is one of ${Object.keys(stores).join(', ')}`);
if (!(values.mode in modes)) throw new Error(`--mode is one of ${Object.keys(modes).join(', ')}`);
const parts: Parts = { ...base, mode: modes[values.mode] };

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
