// How far an attempt to connect has come, and how long each of its phases took.

import type { ConnectPhase, ConnectTimings } from '../core/connect-failure.ts';
import type { Clock } from '../core/ports.ts';

export class Phases {
  readonly #clock: Clock;
  readonly #spent = new Map<ConnectPhase, number>();
  #current: ConnectPhase | undefined;
  #since = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The phase that is going on; `undefined` before the first. */
  get current(): ConnectPhase | undefined {
    return this.#current;
  }

  /** The phase before is over. */
  enter(phase: ConnectPhase): void {
    this.#count();
    this.#current = phase;
  }

  /** Until now, in the order in which they were first entered. */
  timings(): ConnectTimings {
    this.#count();
    const timings: Partial<Record<ConnectPhase, number>> = {};
    for (const [phase, time] of this.#spent) timings[phase] = Math.round(time * 10) / 10;
    return timings;
  }

  #count(): void {
    const now = this.#clock.now();
    if (this.#current !== undefined) {
      this.#spent.set(this.#current, (this.#spent.get(this.#current) ?? 0) + now - this.#since);
    }
    this.#since = now;
  }
}

/** For the text of an error. @returns `''` where nothing was begun */
export function describeProgress(phases: Phases): string {
  const { current } = phases;
  if (current === undefined) return '';
  const parts = Object.entries(phases.timings()).map(([phase, time]) => `${phase} ${time} ms`);
  return ` and got as far as ${current} (${parts.join(', ')})`;
}
