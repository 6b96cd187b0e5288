// How often something happens to somebody in a minute: resumes of a session, failures of an address. Those that have been
// quiet for a minute are forgotten, and the number of the others is bounded.

import type { Clock } from '../../core/ports.ts';

const MINUTE = 60_000;
/** Above, all are forgotten: better than to refuse everybody, or to fill memory. */
const MOST = 100_000;

export class AttemptRates {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #counts = new Map<string, { count: number; readonly since: number }>();

  /** @param limit  a minute */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Those that are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more. */
  count(name: string): void {
    if (this.#limit === Infinity) return;
    const known = this.#current(name);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.#counts.size >= MOST) this.#forget();
    this.#counts.set(name, { count: 1, since: this.#clock.now() });
  }

  /** @returns milliseconds until there may be another; `undefined`: there may be one now */
  wait(name: string): number | undefined {
    const known = this.#current(name);
    if (known === undefined || known.count < this.#limit) return undefined;
    return Math.ceil(known.since + MINUTE - this.#clock.now());
  }

  #current(name: string): { count: number; readonly since: number } | undefined {
    const known = this.#counts.get(name);
    if (known === undefined || known.since + MINUTE > this.#clock.now()) return known;
    this.#counts.delete(name);
    return undefined;
  }

  #forget(): void {
    const now = this.#clock.now();
    for (const [name, { since }] of this.#counts) if (since + MINUTE <= now) this.#counts.delete(name);
    if (this.#counts.size >= MOST) this.#counts.clear();
  }
}
