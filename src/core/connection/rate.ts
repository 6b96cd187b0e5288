// How often something may come from a peer. Counting is all that it costs: the clock is looked at when as many have come
// as a second may have, not for each.

import { webSocketError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Limits } from './limits.ts';

const SECOND = 1_000;

/**
 * A bound on events in a second. Counted in windows that end with the event after the last allowed one: a peer that
 * keeps to the bound is never refused, one that does not gets at most twice as much through in any second.
 */
export class Rate {
  readonly #limit: number;
  readonly #clock: Clock;
  /** When the window began. */
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

/** What one peer may send in a second. */
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
