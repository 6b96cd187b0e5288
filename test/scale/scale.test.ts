// Two scenarios of `npm run scale`, short and with few clients. Needs dist/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import type { BusKind } from './node-task.ts';
import { play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { killed } from './scenarios/broker-faults.ts';
import { tooLarge } from './scenarios/loads.ts';

const CLIENTS = 16;

const PLAYED: readonly (readonly [bus: BusKind, program: string, scenario: Scenario])[] = [
  ['redis', 'redis-server', killed],
  ['nats', 'nats-server', tooLarge],
];

describe('three nodes in processes of their own', () => {
  for (const [bus, program, scenario] of PLAYED) {
    test(`${scenario.title} (${bus})`, { skip: reasonToSkip(program) }, async () => {
      const outcome = await play(scenario, { bus, nodes: 3, clients: CLIENTS, share: 0.1, progress: () => {} });
      const broken = outcome.checks.filter(({ holds }) => !holds);
      assert.deepEqual(broken, [], outcome.judgement.examples.join('\n'));
    });
  }
});

/** With CI=true the programs must be there. */
function reasonToSkip(program: string): string | false {
  if (spawnSync(program, ['--version']).status === 0 || process.env.CI === 'true') return false;
  return `${program} is not installed; Debian: apt-get install ${program}`;
}
