// One of those compared in a workload, as the rounds see it: started, measured some times, stopped.

import type { Metric } from '../workload.ts';

/** Figures of one round: rates per second, `cpu` in µs per message, latencies in ms, `peak` and `growth` in MiB. */
export type Sample = Partial<Record<Metric, number>>;

export interface Contender {
  /** @throws when it cannot be had, or does not start. Absent: each round starts what it needs */
  start?(): Promise<void>;
  /** @throws when it does not do what it should */
  round(milliseconds: number): Promise<Sample>;
  stop?(): Promise<void>;
}

/** What came of one contender. */
export type Outcome = { readonly samples: readonly Sample[] } | { readonly failure: string };

/**
 * Lets all take rounds in turn, so that a drift of the machine meets all alike, and in the opposite order in each second
 * round. One that fails is out; the others go on.
 */
export async function compare(
  contenders: ReadonlyMap<string, Contender>,
  rounds: { readonly count: number; readonly milliseconds: number; readonly warmUp: number },
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const samples = new Map<string, Sample[]>();
  const attempt = async (name: string, action: () => Promise<void>): Promise<void> => {
    const outcome = outcomes.get(name);
    if (outcome !== undefined && 'failure' in outcome) return;
    try {
      await action();
    } catch (error) {
      outcomes.set(name, { failure: (error as Error).message });
    }
  };
  for (const [name, contender] of contenders) {
    const taken: Sample[] = [];
    samples.set(name, taken);
    outcomes.set(name, { samples: taken });
    await attempt(name, async () => {
      await contender.start?.();
      if (rounds.warmUp > 0) await contender.round(rounds.warmUp);
    });
  }
  for (let round = 0; round < rounds.count; round++) {
    const order = round % 2 === 0 ? [...contenders] : [...contenders].reverse();
    for (const [name, contender] of order) {
      await attempt(name, async () => {
        samples.get(name)?.push(await contender.round(rounds.milliseconds));
      });
    }
  }
  for (const contender of contenders.values()) await contender.stop?.();
  return outcomes;
}
