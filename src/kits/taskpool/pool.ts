// Runs the functions, in this thread: the one of the highest priority next, each in a separate turn of the event loop.
// While one awaits something, others run. What the pool tells the host (messages, results) arrives in further turns, in its
// order.

import { later, ValueOfCall } from '../host.ts';
import { PASSAGE } from './clone.ts';
import type { Outcome } from './errors.ts';
import { type Job, passed } from './job.ts';

/** The function that is running where it is asked. */
export interface Run {
  readonly job: Job;
  /** Whether the function has ended. Its timers may still be there. */
  isOver: boolean;
}

const runs = new ValueOfCall<Run | undefined>();
const waiting: [Job[], Job[], Job[], Job[]] = [[], [], [], []];
const running = new Set<Job>();
let isScheduled = false;

/** The run that the caller belongs to; `undefined` in the host. */
export function currentRun(): Run | undefined {
  return runs.getStore();
}

/** The runs that have begun. */
export function runningJobs(): readonly Job[] {
  return [...running];
}

/** Puts a run into the queue of its priority. */
export function enqueue(job: Job): void {
  waiting[job.priority].push(job);
  schedule();
}

/** Takes a run out of its queue. `false` if it is not there. */
export function dequeue(job: Job): boolean {
  const queue = waiting[job.priority];
  const at = queue.indexOf(job);
  if (at !== -1) queue.splice(at, 1);
  return at !== -1;
}

/** Calls the host in a later turn, as from no task. */
export function callHost(call: () => void): void {
  later(() => runs.run(undefined, call));
}

/** Calls a callback of the application. What it throws is printed, as on a device, and changes nothing. */
export function callBack(name: string, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    console.error(`taskpool: the callback of ${name} has thrown:`, error);
  }
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  later(() => {
    isScheduled = false;
    const job = waiting.find((queue) => queue.length > 0)?.shift();
    if (job === undefined) return;
    schedule();
    perform(job);
  });
}

function perform(job: Job): void {
  const run: Run = { job, isOver: false };
  running.add(job);
  job.state = 'running';
  job.startedAt = performance.now();
  runs.run(undefined, () => job.observer?.started());
  const end = (isSuccess: boolean, value: unknown): void => {
    run.isOver = true;
    runs.ended(run);
    const outcome = outcomeOf(isSuccess, value);
    callHost(() => {
      running.delete(job);
      job.end(outcome);
    });
  };
  runs.run(run, () => {
    let result: unknown;
    try {
      result = Reflect.apply(job.func, undefined, job.args);
    } catch (error) {
      job.returnedAt = performance.now();
      end(false, error);
      return;
    }
    job.returnedAt = performance.now();
    if (!isThenable(result)) {
      end(true, result);
    } else {
      job.isAsynchronous = true;
      void Promise.resolve(result).then(end.bind(undefined, true), end.bind(undefined, false));
    }
  });
}

/** What the host gets. */
function outcomeOf(isSuccess: boolean, value: unknown): Outcome {
  try {
    return { isSuccess, value: passed(value, PASSAGE, 'result') };
  } catch (error) {
    // As on a device, which makes this error in the thread of the task: it arrives as a plain one with a code.
    Object.defineProperty(error, 'name', { value: 'Error', configurable: true, writable: true });
    return { isSuccess: false, value: error };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
