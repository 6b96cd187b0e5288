// Time in tenths of a second, for what is noted of every chunk: to ask the system each time would cost more than the rest of the
// noting. The timer runs only while somebody asks, and does not keep the process alive.

import timers from 'node:timers';
import type { CoarseClock } from '../core/ports.ts';
import { outsideOfContexts } from './contexts.ts';

/** Milliseconds. */
const TENTH = 100;

class CoarseTime implements CoarseClock {
  /** Milliseconds since the epoch. */
  readonly began = Date.now();
  #tenths = 0;
  #isRunning = false;
  #wasAsked = false;
  #timer: NodeJS.Timeout | undefined;

  /** Tenths of a second since `began`; one behind, or more where the event loop has stood still. */
  tenths(): number {
    this.#wasAsked = true;
    if (!this.#isRunning) this.#start();
    return this.#tenths;
  }

  #start(): void {
    this.#tenths = Math.floor((Date.now() - this.began) / TENTH);
    this.#isRunning = true;
    if (this.#timer !== undefined) this.#timer.refresh();
    else {
      outsideOfContexts(() => {
        this.#timer = timers.setTimeout(() => this.#tick(), TENTH).unref();
      });
    }
  }

  #tick(): void {
    this.#isRunning = false;
    if (this.#wasAsked) this.#start();
    this.#wasAsked = false;
  }
}

export const coarseTime = new CoarseTime();
