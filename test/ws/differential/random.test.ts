// Random scripts on `ws` and on this package. `DIFFERENTIAL_RUNS=5000 DIFFERENTIAL_SEED=7` looks further.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compared } from './compare.ts';
import { described } from './difference.ts';
import { plan, scriptOf } from './random.ts';

const { DIFFERENTIAL_RUNS = '150', DIFFERENTIAL_SEED = '20' } = process.env;

test('random scripts are told apart only by known differences', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (given) => {
      const { unknown } = await compared(scriptOf(given));
      assert.equal(unknown.map(described).join('\n'), '');
    }),
    { numRuns: Number(DIFFERENTIAL_RUNS), seed: Number(DIFFERENTIAL_SEED), endOnFailure: false },
  );
});
