// `npm run model`: the model of resumable sessions at length. `-- --runs 10000 --seed n`; `-- --remove` removes each rule in
// turn and shows how soon the model fails, `-- --remove token` those with the word in their name. `-- --store memory`: over the store that servers use.

import { parseArgs } from 'node:util';
import * as memoryParts from './memory-parts.ts';
import { runModel } from './model.ts';
import * as plainParts from './parts.ts';
import { removedRules, without } from './removed-rules.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    remove: { type: 'boolean' },
    shrink: { type: 'boolean' },
    store: { type: 'string', default: 'plain' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(values.runs);

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
  const { counts, failure } = await runModel(values.store === 'memory' ? memoryParts : plainParts, runs, seed);
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
