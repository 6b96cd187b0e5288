// A distribution of times, counted in buckets with fixed bounds: what a dashboard adds up over several processes. A bucket is
// a number, so that one more value costs no memory.

/** A distribution of times, in milliseconds. All figures are 0 while `count` is. */
export interface HistogramMetrics {
  /** Number of values. */
  readonly count: number;
  /** All values together. */
  readonly sum: number;
  /** The smallest value. */
  readonly min: number;
  /** The largest value. */
  readonly max: number;
  /** `sum` divided by `count`. */
  readonly mean: number;
  /**
   * Upper bounds in ascending order, each with the number of values up to and including it. The last bound is `Infinity`.
   * Absent where the runtime keeps the distribution in another form.
   */
  readonly buckets?: readonly (readonly [upperBound: number, cumulativeCount: number])[];
  /** Values that the given part (0 to 1) of all values does not exceed. Only where there are no `buckets`. */
  readonly quantiles?: readonly (readonly [quantile: number, value: number])[];
}

/** Milliseconds: for answers of a peer or of a handler, from a local network to a link by satellite. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
];

/** Milliseconds: for the life of a connection, from a tenth of a second to a week. */
export const LIFETIME_BOUNDS: readonly number[] = [
  100, 1_000, 10_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000, 43_200_000, 86_400_000, 604_800_000,
];

export class Histogram {
  readonly #bounds: readonly number[];
  /** Not cumulative; one more than there are bounds. */
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;
  #min = 0;
  #max = 0;

  /** @param bounds  in ascending order, without Infinity */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** @param value  below 0 it counts as 0: a wall clock was set back */
  record(value: number): void {
    const time = Math.max(0, value);
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && time > (bounds[at] as number)) at++;
    this.#counts[at]++;
    this.#min = this.#count === 0 ? time : Math.min(this.#min, time);
    this.#max = Math.max(this.#max, time);
    this.#count++;
    this.#sum += time;
  }

  snapshot(): HistogramMetrics {
    let cumulative = 0;
    const buckets = Array.from(this.#counts, (count, at): [number, number] => {
      cumulative += count;
      return [this.#bounds[at] ?? Infinity, cumulative];
    });
    const count = this.#count;
    const sum = this.#sum;
    return { count, sum, min: this.#min, max: this.#max, mean: count === 0 ? 0 : sum / count, buckets };
  }
}
