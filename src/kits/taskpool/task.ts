// The class `Task`: a function with its arguments, and what it may be told before and while it runs.

import { isArrayBuffer } from '../../core/brands.ts';
import { isSendable } from '../sendable.ts';
import { PASSAGE } from './clone.ts';
import type { ConcurrentFunction } from './concurrent.ts';
import { type Outcome, poolError } from './errors.ts';
import { Job, type PriorityNumber, passed } from './job.ts';
import { callBack, callHost, currentRun } from './pool.ts';
import { isBefore, TaskRecord } from './record.ts';

/** A callback without parameters. */
export type CallbackFunction = () => void;

/** A callback that gets an error. */
export type CallbackFunctionWithError = (e: Error) => void;

let lastId = 0;
const tasks = new Map<number, WeakRef<Task>>();
const forgotten = new FinalizationRegistry<number>((id) => tasks.delete(id));

/** What the pool knows of a task. */
export let recordOf: (task: Task) => TaskRecord;
/** Whether a value is a task. */
export let isTask: (value: unknown) => value is Task;
/** Makes one run of a task, with copies of its arguments of this moment. */
export let jobOf: (task: Task, priority: PriorityNumber) => Job;

/** The task with an id, while the application holds it. */
export function taskWithId(id: number): Task | undefined {
  return tasks.get(id)?.deref();
}

/** The tasks that the application holds. */
export function heldTasks(): Task[] {
  return [...tasks.values()].map((reference) => reference.deref()).filter((task) => task !== undefined);
}

/** A concurrent function with its arguments, to be executed in the pool. */
export class Task {
  /** The function. */
  function: ConcurrentFunction;
  /** Its arguments. Each execution copies them, and moves the memory in them. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  arguments?: Object[];
  /** The name that was given, or that of the function. */
  name: string;
  /** A number that no other task of the process has. */
  taskId: number;
  /** Milliseconds that the last execution took; 0 before one has ended. */
  totalDuration = 0;
  /** Milliseconds from when the function returned until its Promise was settled; 0 for one that returned no Promise. */
  ioDuration = 0;
  /** Milliseconds from its begin until the function returned. */
  cpuDuration = 0;
  readonly #record: TaskRecord;

  static {
    recordOf = (task) => task.#record;
    isTask = (value): value is Task => typeof value === 'object' && value !== null && #record in value;
    jobOf = (task, priority) => {
      const record = task.#record;
      const { moved, copied } = record;
      const observer = {
        started: () => callBack('onStartExecution', () => record.listeners.started?.()),
        ended: (outcome: Outcome) => task.#ended(job, outcome),
      };
      const job: Job = new Job(task.function, task.arguments ?? [], priority, { moved, copied }, observer);
      recordOfRun.set(job, record);
      return job;
    };
  }

  /**
   * @param func  a function that is decorated with `@Concurrent`
   * @param args  its arguments
   * @throws BusinessError 401 for a value that is not a function. A function that is not concurrent is refused later, by
   *   `execute`, as on a device
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  constructor(func: Function, ...args: Object[]);
  /** The same with a name. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  constructor(name: string, func: Function, ...args: Object[]);
  constructor(...values: unknown[]) {
    if (values.length === 0) throw poolError('parameter', 'taskpool:: create task need more than one param');
    const isNamed = values.length > 1 && typeof values[0] === 'string';
    const func = values[isNamed ? 1 : 0];
    if (typeof func !== 'function') {
      throw poolError('parameter', 'the type of the first or second param of task must be function.');
    }
    this.function = func;
    this.arguments = values.slice(isNamed ? 2 : 1) as object[];
    this.name = isNamed ? (values[0] as string) : func.name;
    this.taskId = ++lastId;
    this.#record = new TaskRecord(this.taskId, this instanceof LongTask);
    tasks.set(this.taskId, new WeakRef(this));
    forgotten.register(this, this.taskId);
  }

  /** Whether the task that calls this was canceled. `false` outside a task. */
  static isCanceled(): boolean {
    return currentRun()?.job.isCanceled ?? false;
  }

  /**
   * Sends copies of the values to the callback of `onReceiveData`, which is called later. Called by the function of a task.
   *
   * @throws BusinessError 10200006 for values that cannot be copied; 10200022 outside a task; 10200023 after the function
   *   of the task has ended; 10200024 without a callback
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  static sendData(...args: Object[]): void {
    const run = currentRun();
    if (run === undefined) throw poolError('notInPool');
    if (run.isOver) throw poolError('notInFunction');
    const values = passed(args, PASSAGE, 'data') as unknown[];
    const record = recordOfRun.get(run.job);
    if (record?.receive === undefined) throw poolError('noCallback');
    callHost(() => callBack('onReceiveData', () => record.receive?.(...values)));
  }

  /**
   * Sets the memory that an execution moves: afterwards it is gone for the host. Without a call all `ArrayBuffer`s in the
   * arguments move; without a list none do.
   *
   * @throws BusinessError 401 for another type; 10200029 after `setCloneList`
   */
  setTransferList(transfer?: ArrayBuffer[]): void {
    const record = this.#record;
    if (record.cloneListIsSet) throw poolError('bothLists');
    const list: unknown = transfer ?? [];
    if (!Array.isArray(list)) throw poolError('parameter', 'the type of setTransferList first param must be array.');
    if (!list.every((entry) => isArrayBuffer(entry))) {
      throw poolError('parameter', 'the type of the element in array must be arraybuffer.');
    }
    record.transferListIsSet = true;
    record.moved = new Set<unknown>(list);
  }

  /**
   * Sets memory and objects of `@Sendable` classes that an execution copies. Without it memory moves, and such objects are
   * shared.
   *
   * @throws BusinessError 401 for another type; 10200029 after `setTransferList`
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  setCloneList(cloneList: Object[] | ArrayBuffer[]): void {
    const record = this.#record;
    if (record.transferListIsSet) throw poolError('bothLists');
    const list: unknown = cloneList;
    if (!Array.isArray(list)) throw poolError('parameter', 'the type of setCloneList first param must be array.');
    if (!list.every((entry) => isArrayBuffer(entry) || isSendable(entry))) {
      throw poolError('parameter', 'the type of setCloneList elements in array must be arraybuffer or sendable.');
    }
    record.cloneListIsSet = true;
    record.copied = new Set<unknown>(list);
  }

  /** Sets the callback for what the task sends by `sendData`; without one, removes it. Throws 401 for another type. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  onReceiveData(callback?: Function): void;
  onReceiveData(...values: unknown[]): void {
    const [callback] = values;
    if (values.length > 0 && typeof callback !== 'function') {
      throw poolError('parameter', "the type of onReceiveData's parameter must be function.");
    }
    this.#record.receive = callback as ((...args: unknown[]) => unknown) | undefined;
  }

  /**
   * Lets the task wait until others have ended.
   *
   * @throws BusinessError 401 for another type, and for tasks that were executed or belong to a group or queue; 10200026 if a
   *   task would wait for itself; 10200052 for a periodic task; 10200056 for a task of an `AsyncRunner`
   */
  addDependency(...tasks: Task[]): void {
    if (tasks.length === 0) throw poolError('parameter', 'addDependency has no params.');
    const record = this.#record;
    checkDependent(record, 'cannot addDependency');
    for (const task of tasks) {
      if (!isTask(task)) throw poolError('parameter', 'the type of the addDependency param must be task.');
      const other = task.#record;
      if (other === record) throw poolError('circular');
      checkDependent(other, 'cannot be relied on');
      if (isBefore(record, other)) throw poolError('circular');
      record.hasDependency = true;
      other.hasDependency = true;
      record.before.add(other);
      other.after.add(record);
    }
  }

  /**
   * Takes back {@link addDependency}.
   *
   * @throws BusinessError 401 for another type; 10200027 for a task that this one does not wait for; 10200052 for a periodic
   *   task; 10200056 for a task of an `AsyncRunner`
   */
  removeDependency(...tasks: Task[]): void {
    if (tasks.length === 0) throw poolError('parameter', 'removeDependency has no params.');
    const record = this.#record;
    if (record.kind === 'periodic') throw poolError('periodicDependency');
    if (record.kind === 'async') throw poolError('asyncDependency');
    if (!record.hasDependency) throw poolError('noDependency', 'taskpool:: task has no dependency');
    if (record.isExecuted) throw poolError('noDependency', 'taskpool:: executedTask cannot removeDependency');
    for (const task of tasks) {
      if (!isTask(task)) throw poolError('parameter', 'the type of removeDependency param must be task.');
      const other = task.#record;
      if (!other.hasDependency) throw poolError('noDependency', 'taskpool:: task has no dependency');
      if (other.isExecuted) {
        throw poolError('parameter', 'taskpool:: cannot removeDependency on a dependent and executed task');
      }
      if (!record.before.delete(other)) throw poolError('noDependency');
      other.after.delete(record);
      for (const each of [record, other]) each.hasDependency = each.before.size > 0 || each.after.size > 0;
    }
  }

  /** Sets the listener that is called when the task comes into the queue. Throws 401; 10200034 after an execution. */
  onEnqueued(callback: CallbackFunction): void {
    this.#record.listeners.enqueued = this.#listener('OnEnqueued', callback);
  }

  /** Sets the listener that is called when the function begins. Throws 401; 10200034 after an execution. */
  onStartExecution(callback: CallbackFunction): void {
    this.#record.listeners.started = this.#listener('OnStartExecution', callback);
  }

  /** Sets the listener that gets the error of a failed execution. Throws 401; 10200034 after an execution. */
  onExecutionFailed(callback: CallbackFunctionWithError): void {
    this.#record.listeners.failed = this.#listener('OnExecutionFailed', callback) as (error: unknown) => void;
  }

  /** Sets the listener that is called after a successful execution. Throws 401; 10200034 after an execution. */
  onExecutionSucceeded(callback: CallbackFunction): void {
    this.#record.listeners.succeeded = this.#listener('OnExecutionSucceeded', callback);
  }

  #listener<Listener>(name: string, callback: Listener): Listener {
    if (typeof callback !== 'function')
      throw poolError('parameter', `the type of ${name}'s parameter must be function.`);
    if (this.#record.isExecuted || this.#record.hasRun) throw poolError('listener');
    return callback;
  }

  /** Whether an execution has ended, and no further one has begun. */
  isDone(): boolean {
    return this.#record.isDone;
  }

  #ended(job: Job, outcome: Outcome): void {
    const record = this.#record;
    if (job.startedAt > 0) {
      const now = performance.now();
      this.cpuDuration = Math.round(job.returnedAt - job.startedAt);
      this.totalDuration = job.isAsynchronous ? Math.round(now - job.startedAt) : this.cpuDuration;
      this.ioDuration = this.totalDuration - this.cpuDuration;
    }
    const { failed, succeeded } = record.listeners;
    if (record.kind !== 'periodic') {
      if (outcome.isSuccess) callBack('onExecutionSucceeded', () => succeeded?.());
      else callBack('onExecutionFailed', () => failed?.(outcome.value));
    }
    record.ended(job);
  }
}

/** The tasks of runs, for `sendData`. */
export const recordOfRun = new WeakMap<Job, TaskRecord>();

/**
 * A task without a bound on its time. It can be executed once, and not in a group.
 *
 * Off the device: the time of other tasks has no bound either.
 */
export class LongTask extends Task {}

/** A task whose arguments and result have types. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export class GenericsTask<A extends Array<Object>, R> extends Task {
  /** @throws BusinessError 401 for a value that is not a function */
  constructor(func: (...args: A) => R | Promise<R>, ...args: A);
  /** The same with a name. */
  constructor(name: string, func: (...args: A) => R | Promise<R>, ...args: A);
  constructor(...values: unknown[]) {
    super(...(values as [ConcurrentFunction]));
  }
}

/** Throws for a task that cannot have dependencies any more. */
function checkDependent(record: TaskRecord, what: string): void {
  if (record.kind === 'periodic') throw poolError('periodicDependency');
  if (record.kind === 'async') throw poolError('asyncDependency');
  if (record.kind === 'group') throw poolError('parameter', `taskpool:: groupTask ${what}`);
  if (record.isExecuted) throw poolError('parameter', `taskpool:: seqRunnerTask or executedTask ${what}`);
}
