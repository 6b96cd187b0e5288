// How long a client waits before its next attempt: exponential backoff with full jitter. Each wait is a random part of a
// bound that grows with each failure, so that the clients of a server that went away spread over the whole bound.

import type { ReconnectSettings } from './options.ts';
import { reconnectDefaults } from './options.ts';

/** Bound of the first wait after a close that says that the server restarts or has too much to do (1012, 1013). */
const RESTART_SPREAD = 5_000;

export class Backoff {
  readonly #initial: number;
  readonly #max: number;
  readonly #factor: number;
  readonly #random: () => number;
  #failures = 0;

  /** @param random  returns a number from 0 to 1, 1 excluded */
  constructor(settings: ReconnectSettings, random: () => number) {
    const { max = reconnectDefaults.max, factor = reconnectDefaults.factor } = settings;
    this.#max = max;
    this.#initial = settings.initial ?? Math.min(reconnectDefaults.initial, max);
    this.#factor = factor;
    this.#random = random;
  }

  /** Failures since the last stable connection. */
  get failures(): number {
    return this.#failures;
  }

  /** A connection was stable: the next wait is short again. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Counts a failure.
   *
   * @param floor      milliseconds that the server asked for. The random part comes on top: clients that were told the same
   *                   moment must not come at the same moment
   * @param isRestart  whether many clients are in the same position
   * @returns milliseconds to wait
   */
  next(floor: number, isRestart: boolean): number {
    // The power becomes Infinity in the end, of which no multiple of 0 is a number.
    const growth = Math.min(this.#factor ** this.#failures, MAX_DELAY);
    const grown = Math.min(this.#max, this.#initial * growth);
    this.#failures++;
    const bound = isRestart ? Math.max(grown, Math.min(this.#max, RESTART_SPREAD)) : grown;
    return Math.min(MAX_DELAY, Math.round(floor + this.#random() * bound));
  }
}

/** The longest time that a timer can wait. */
const MAX_DELAY = 2 ** 31 - 1;
