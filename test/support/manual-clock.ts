// Time that the test moves, and the end of a turn that the test decides on: two ports of the core without a host.

import type { Clock, Job, Scheduler, Timer, TimerOwner, TurnTask } from '../../src/core/ports.ts';

/** Turns end when the test ends them; uncaught errors are kept. */
export class ManualTurn implements Scheduler {
  /** What applications' callbacks threw, in order. */
  readonly uncaught: unknown[] = [];
  /** Whether `end` leaves the work that is done in pieces to {@link nextPieces}. */
  holdsJobs = false;
  #tasks: TurnTask[] = [];
  #jobs: Job[] = [];

  afterTurn(task: TurnTask): void {
    this.#tasks.push(task);
  }

  inLaterTurn(job: Job): void {
    this.#jobs.push(job);
  }

  reportUncaught(error: unknown): void {
    this.uncaught.push(error);
  }

  /** Runs what was put off, and what that puts off. */
  end(): void {
    do {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task.endOfTurn();
    } while (!this.holdsJobs && this.#runJobs());
  }

  /** Has each job do one piece, and ends the turn. @returns whether there was a job */
  nextPieces(): boolean {
    const isAny = this.#runJobs();
    this.end();
    return isAny;
  }

  #runJobs(): boolean {
    const jobs = this.#jobs;
    this.#jobs = [];
    for (const job of jobs) job.nextPiece();
    return jobs.length > 0;
  }
}

class ManualTimer implements Timer {
  deadline = 0;
  readonly owner: TimerOwner;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock, owner: TimerOwner) {
    this.#clock = clock;
    this.owner = owner;
  }

  set(delay: number): void {
    this.deadline = this.#clock.now() + delay;
    this.#clock.timers.add(this);
  }

  clear(): void {
    this.#clock.timers.delete(this);
  }
}

/** A clock that stands still until `advance`. Each timer that expires has its own turn. */
export class ManualClock implements Clock {
  /** Timers that are set. */
  readonly timers = new Set<ManualTimer>();
  readonly #turn: ManualTurn;
  #now = 1_000_000;

  constructor(turn: ManualTurn) {
    this.#turn = turn;
  }

  now(): number {
    return this.#now;
  }

  timer(owner: TimerOwner): Timer {
    return new ManualTimer(this, owner);
  }

  /** Moves on by `delay` milliseconds, stopping at every deadline on the way. */
  advance(delay: number): void {
    const until = this.#now + delay;
    for (let due = this.#first(until); due !== undefined; due = this.#first(until)) {
      this.#now = due.deadline;
      this.timers.delete(due);
      due.owner.expired();
      this.#turn.end();
    }
    this.#now = until;
  }

  /** Moves on by `delay` at once, as for a process that stood still: what was due on the way expires late. */
  jump(delay: number): void {
    this.#now += delay;
    for (let due = this.#first(this.#now); due !== undefined; due = this.#first(this.#now)) {
      this.timers.delete(due);
      due.owner.expired();
      this.#turn.end();
    }
  }

  #first(until: number): ManualTimer | undefined {
    let first: ManualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.deadline <= until && timer.deadline < (first?.deadline ?? Infinity)) first = timer;
    }
    return first;
  }
}
