// What the pool knows of a task: how it was executed first, which of its runs is at work, what depends on it. The
// application has only the `Task` above it.

import type { Passage } from './clone.ts';
import { canceledError, type Outcome, poolError } from './errors.ts';
import type { Job } from './job.ts';
import { callBack, dequeue, enqueue } from './pool.ts';

/** By which call a task was executed first. Each but `common` excludes the others. */
export type TaskKind = 'new' | 'common' | 'periodic' | 'group' | 'sequence' | 'async';

/** Listeners for the life of a task. */
export interface TaskListeners {
  enqueued?: () => unknown;
  started?: () => unknown;
  failed?: (error: unknown) => unknown;
  succeeded?: () => unknown;
}

/** A call of `executeDelayed` whose time has not come. */
export interface Delayed {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly reject: (error: unknown) => void;
}

/** The state of a task. */
export class TaskRecord {
  readonly id: number;
  readonly isLong: boolean;
  kind: TaskKind = 'new';
  /** The run that waits or runs, and those of later calls. */
  current: Job | undefined;
  readonly later: Job[] = [];
  readonly delayed = new Set<Delayed>();
  timer: ReturnType<typeof setInterval> | undefined;
  isCanceled = false;
  isDone = false;
  /** Whether there was a run. */
  hasRun = false;
  /** Whether it has, or had, to do with dependencies. */
  hasDependency = false;
  /** The tasks that must end before it, and those that wait for it. */
  readonly before = new Set<TaskRecord>();
  readonly after = new Set<TaskRecord>();
  readonly listeners: TaskListeners = {};
  receive: ((...args: unknown[]) => unknown) | undefined;
  moved: Passage['moved'] = 'all';
  copied: ReadonlySet<unknown> = new Set();
  transferListIsSet = false;
  cloneListIsSet = false;
  /** Takes the run out of the queue of a runner, if it is in one. */
  leaveRunner: ((job: Job) => boolean) | undefined;

  constructor(id: number, isLong: boolean) {
    this.id = id;
    this.isLong = isLong;
  }

  /** Whether one of its runs has begun to wait, or a call is delayed. */
  get isExecuted(): boolean {
    return this.kind !== 'new' && this.kind !== 'group';
  }

  /** Hands a run to the pool: at once, or when the runs before it and the tasks that it depends on have ended. */
  submit(job: Job): void {
    if (this.current !== undefined) {
      this.later.push(job);
      return;
    }
    this.begin();
    this.current = job;
    this.#enqueueIfReady();
  }

  /** A run begins to wait. */
  begin(): void {
    this.isCanceled = false;
    this.isDone = false;
    this.hasRun = true;
    callBack('onEnqueued', () => this.listeners.enqueued?.());
  }

  #enqueueIfReady(): void {
    if (this.current?.state === 'waiting' && this.before.size === 0) enqueue(this.current);
  }

  /** A run has ended: the tasks that waited for this one go on, and so does its next run. */
  ended(job: Job): void {
    if (job !== this.current) return;
    this.isDone = job.startedAt > 0;
    if (this.isDone) this.isCanceled = false;
    this.current = undefined;
    this.leaveRunner = undefined;
    for (const record of this.after) {
      record.before.delete(this);
      record.#enqueueIfReady();
    }
    this.after.clear();
    const next = this.later.shift();
    if (next !== undefined) this.submit(next);
  }

  /**
   * Cancels runs that wait, and marks the one that is running.
   *
   * @throws BusinessError 10200015 if nothing waits or runs
   */
  cancel(): void {
    if (this.isCanceled) return;
    if (this.current === undefined && this.delayed.size === 0 && this.timer === undefined) {
      throw poolError('noTask', 'taskpool:: task is not executed or has been executed');
    }
    this.isCanceled = true;
    clearInterval(this.timer);
    this.timer = undefined;
    for (const { timer, reject } of this.delayed) {
      clearTimeout(timer);
      reject(canceledError(false));
    }
    this.delayed.clear();
    for (const job of this.later.splice(0)) this.#drop(job);
    const { current } = this;
    if (current?.state === 'running') {
      current.isCanceled = true;
    } else if (current !== undefined) {
      dequeue(current);
      this.leaveRunner?.(current);
      this.#drop(current);
    }
  }

  #drop(job: Job): void {
    job.end({ isSuccess: false, value: canceledError(this.kind === 'async') } satisfies Outcome);
  }
}

/** Whether `record` must end before `later`, over any number of tasks between them. */
export function isBefore(record: TaskRecord, later: TaskRecord): boolean {
  for (const dependency of later.before) {
    if (dependency === record || isBefore(record, dependency)) return true;
  }
  return false;
}
