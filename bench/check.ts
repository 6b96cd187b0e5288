// A few rows against `ws` and the bare socket, in a short run: did a change cost us what is reached? A row that fell below is
// measured once more, longer, before it is blamed.

import { BOUND } from './harness/foreign-use.ts';
import { headOf } from './harness/machine.ts';
import { othersSentence } from './report/markdown.ts';
import { number } from './report/numbers.ts';
import { measureRow, type Row, type RunSettings } from './run.ts';
import type { Verdict } from './targets.ts';
import type { Workload } from './workload.ts';
import { isHeld } from './workloads.ts';

/** Prints what was measured. @param rows  with a target that is held @returns whether every ratio was reached */
export async function check(rows: readonly Workload[], given: RunSettings): Promise<boolean> {
  const missed: string[] = [];
  for (const workload of rows.map(asHeld)) {
    const servers = ['harmony', ...workload.targets.flatMap(({ against = [] }) => against)];
    const settings: RunSettings = { ...given, servers };
    let { verdicts, foreign } = await rowOf(workload, settings);
    if (!verdicts.every(isFine)) {
      const longer = { ...settings, rounds: 5, milliseconds: settings.milliseconds * 2 };
      ({ verdicts, foreign } = await rowOf(workload, longer));
    }
    if (foreign !== undefined && foreign > BOUND) console.log(`${workload.id}: ${othersSentence(foreign)}`);
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

/** The same with the bounds that are reached in every run. */
export function asHeld(workload: Workload): Workload {
  const targets = workload.targets.filter(isHeld).map((target) => {
    if (target.holds === undefined) return target;
    return target.atMost === undefined ? { ...target, atLeast: target.holds } : { ...target, atMost: target.holds };
  });
  return { ...workload, targets };
}

function rowOf(workload: Workload, settings: RunSettings): Promise<Row> {
  return measureRow(workload, settings, headOf(settings), new Map());
}

function isFine({ isReached }: Verdict): boolean {
  return isReached === true;
}
