// The deliveries of an in-memory network. Nothing is delivered inside the call that sent it. Each delivery has its own turn
// of the event loop, as with the system's network, so that events come in the real order.

import type { AsyncResource } from 'node:async_hooks';
// Imported, because test runners replace the global functions with clocks of their own.
import { setImmediate, setTimeout } from 'node:timers';
import { VirtualClock } from './clock.ts';
import type { Pace } from './pace.ts';

/**
 * After this many turns of the event loop without a delivery, nothing more is expected. Code under test may postpone its
 * reaction by one `setImmediate` inside another.
 */
const QUIET_TURNS = 6;
/** A wait is given up when the network was idle in this many checks in a row. The interval is in real milliseconds. */
const CHECK_INTERVAL = 50;
const IDLE_CHECKS = 20;

export class Traffic implements Pace {
  readonly clock = new VirtualClock();
  /** Milliseconds, in the time of `clock`, that bytes take to arrive where no condition says otherwise. */
  readonly latency: number;
  /** The largest number of bytes that a reader gets at once. */
  readonly chunkSize: number;
  /** The largest number of bytes that wait for a slow reader, in each direction of a connection. */
  readonly bufferSize: number;
  /** Whether an assertion of a scripted peer has failed. */
  hasFailed = false;
  #pending = 0;
  /** The number of deliveries so far. */
  #count = 0;

  constructor(latency: number, chunkSize: number, bufferSize: number) {
    this.latency = latency;
    this.chunkSize = chunkSize;
    this.bufferSize = bufferSize;
  }

  /**
   * Runs a delivery in its own turn of the event loop, in order, whatever the latency.
   *
   * @param context  the asynchronous context of the receiver; that of the sender does not cross a network
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

  /** Waits until nothing more happens without a further call or the passing of time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = this.#count;
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#pending === 0 && this.#count === before ? quiet + 1 : 0;
    }
  }

  /** Moves the clock forward, and settles after each timer. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.clock.now() + milliseconds;
    await this.settle();
    while (this.clock.step(until)) {
      this.#count++;
      await this.settle();
    }
  }

  /**
   * Waits until `isThere` returns true, and checks it after deliveries.
   *
   * @returns `false` if it is still false after the network has been idle for about a second of real time
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
