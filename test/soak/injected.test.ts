// A soak run that does something wrong on purpose: it must be found. What it has to show is there at once, so it is short.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSoak } from './run.ts';
import { INJECTIONS, shortRun } from './settings.ts';

test('lost, doubled, swapped and damaged messages, held memory and a timer left are found', async (t) => {
  const settings = {
    ...shortRun(1, 3),
    connections: 40,
    churn: 0,
    leastMessages: 30,
    patience: 40,
    inject: INJECTIONS,
  };
  const { ledger, checks, injected } = await runSoak(settings, () => {});
  const violations = ledger.violations.join('\n');
  t.diagnostic(violations);

  assert.equal(injected.length, 4, 'lost, doubled, swapped, damaged');
  for (const connection of injected) {
    assert.match(violations, new RegExp(`^connection ${connection}, to the client: message `, 'm'));
  }
  assert.match(violations, /but a text of 7 units \("damaged" …\) came/);

  const broken = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  assert.ok(broken.includes('messages lost, doubled, out of order or damaged, ends that nobody wanted'));
  assert.ok(broken.includes('server: heap above the base line, with all connections closed'), broken.join());
  assert.ok(broken.includes('server: open after the end'));
});
