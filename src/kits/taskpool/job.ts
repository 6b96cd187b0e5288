// One run of a function: its copied arguments, its place in the pool, its Promise.

import { NotSerializable, type Passage, pass } from './clone.ts';
import { type ConcurrentFunction, checkMarked } from './concurrent.ts';
import { canceledError, type Outcome, poolError } from './errors.ts';

/** The number of a priority: 0 is the highest. */
export type PriorityNumber = 0 | 1 | 2 | 3;

/** What a run tells the task that it belongs to. */
export interface JobObserver {
  /** The pool begins with it. */
  started(): void;
  /** It is over: its Promise is settled. */
  ended(outcome: Outcome): void;
}

/** How far a run is. */
export type JobState = 'waiting' | 'running' | 'ended';

/** A run. */
export class Job {
  readonly func: ConcurrentFunction;
  readonly args: readonly unknown[];
  readonly priority: PriorityNumber;
  readonly observer: JobObserver | undefined;
  /** What the application awaits. */
  readonly promise: Promise<unknown>;
  state: JobState = 'waiting';
  /** Whether it was canceled while it was running. */
  isCanceled = false;
  /** Whether an asynchronous queue runs it, which has a separate error. */
  isOfAsyncRunner = false;
  /** Times of `performance.now`, in milliseconds: when it began, and when the function returned. 0: not yet. */
  startedAt = 0;
  returnedAt = 0;
  /** Whether the function returned a Promise. */
  isAsynchronous = false;
  #resolve!: (value: unknown) => void;
  #reject!: (error: unknown) => void;
  #isSettled = false;

  /**
   * @throws BusinessError 10200014 for a function that is not concurrent, 10200006 for arguments that cannot be copied
   */
  constructor(
    func: ConcurrentFunction,
    args: readonly unknown[],
    priority: PriorityNumber,
    passage: Passage,
    observer?: JobObserver,
  ) {
    checkMarked(func);
    this.func = func;
    this.args = passed(args, passage, 'arguments') as unknown[];
    this.priority = priority;
    this.observer = observer;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Settles the Promise; only the first call counts. */
  settle({ isSuccess, value }: Outcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (isSuccess) this.#resolve(value);
    else this.#reject(value);
  }

  /** Settles it, and tells the task. A run that was canceled meanwhile has failed. */
  end(result: Outcome): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    const outcome = this.isCanceled ? { isSuccess: false, value: canceledError(this.isOfAsyncRunner, result) } : result;
    this.settle(outcome);
    this.observer?.ended(outcome);
  }
}

/**
 * A value as another thread gets it.
 *
 * @throws BusinessError 10200006 for one that cannot be copied
 */
export function passed(value: unknown, passage: Passage, what: string): unknown {
  try {
    return pass(value, passage);
  } catch (error) {
    if (!(error instanceof NotSerializable)) throw error;
    throw poolError('serialization', `taskpool: failed to serialize ${what}.`, error.message);
  }
}
