// The clock of an in-memory network, which stands still until a test moves it. It runs all timers of the engine on that
// network, the delays of scripted peers, and, if the test asks for it, the global timers.

import type { Clock, CoarseClock, Timer, TimerOwner } from '../core/ports.ts';
import { coarseTime } from '../node/coarse-time.ts';

class VirtualTimer implements Timer {
  readonly #clock: VirtualClock;
  readonly owner: TimerOwner;
  deadline = 0;
  /** Orders timers with the same deadline: the one set first is called first. */
  sequence = 0;

  constructor(clock: VirtualClock, owner: TimerOwner) {
    this.#clock = clock;
    this.owner = owner;
  }

  set(delay: number): void {
    this.#clock.start(this, delay);
  }

  clear(): void {
    this.#clock.stop(this);
  }
}

export class VirtualClock implements Clock {
  readonly #running = new Set<VirtualTimer>();
  #now = 0;
  /** When it began. */
  readonly #began = Date.now();
  #count = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#began + this.#now;
  }

  /** From the same moment as that of the system's clock, which may take its place. */
  readonly coarse: CoarseClock = {
    began: coarseTime.began,
    tenths: () => Math.floor((this.wall() - coarseTime.began) / 100),
  };

  timer(owner: TimerOwner): Timer {
    return new VirtualTimer(this, owner);
  }

  start(timer: VirtualTimer, delay: number): void {
    timer.deadline = this.#now + Math.max(0, delay);
    timer.sequence = ++this.#count;
    this.#running.add(timer);
  }

  stop(timer: VirtualTimer): void {
    this.#running.delete(timer);
  }

  /**
   * Moves to the first deadline that is not after `until`, and calls its timer. Without such a deadline, moves to `until`.
   *
   * @returns whether a timer was called. An exception that it throws becomes an uncaught exception.
   */
  step(until: number): boolean {
    const due = this.#first(until);
    if (due === undefined) {
      this.#now = Math.max(this.#now, until);
      return false;
    }
    this.#now = Math.max(this.#now, due.deadline);
    this.#running.delete(due);
    try {
      due.owner.expired();
    } catch (exception) {
      process.nextTick(() => {
        throw exception;
      });
    }
    return true;
  }

  #first(until: number): VirtualTimer | undefined {
    let first: VirtualTimer | undefined;
    for (const timer of this.#running) {
      if (timer.deadline > until) continue;
      if (first !== undefined && timer.deadline > first.deadline) continue;
      if (first?.deadline === timer.deadline && timer.sequence > first.sequence) continue;
      first = timer;
    }
    return first;
  }
}
