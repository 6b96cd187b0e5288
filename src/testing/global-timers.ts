// `setTimeout` and its relatives on the clock of an in-memory network, for code under test that waits by them, such as a
// service that reconnects after a while. Timers that were set before, and timers imported from `node:timers`, stay the
// system's.

import { promisify } from 'node:util';
import type { Timer } from '../core/ports.ts';
import type { VirtualClock } from './clock.ts';

type Callback = (...values: unknown[]) => void;

/** The object that `setTimeout` and `setInterval` return, with the members of Node's `Timeout`. */
class VirtualTimeout {
  readonly #timer: Timer;
  readonly #delay: number;
  #isRunning = true;

  constructor(clock: VirtualClock, callback: Callback, delay: number, values: unknown[], repeats: boolean) {
    // As in Node, at least one millisecond.
    this.#delay = delay >= 1 && delay <= 2 ** 31 - 1 ? Math.trunc(delay) : 1;
    const expired = (): void => {
      if (repeats) this.#timer.set(this.#delay);
      else this.#isRunning = false;
      callback(...values);
    };
    this.#timer = clock.timer({ expired });
    this.#timer.set(this.#delay);
  }

  close(): this {
    this.#timer.clear();
    this.#isRunning = false;
    return this;
  }

  refresh(): this {
    if (this.#isRunning) this.#timer.set(this.#delay);
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Replaces the global timers. @returns a function that restores the previous ones */
export function replaceGlobalTimers(clock: VirtualClock): () => void {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;

  function start(repeats: boolean): (callback: Callback, delay?: number, ...values: unknown[]) => VirtualTimeout {
    return (callback, delay = 0, ...values) => {
      if (typeof callback !== 'function')
        throw new TypeError(`the callback of a timer is ${callback}; pass a function`);
      return new VirtualTimeout(clock, callback, delay, values, repeats);
    };
  }
  function clear(timer: unknown): void {
    if (timer instanceof VirtualTimeout) timer.close();
    else clearTimeout(timer as NodeJS.Timeout | undefined);
  }
  const virtualTimeout = Object.defineProperty(start(false), promisify.custom, {
    value: (delay?: number, value?: unknown) => new Promise((resolve) => void start(false)(resolve, delay, value)),
  });
  Object.assign(globalThis, {
    setTimeout: virtualTimeout,
    setInterval: start(true),
    clearTimeout: clear,
    clearInterval: clear,
  });
  return () => {
    Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval });
  };
}
