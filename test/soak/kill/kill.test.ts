// `kill -9` of a server under load, in short. `npm run soak -- --resume --kill` runs it for real.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runKills } from './run.ts';

const short = { clients: 24, kills: 1, rate: 2_000, between: 300 };

test('a server is killed under load: ahead loses nothing, spill tells what it loses', async () => {
  const [ahead, spill] = await Promise.all([
    runKills({ ...short, mode: 'ahead' }),
    runKills({ ...short, mode: 'spill' }),
  ]);
  assert.deepEqual([ahead.violations, spill.violations], [[], []]);
  assert.deepEqual([ahead.expired, ahead.told, ahead.resumed], [0, [0, 0], 24]);
  assert.deepEqual([spill.expired, spill.resumed], [18, 6]);
  assert.ok(ahead.sent > 300 && spill.sent > 300);
});
