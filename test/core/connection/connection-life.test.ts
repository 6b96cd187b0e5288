// The life of a connection under random scripts: local calls, frames of the peer, valid and not, cut anywhere,
// congestion and the end of it, TCP that ends or breaks, time that passes; both roles, compressed or not, every policy
// for slow peers. See the model for what must hold.

import { test } from 'node:test';
import fc from 'fast-check';
import { reportCount } from '../../support/counts.ts';
import { Life, setup, step } from './connection-life-model.ts';

test('RFC 6455 §7: whatever happens to a connection, it ends once, and nothing is lost without a report', async (t) => {
  let runs = 0;
  const property = fc.asyncProperty(
    setup,
    fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
    fc.boolean(),
    async (given, script, isQuiet) => {
      runs++;
      const life = new Life(given);
      for (const it of script) await life.perform(it);
      await life.end(isQuiet);
    },
  );
  // A failure prints its seed and the shrunk script.
  await fc.assert(property, { numRuns: 3_000, interruptAfterTimeLimit: 5_000, markInterruptAsFailure: false });
  reportCount(t, 'fuzz executions', runs);
});
