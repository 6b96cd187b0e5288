// Latencies of one round, in milliseconds, in memory allocated before the round begins.

import { quantile } from '../statistics.ts';

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export class Latencies {
  readonly #values = new Float64Array(1 << 21);
  #count = 0;

  add(milliseconds: number): void {
    if (this.#count < this.#values.length) this.#values[this.#count++] = milliseconds;
  }

  clear(): void {
    this.#count = 0;
  }

  /** `undefined` when nothing was measured. */
  quantiles(): Quantiles | undefined {
    if (this.#count === 0) return undefined;
    const sorted = this.#values.slice(0, this.#count).sort();
    return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), p999: quantile(sorted, 0.999) };
  }
}
