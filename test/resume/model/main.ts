// `npm run model`: the model of resumable sessions at length. `-- --runs 10000`, `--seed n`.

import { parseArgs } from 'node:util';
import { runModel } from './model.ts';
import * as parts from './parts.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string' }, remove: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const started = performance.now();
const { counts, failure } = await runModel(parts, Number(values.runs), seed);
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
