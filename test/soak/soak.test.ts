// The soak test for half a minute. What is judged does not depend on how fast the machine is: counts, and memory after all
// connections have ended. Slopes need more time: `npm run soak`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportCount } from '../support/counts.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { runSoak } from './run.ts';
import { shortRun } from './settings.ts';

test('nothing lost, doubled, out of order or leaked, with 300 connections that come and go', async (t) => {
  const before = openHandles();
  const { ledger, checks, moments } = await runSoak(shortRun(5, 17), () => {});
  t.diagnostic(JSON.stringify(ledger.totals));
  const broken = checks.filter(({ passed }) => !passed);
  assert.deepEqual({ broken, violations: ledger.violations }, { broken: [], violations: [] });
  assert.equal(moments.at(-1)?.server.connections, 0);
  reportCount(t, 'soak messages', ledger.totals.received + ledger.totals.broadcastsReceived);
  await handlesBecome(before);
});
