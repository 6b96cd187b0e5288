// Until when this node has certainly heard the others: the moment at which the latest message that arrived was sent. A bus is
// noticed as lost much later, if the broker is frozen, the network drops everything, or this process stands still while the broker gives up on it.

import type { Clock } from '../core/ports.ts';

/** So many times `liveness` without a sign, a node that knows no other one is by itself. */
const ONLY_ONE = 10;

export class LastSign {
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #liveness: number;
  /** Milliseconds since the epoch; 0: the bus was not ready yet. */
  #at = 0;

  /** @param liveness  milliseconds between two signs of life of a node */
  constructor(clock: Pick<Clock, 'wall'>, liveness: number) {
    this.#clock = clock;
    this.#liveness = liveness;
  }

  /**
   * A message has arrived.
   *
   * @param sentAt  milliseconds since the epoch, by the clock of its node, which may be ahead
   * @param now     the same by the clock of this one, if the caller knows
   */
  heard(sentAt: number, now: number = this.#wall): void {
    const at = Math.min(sentAt, now);
    if (at > this.#at) this.#at = at;
  }

  /** The bus is ready, and earlier losses are told. Everything from here on may be missing until somebody is heard. */
  restart(): void {
    this.#at = this.#wall;
  }

  /** There is no other node. Without this call, one that has been by itself for days would report a gap of days. */
  isOnly(): void {
    this.#at = Math.max(this.#at, this.#wall - ONLY_ONE * this.#liveness);
  }

  /** Milliseconds since the latest sign, or since the bus is ready; 0 before. */
  get age(): number {
    return this.#at === 0 ? 0 : Math.max(0, this.#wall - this.#at);
  }

  get #wall(): number {
    return this.#clock.wall?.() ?? 0;
  }
}
