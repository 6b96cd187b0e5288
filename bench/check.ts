// P1 to P5 against `ws`, in a short run: did a change cost us what is reached? A row that fell below is measured once more,
// longer, before it is blamed.

import { headOf, warningOf } from './harness/machine.ts';
import { number } from './report/numbers.ts';
import { measureRow, type RunSettings } from './run.ts';
import type { Verdict } from './targets.ts';
import { type Workload, workloads } from './workloads.ts';

const ROWS = ['P1', 'P2', 'P3', 'P4', 'P5'];

/** Prints what was measured. @returns whether every ratio was reached */
export async function check(given: RunSettings): Promise<boolean> {
  const settings: RunSettings = {
    ...given,
    servers: ['harmony', 'ws'],
    isWanted: ({ against, isStretch }) => against === 'ws' && isStretch !== true,
  };
  const warning = warningOf(headOf(settings));
  if (warning !== undefined) console.error(`warning: ${warning}`);
  const missed: string[] = [];
  const rows = workloads.filter(({ row, targets }) => ROWS.includes(row) && targets.length > 0);
  for (const workload of rows.map(asHeld)) {
    let verdicts = await verdictsOf(workload, settings);
    if (!verdicts.every(isFine)) {
      const longer = { ...settings, rounds: 5, milliseconds: settings.milliseconds * 2 };
      verdicts = await verdictsOf(workload, longer);
    }
    for (const verdict of verdicts) {
      const { text, value } = verdict;
      const line = `${workload.id}: ${text}: ${value === undefined ? 'not measured' : number(value)}`;
      console.log(`${isFine(verdict) ? 'reached' : 'BELOW  '}  ${line}`);
      if (!isFine(verdict)) missed.push(line);
    }
  }
  console.log(
    missed.length === 0 ? '\nevery ratio was reached' : `\n${missed.length} fell below:\n${missed.join('\n')}`,
  );
  return missed.length === 0;
}

function asHeld(workload: Workload): Workload {
  const targets = workload.targets.map((target) =>
    target.holds === undefined ? target : { ...target, atLeast: target.holds },
  );
  return { ...workload, targets };
}

async function verdictsOf(workload: Workload, settings: RunSettings): Promise<readonly Verdict[]> {
  const head = headOf(settings);
  return (await measureRow(workload, settings, head, new Map())).verdicts;
}

function isFine({ isReached }: Verdict): boolean {
  return isReached === true;
}
