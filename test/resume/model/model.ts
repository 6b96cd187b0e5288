// Runs the model: random commands against the world, shrunk to few where an invariant breaks.

import fc from 'fast-check';
import { commands, setting } from './commands.ts';
import { type Counts, noCounts, type Parts, World } from './world.ts';

export interface ModelResult {
  readonly counts: Counts;
  /** What broke, with the commands that lead there. */
  readonly failure: string | undefined;
}

/**
 * @param runs    number of worlds
 * @param seed    repeats a run
 * @param shrinks whether a failure is reduced to few commands
 */
export async function runModel(parts: Parts, runs: number, seed: number, shrinks = true): Promise<ModelResult> {
  const counts = noCounts();
  const property = fc.asyncProperty(setting, commands, async (chosen, list) => {
    await new World(parts, chosen, counts).run(list);
  });
  const result = await fc.check(property, { numRuns: runs, seed, endOnFailure: !shrinks });
  if (!result.failed) return { counts, failure: undefined };
  const [chosen, list] = result.counterexample ?? [];
  const lines = (list ?? []).map((command) => `  ${JSON.stringify(command)}`);
  const error =
    result.errorInstance instanceof Error ? (result.errorInstance.stack ?? '') : String(result.errorInstance);
  return { counts, failure: `${error}\nseed ${seed}\n${JSON.stringify(chosen)}\n${lines.join('\n')}` };
}
