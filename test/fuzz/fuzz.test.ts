// Every target: its corpus, then a few seconds of new inputs. `npm run fuzz` goes on for as long as wanted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportCount } from '../support/counts.ts';
import { leavingNothing } from '../support/handles.ts';
import { toHex } from '../support/hex.ts';
import { Campaign, Finding } from './campaign.ts';
import { corpusNames } from './corpus.ts';
import { targets } from './targets/index.ts';

/** `FUZZ_SEED=…` repeats a run. */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

test('every target has a corpus, and every corpus its target', () => {
  assert.deepEqual(corpusNames().sort(), targets.map(([{ name }]) => name).sort());
});

for (const [target, milliseconds] of targets) {
  test(`${target.name}: any input`, async (t) => {
    const campaign = new Campaign(target, seed);
    await leavingNothing(async (scope) => {
      await target.start?.();
      scope.defer(() => target.stop?.());
      try {
        await campaign.replay();
        await campaign.run(milliseconds);
      } catch (error) {
        if (!(error instanceof Finding)) throw error;
        throw new Error(`${error.message}\n  input ${toHex(error.input)}\n  seed ${seed}`, { cause: error.cause });
      }
    })();
    t.diagnostic(`seed ${seed}, ${campaign.outcomes} different outcomes`);
    reportCount(t, 'fuzz executions', campaign.executions);
  });
}
