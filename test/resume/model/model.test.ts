// The model of resumable sessions in short, and that each rule of wsr1 is needed. `npm run model` runs it at length.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportCount } from '../../support/counts.ts';
import * as fileParts from './file-parts.ts';
import * as memoryParts from './memory-parts.ts';
import { runModel } from './model.ts';
import * as parts from './parts.ts';
import { removedRules, without } from './removed-rules.ts';

/** Always the same worlds: `npm run model` looks for others. `MODEL_SEED=…` does here. */
const seed = Number(process.env.MODEL_SEED ?? 12);

const title = 'whatever breaks between a client and two processes, nothing is lost, repeated or left behind in silence';
for (const [store, used, runs] of [
  ['the store of the model', parts, 40],
  ['the store in memory', memoryParts, 40],
  ['the store of the model, written while clients are away', { ...parts, mode: 'spill' }, 20],
  ['the store of the model, written ahead', { ...parts, mode: 'ahead' }, 20],
  ['files that are written ahead', { ...fileParts, mode: 'ahead' }, 4],
] as const)
  test(`${title}: with ${store}`, async (t) => {
    const { counts, failure } = await runModel(used, runs, seed);
    assert.equal(failure, undefined);
    reportCount(t, 'broken connections of the model', counts.cuts);
  });

describe('the model fails without the rule:', () => {
  for (const removed of removedRules.filter(({ isRare }) => isRare !== true))
    test(removed.rule, async () => {
      // The seed is fixed: some rules only matter in one of hundreds of worlds.
      const { failure } = await runModel(await without(removed), 2000, removed.seed ?? 8, false);
      assert.ok(failure !== undefined, 'the model did not notice');
    });
});
