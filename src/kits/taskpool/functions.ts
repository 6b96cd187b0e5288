// The functions of `taskpool`: executing, canceling, and what is at work.

import { threadNumber } from '../host.ts';
import { PASSAGE } from './clone.ts';
import { type ConcurrentFunction, checkMarked, isMarked } from './concurrent.ts';
import { poolError } from './errors.ts';
import { Job, passed } from './job.ts';
import { type Configs, type ExecutionOptions, executionOptions, Priority } from './options.ts';
import { dequeue, enqueue, runningJobs } from './pool.ts';
import type { Delayed, TaskRecord } from './record.ts';
import {
  type GenericsTask,
  heldTasks,
  isTask,
  jobOf,
  LongTask,
  recordOf,
  recordOfRun,
  type Task,
  taskWithId,
} from './task.ts';
import { cancelGroup, executeGroup, isGroup, type TaskGroup } from './task-group.ts';

/** Numbers of states. */
export const State = {
  /** It waits. */
  WAITING: 1,
  /** Its function runs. */
  RUNNING: 2,
  /** It was canceled. */
  CANCELED: 3,
} as const;

/** The number of a state. */
export type State = (typeof State)[keyof typeof State];

/** A task that waits or runs. */
export interface TaskInfo {
  /** The `taskId` of the task. */
  taskId: number;
  /** Its state. */
  state: State;
  /** Milliseconds that it has been running; 0 while it waits. */
  duration?: number;
  /** Its name. */
  name: string;
}

/** A thread that executes tasks. */
export interface ThreadInfo {
  /** A number of the thread. */
  tid: number;
  /** The tasks that run. */
  taskIds?: number[];
  /** Its priority. */
  priority?: Priority;
}

/** What the pool is doing. */
export interface TaskPoolInfo {
  /** Off the device: one thread, the one that the program runs in. */
  threadInfos: ThreadInfo[];
  /** The tasks that wait or run. */
  taskInfos: TaskInfo[];
}

/**
 * Executes a function, with copies of its arguments.
 *
 * Off the device: in the thread of the program, as all tasks.
 *
 * @throws BusinessError 401 for a value that is not a function; 10200014 for a function that is not concurrent; 10200006 for
 *   arguments that cannot be copied. The Promise rejects with what the function throws, or with 10200006 for a result that
 *   cannot be copied
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute(func: Function, ...args: Object[]): Promise<Object>;
/** The same, with types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute<A extends Array<Object>, R>(func: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
/**
 * Executes a task. Each further call waits for the one before it.
 *
 * @throws BusinessError 401 for another type, for a task of a group or a `SequenceRunner`, and for the second execution of a
 *   long task or one with dependencies; 10200006 for arguments that cannot be copied; 10200051 for a periodic task; 10200057
 *   for a task of an `AsyncRunner`
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute(task: Task, priority?: Priority): Promise<Object>;
/** The same, with types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute<A extends Array<Object>, R>(task: GenericsTask<A, R>, priority?: Priority): Promise<R>;
/** Executes a group: the results in the order of its tasks, or the first error once all have ended. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute(group: TaskGroup, priority?: Priority): Promise<Object[]>;
/** Executes a task, which fails with 10200058 if it has not ended in time. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute(task: Task, configs: Configs): Promise<Object>;
/** The same, with types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute<A extends Array<Object>, R>(task: GenericsTask<A, R>, configs: Configs): Promise<R>;
/** Executes a group, which fails with 10200070 if it has not ended in time. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function execute(group: TaskGroup, configs: Configs): Promise<Object[]>;
export function execute(...values: unknown[]): Promise<unknown> {
  if (values.length === 0) throw poolError('parameter', "the number of execute's params must be at least one.");
  const [first, ...rest] = values;
  if (typeof first === 'function') return executeFunction(first, rest);
  if (typeof first !== 'object' || first === null) {
    throw poolError('parameter', "the type of execute's first param must be object or function.");
  }
  const options = executionOptions(rest[0]);
  if (isGroup(first)) return executeGroup(first, options);
  if (!isTask(first)) throw poolError('parameter', "the type of execute's first param must be task.");
  checkExecutable(recordOf(first), 'execute');
  return start(first, options);
}

/**
 * Executes a task later. The time is that of `setTimeout`, so a test can move it.
 *
 * @param delayTime  milliseconds, from 0
 * @throws BusinessError 401, 10200006, 10200014, 10200051 and 10200057 as {@link execute}; 10200028 for a negative time
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function executeDelayed(delayTime: number, task: Task, priority?: Priority): Promise<Object>;
/** The same, with types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function executeDelayed<A extends Array<Object>, R>(
  delayTime: number,
  task: GenericsTask<A, R>,
  priority?: Priority,
): Promise<R>;
export function executeDelayed(...values: unknown[]): Promise<unknown> {
  const { time, task, options } = timed('executeDelayed', 'The delayTime is less than zero', values);
  const record = recordOf(task);
  checkExecutable(record, 'executeDelayed');
  checkPassing(task);
  record.kind = 'common';
  record.isCanceled = false;
  return new Promise((resolve, reject) => {
    const call: Delayed = {
      reject,
      timer: setTimeout(() => {
        record.delayed.delete(call);
        try {
          start(task, options).then(resolve, reject);
        } catch (error) {
          reject(error);
        }
      }, time),
    };
    record.delayed.add(call);
  });
}

/**
 * Executes a task again and again, until it is canceled. The time is that of `setInterval`, so a test can move it. What the
 * function returns or throws is dropped; it can use `sendData`.
 *
 * @param period  milliseconds, from 0
 * @throws BusinessError 401 for another type; 10200006 for arguments that cannot be copied; 10200014 for a function that is
 *   not concurrent; 10200028 for a negative time; 10200050 for a task that was executed; 10200057 for a task of an `AsyncRunner`
 */
export function executePeriodically(period: number, task: Task, priority?: Priority): void;
/** The same, with types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function executePeriodically<A extends Array<Object>, R>(
  period: number,
  task: GenericsTask<A, R>,
  priority?: Priority,
): void;
export function executePeriodically(...values: unknown[]): void {
  const { time, task, options } = timed('executePeriodically', 'The period value is less than zero.', values);
  const record = recordOf(task);
  if (record.kind === 'async') throw poolError('twoApis', 'AsyncRunnerTask cannot executePeriodically.');
  if (record.kind !== 'new') throw poolError('executedBefore');
  if (record.hasDependency) {
    throw poolError('parameter', 'taskpool:: the task with dependency cannot executePeriodically');
  }
  checkPassing(task);
  record.kind = 'periodic';
  record.timer = setInterval(() => {
    try {
      start(task, options).catch(() => undefined);
    } catch (error) {
      clearInterval(record.timer);
      record.timer = undefined;
      console.error('taskpool: a periodic task has ended:', error);
    }
  }, time);
}

/**
 * Cancels a task: a waiting task does not run, and a running one is told by `Task.isCanceled`. The Promises reject with the
 * code 0, or 10200055 for an `AsyncRunner`; `data` of the error has the result.
 *
 * @throws BusinessError 401 for another type; 10200015 for a task that neither waits nor runs
 */
export function cancel(task: Task): void;
/** Cancels a group. Throws 10200018 for a group that neither waits nor runs. */
export function cancel(group: TaskGroup): void;
/** Cancels the task with this id. */
export function cancel(taskId: number): void;
export function cancel(...values: unknown[]): void {
  if (values.length === 0) throw poolError('parameter', "the number of cancel's params must be 1.");
  const [target] = values;
  if (isGroup(target)) {
    cancelGroup(target);
    return;
  }
  if (typeof target !== 'number' && !isTask(target)) {
    throw poolError('parameter', "the type of cancel's params must be task.");
  }
  const task = typeof target === 'number' ? taskWithId(target) : target;
  if (task === undefined) throw poolError('noTask', 'taskpool:: the task may not exist');
  recordOf(task).cancel();
}

/** The tasks at work. */
export function getTaskPoolInfo(): TaskPoolInfo {
  const now = performance.now();
  const taskInfos: TaskInfo[] = [];
  for (const task of heldTasks()) {
    const { current, isCanceled } = recordOf(task);
    if (current === undefined) continue;
    const isRunning = current.state === 'running';
    const state = isCanceled ? State.CANCELED : isRunning ? State.RUNNING : State.WAITING;
    const duration = isRunning ? Math.round(now - current.startedAt) : 0;
    taskInfos.push({ taskId: task.taskId, state, duration, name: task.name });
  }
  const taskIds = runningJobs().flatMap((job) => recordOfRun.get(job)?.id ?? []);
  // On a device, no thread has the number 0.
  return { threadInfos: [{ tid: threadNumber() + 1, taskIds, priority: Priority.MEDIUM }], taskInfos };
}

/**
 * Lets the thread of a long task go. Throws 401 for another type.
 *
 * Off the device: does nothing, since the thread is that of the program.
 */
export function terminateTask(longTask: LongTask): void {
  if (!isTask(longTask)) throw poolError('parameter', "the type of terminateTask's param must be task.");
  if (!(longTask instanceof LongTask)) throw poolError('parameter', "terminateTask's param must be a long task.");
}

/** Whether a function is decorated with `@Concurrent`. Throws 401 for a value that is not a function. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function isConcurrent(func: Function): boolean;
export function isConcurrent(...values: unknown[]): boolean {
  if (values.length !== 1) throw poolError('parameter', "the number of isConcurrent's params must be 1.");
  const [func] = values;
  if (typeof func !== 'function') {
    throw poolError('parameter', "the type of isConcurrent's first param must be function.");
  }
  return isMarked(func);
}

/** The task with an id, and with a name if one is given; `undefined` if there is none. Throws 401 for another type. */
export function getTask(taskId: number, taskName?: string): Task | undefined {
  if (typeof taskId !== 'number') throw poolError('parameter', "the type of getTask's first param must be number.");
  if (taskName !== undefined && typeof taskName !== 'string') {
    throw poolError('parameter', "the type of getTask's second param must be string.");
  }
  const task = taskWithId(taskId);
  return taskName === undefined || task?.name === taskName ? task : undefined;
}

function executeFunction(func: ConcurrentFunction, args: readonly unknown[]): Promise<unknown> {
  const job = new Job(func, args, Priority.MEDIUM, PASSAGE);
  enqueue(job);
  return job.promise;
}

/** Executes a task that may be executed. */
function start(task: Task, { priority, timeout }: ExecutionOptions): Promise<unknown> {
  const record = recordOf(task);
  const job = jobOf(task, priority);
  if (record.kind === 'new') record.kind = 'common';
  record.submit(job);
  if (timeout > 0) {
    const timer = setTimeout(() => expire(job), timeout);
    const stop = (): void => clearTimeout(timer);
    job.promise.then(stop, stop);
  }
  return job.promise;
}

/** Its time is over. A function that runs goes on, and its result is dropped. */
function expire(job: Job): void {
  const outcome = { isSuccess: false, value: poolError('timeout') };
  if (job.state === 'waiting' && dequeue(job)) job.end(outcome);
  else job.settle(outcome);
}

function checkExecutable(record: TaskRecord, call: 'execute' | 'executeDelayed'): void {
  const { kind, hasDependency, isLong } = record;
  const outside = call === 'execute' ? 'execute outside' : 'executeDelayed outside';
  if (kind === 'group') throw poolError('parameter', `taskpool:: groupTask cannot ${outside}`);
  if (kind === 'sequence') throw poolError('parameter', `taskpool:: seqRunnerTask cannot ${outside}`);
  if (kind === 'common' && hasDependency) {
    throw poolError('parameter', `taskpool:: executedTask with dependency cannot ${call} again`);
  }
  const isDelayed = call === 'executeDelayed';
  if (kind === 'common' && isLong) {
    const delayed = 'Multiple executions of longTask are not supported in the executeDelayed';
    throw poolError('parameter', `taskpool:: ${isDelayed ? delayed : 'The long task can only be executed once'}`);
  }
  if (kind === 'periodic') {
    throw poolError('periodicAgain', `taskpool:: the periodicTask cannot ${isDelayed ? call : 'execute again'}`);
  }
  if (kind === 'async') throw poolError('twoApis', `AsyncRunnerTask cannot ${isDelayed ? call : outside}.`);
}

/** Throws now for what would fail when the time has come: a function that is not concurrent, arguments that cannot pass. */
function checkPassing(task: Task): void {
  checkMarked(task.function);
  passed(task.arguments ?? [], { moved: new Set(), copied: recordOf(task).copied }, 'arguments');
}

/** The parameters of an execution at a time. */
function timed(
  call: string,
  tooLow: string,
  values: unknown[],
): { time: number; task: Task; options: ExecutionOptions } {
  const [time, task, priority] = values;
  if (values.length < 2 || values.length > 3) {
    throw poolError('parameter', `the number of ${call}'s params must be two or three.`);
  }
  if (typeof time !== 'number') throw poolError('parameter', `the type of ${call}'s first param must be number.`);
  if (time < 0) throw poolError('delay', tooLow);
  if (!isTask(task)) {
    const type = typeof task === 'object' && task !== null ? 'task' : 'object';
    throw poolError('parameter', `the type of the second param must be ${type}.`);
  }
  return { time, task, options: executionOptions(priority) };
}
