// How often something may arrive from a peer. An event costs only counting: the clock is read when as many have arrived as
// a second may have, not for each event.

import { webSocketError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Limits } from './limits.ts';

const SECOND = 1_000;

/**
 * A bound on events per second. They are counted in windows, each of which ends with one event more than a second may
 * have. A peer that keeps to the bound is never refused. Any other gets at most twice as much through in a second.
 */
export class Rate {
  readonly #limit: number;
  readonly #clock: Clock;
  /** When the current window began. */
  #since: number;
  #count = 0;

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** Counts one. @returns whether it is one too many */
  exceeds(): boolean {
    if (++this.#count <= this.#limit) return false;
    const now = this.#clock.now();
    const isTooFast = now - this.#since < SECOND;
    this.#since = now;
    this.#count = 1;
    return isTooFast || this.#limit < 1;
  }
}

/** The bounds on what one peer sends per second. */
export class PeerRates {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #messages: Rate | undefined;
  /** Made for the first control frame. */
  #controlFrames: Rate | undefined;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    if (limits.maxMessagesPerSecond !== Infinity) this.#messages = new Rate(limits.maxMessagesPerSecond, clock);
  }

  /** @throws WebSocketError ERR_WS_TOO_MANY_MESSAGES */
  countMessage(): void {
    if (this.#messages?.exceeds() !== true) return;
    throw webSocketError('ERR_WS_TOO_MANY_MESSAGES', this.#limits.maxMessagesPerSecond);
  }

  /**
   * Counts a Ping or Pong frame. They cost us time, and pings an answer, and nothing else bounds them.
   *
   * @throws WebSocketError ERR_WS_TOO_MANY_CONTROL_FRAMES
   */
  countControlFrame(): void {
    const { maxControlFramesPerSecond } = this.#limits;
    this.#controlFrames ??= new Rate(maxControlFramesPerSecond, this.#clock);
    if (this.#controlFrames.exceeds())
      throw webSocketError('ERR_WS_TOO_MANY_CONTROL_FRAMES', maxControlFramesPerSecond);
  }
}
