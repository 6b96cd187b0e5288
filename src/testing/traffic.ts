// What is on its way on a network in memory. Nothing is ever delivered from inside the call that sent it: each delivery
// has a turn of the event loop of its own, as those of the system have, so that the order of events is the real one.

import type { AsyncResource } from 'node:async_hooks';
// By import, not by the global names: test runners replace those by clocks of their own.
import { setImmediate, setTimeout } from 'node:timers';
import { VirtualClock } from './clock.ts';

/**
 * Turns of the event loop without a delivery after which nothing more is expected to follow: code under test may put
 * its reaction off by `setImmediate`, and by another one in that.
 */
const QUIET_TURNS = 6;
/** How often, and how many times in a row, a network must be found idle before a wait is given up. Real milliseconds. */
const CHECK_INTERVAL = 50;
const IDLE_CHECKS = 20;

export class Traffic {
  readonly clock = new VirtualClock();
  /** Milliseconds that bytes are on their way, in the time of `clock`. */
  readonly latency: number;
  /** Largest number of bytes that a reader is given at once. */
  readonly chunkSize: number;
  /** Bytes that wait, in each direction of a connection, for a reader that is slower than the writer. */
  readonly bufferSize: number;
  /** Whether an assertion of a scripted peer has failed. */
  hasFailed = false;
  #pending = 0;
  /** Deliveries so far. */
  #count = 0;

  constructor(latency: number, chunkSize: number, bufferSize: number) {
    this.latency = latency;
    this.chunkSize = chunkSize;
    this.bufferSize = bufferSize;
  }

  /**
   * Runs a delivery in its own turn, whatever the latency. In order.
   *
   * @param context  of who gets it: what is sent carries no asynchronous context over a network
   */
  later(delivery: () => void, context?: AsyncResource): void {
    this.#pending++;
    setImmediate(() => {
      this.#pending--;
      this.#count++;
      if (context === undefined) delivery();
      else context.runInAsyncScope(delivery);
    });
  }

  /** Runs a delivery when it has crossed the network. In order. */
  send(delivery: () => void): void {
    if (this.latency === 0) this.later(delivery);
    else this.clock.timer({ expired: () => this.later(delivery) }).set(this.latency);
  }

  /** Resolves when nothing follows any more unless time passes or somebody acts. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = this.#count;
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#pending === 0 && this.#count === before ? quiet + 1 : 0;
    }
  }

  /** Moves the clock, and lets everything settle after each timer. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.clock.now() + milliseconds;
    await this.settle();
    while (this.clock.step(until)) {
      this.#count++;
      await this.settle();
    }
  }

  /**
   * Waits until `isThere`, looking whenever something has been delivered.
   *
   * @returns `false` when it is not there and the network has been idle for about a second of real time
   */
  async wait(isThere: () => boolean): Promise<boolean> {
    await this.settle();
    for (let idle = 0, seen = this.#count; idle < IDLE_CHECKS; ) {
      if (isThere()) return true;
      await new Promise((resolve) => setTimeout(resolve, idle === 0 ? 1 : CHECK_INTERVAL));
      await this.settle();
      idle = this.#count === seen ? idle + 1 : 0;
      seen = this.#count;
    }
    return isThere();
  }
}
