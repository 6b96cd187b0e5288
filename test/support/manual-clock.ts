// Time that the test moves, and the end of a turn that the test decides on: two ports of the core without a host.

import type { Clock, Scheduler, Timer, TurnTask } from '../../src/core/ports.ts';

/** Turns end when the test says so; what was uncaught is kept. */
export class ManualTurn implements Scheduler {
  /** What applications' callbacks threw, in order. */
  readonly uncaught: unknown[] = [];
  #tasks: TurnTask[] = [];

  afterTurn(task: TurnTask): void {
    this.#tasks.push(task);
  }

  reportUncaught(error: unknown): void {
    this.uncaught.push(error);
  }

  /** Runs what was put off, and what that puts off. */
  end(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task.endOfTurn();
  }
}

class ManualTimer implements Timer {
  deadline: number | undefined;
  readonly expired: () => void;
  readonly #now: () => number;

  constructor(now: () => number, expired: () => void) {
    this.#now = now;
    this.expired = expired;
  }

  set(delay: number): void {
    this.deadline = this.#now() + delay;
  }

  clear(): void {
    this.deadline = undefined;
  }
}

/** A clock that stands still until `advance`. Each timer that expires has a turn of its own. */
export class ManualClock implements Clock {
  readonly #turn: ManualTurn;
  readonly #timers: ManualTimer[] = [];
  #now = 1_000_000;

  constructor(turn: ManualTurn) {
    this.#turn = turn;
  }

  /** Timers that are set. */
  get running(): number {
    return this.#timers.filter((timer) => timer.deadline !== undefined).length;
  }

  now(): number {
    return this.#now;
  }

  timer(expired: () => void): Timer {
    const timer = new ManualTimer(() => this.#now, expired);
    this.#timers.push(timer);
    return timer;
  }

  /** Moves on by `delay` milliseconds, stopping at every deadline on the way. */
  advance(delay: number): void {
    const until = this.#now + delay;
    for (let due = this.#first(until); due !== undefined; due = this.#first(until)) {
      this.#now = due.deadline as number;
      due.deadline = undefined;
      due.expired();
      this.#turn.end();
    }
    this.#now = until;
  }

  #first(until: number): ManualTimer | undefined {
    let first: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.deadline === undefined || timer.deadline > until) continue;
      if (first?.deadline === undefined || timer.deadline < first.deadline) first = timer;
    }
    return first;
  }
}
