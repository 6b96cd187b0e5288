// The soak of resumable sessions in short. `npm run soak -- --resume` runs it for real.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportCount } from '../support/counts.ts';
import { runResumeSoak } from './resume-run.ts';

test('40 clients lose nothing while a connection breaks every 20 ms', async (t) => {
  const result = await runResumeSoak({
    clients: 40,
    seconds: 1.5,
    cutEvery: 20,
    rate: 400,
    seed: Date.now() % 2 ** 31,
  });
  assert.deepEqual(result.violations, []);
  assert.ok(result.cuts > 5 && result.resumed > 0 && result.up > 100);
  reportCount(t, 'broken connections of resumable sessions', result.cuts);
});
