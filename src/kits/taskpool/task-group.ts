// The class `TaskGroup`: functions and tasks that are executed together, with one result.

import { PASSAGE } from './clone.ts';
import { type ConcurrentFunction, checkMarked } from './concurrent.ts';
import { groupCanceledError, type Outcome, poolError } from './errors.ts';
import { Job, type PriorityNumber } from './job.ts';
import type { ExecutionOptions } from './options.ts';
import { dequeue, enqueue } from './pool.ts';
import { isTask, jobOf, recordOf, type Task } from './task.ts';

interface Member {
  readonly task?: Task;
  readonly func?: ConcurrentFunction;
  readonly args?: readonly unknown[];
}

/** An execution of a group. */
interface GroupRun {
  readonly options: ExecutionOptions;
  readonly resolve: (results: unknown[]) => void;
  readonly reject: (error: unknown) => void;
  /** Absent until its turn has come. */
  jobs: Job[] | undefined;
  isSettled: boolean;
  hasTimedOut: boolean;
}

/** Executes a group. */
export let executeGroup: (group: TaskGroup, options: ExecutionOptions) => Promise<unknown[]>;
/** Cancels a group. Throws 10200018 if it is not at work. */
export let cancelGroup: (group: TaskGroup) => void;
/** Whether a value is a group. */
export let isGroup: (value: unknown) => value is TaskGroup;

/** Functions and tasks that are executed together. */
export class TaskGroup {
  /** The name that was given, or `''`. */
  name: string;
  readonly #members: Member[] = [];
  readonly #later: GroupRun[] = [];
  #current: GroupRun | undefined;
  #isExecuted = false;
  #isCanceled = false;

  static {
    isGroup = (value): value is TaskGroup => typeof value === 'object' && value !== null && #members in value;
    executeGroup = (group, options) => group.#execute(options);
    cancelGroup = (group) => group.#cancel();
  }

  constructor();
  /** @throws BusinessError 401 for a name that is not a string */
  constructor(name: string);
  constructor(...values: unknown[]) {
    const [name = ''] = values;
    if (typeof name !== 'string') throw poolError('parameter', "taskGroup's first param must be string");
    this.name = name;
  }

  /**
   * Adds a function with its arguments.
   *
   * @throws BusinessError 401 for another type, and after the group was executed; 10200014 for a function that is not
   *   concurrent
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  addTask(func: Function, ...args: Object[]): void;
  /**
   * Adds a task.
   *
   * @throws BusinessError 401 for a task that was executed, has dependencies, is long or belongs to another group or queue;
   *   10200051 for a periodic task; 10200057 for a task of an `AsyncRunner`
   */
  addTask(task: Task): void;
  addTask(...values: unknown[]): void {
    if (values.length === 0) throw poolError('parameter', 'the number of params must be at least one.');
    if (this.#isExecuted) throw poolError('parameter', 'taskpool:: executed taskGroup cannot addTask');
    const [member, ...args] = values;
    if (typeof member === 'function') {
      checkMarked(member);
      this.#members.push({ func: member, args });
      return;
    }
    if (!isTask(member)) throw poolError('parameter', 'the type of the params must be task.');
    checkMember(member);
    recordOf(member).kind = 'group';
    this.#members.push({ task: member });
  }

  #execute(options: ExecutionOptions): Promise<unknown[]> {
    if (this.#current?.hasTimedOut === true) throw poolError('groupAgain');
    const isFree = this.#current === undefined;
    const jobs = isFree ? this.#jobs(options.priority) : undefined;
    this.#isExecuted = true;
    this.#isCanceled = false;
    return new Promise((resolve, reject) => {
      const run: GroupRun = { options, resolve, reject, jobs, isSettled: false, hasTimedOut: false };
      if (isFree) this.#start(run);
      else this.#later.push(run);
    });
  }

  /** A run of each member, with arguments of this moment. */
  #jobs(priority: PriorityNumber): Job[] {
    return this.#members.map(({ task, func, args = [] }) =>
      task === undefined ? new Job(func as ConcurrentFunction, args, priority, PASSAGE) : jobOf(task, priority),
    );
  }

  #start(run: GroupRun): void {
    this.#current = run;
    const { priority, timeout } = run.options;
    const results: unknown[] = new Array(this.#members.length);
    let open = this.#members.length;
    let failure: Outcome | undefined;
    const timer = timeout > 0 ? setTimeout(() => expire(), timeout) : undefined;
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      if (!run.isSettled) how();
      run.isSettled = true;
    };
    const expire = (): void => {
      run.hasTimedOut = true;
      settle(() => run.reject(poolError('groupTimeout')));
    };
    const finish = (): void => {
      settle(() => (failure === undefined ? run.resolve(results) : run.reject(failure.value)));
      if (this.#current !== run) return;
      this.#current = undefined;
      this.#isCanceled = false;
      const next = this.#later.shift();
      if (next !== undefined) this.#start(next);
    };
    try {
      run.jobs ??= this.#jobs(priority);
    } catch (error) {
      failure = { isSuccess: false, value: error };
    }
    if (open === 0 || run.jobs === undefined) {
      finish();
      return;
    }
    for (const [index, job] of run.jobs.entries()) {
      const ended = (outcome: Outcome): void => {
        if (outcome.isSuccess) results[index] = outcome.value;
        else failure ??= outcome;
        open--;
        if (open === 0) finish();
      };
      job.promise.then(
        (value) => ended({ isSuccess: true, value }),
        (value: unknown) => ended({ isSuccess: false, value }),
      );
      const task = this.#members[index]?.task;
      if (task === undefined) enqueue(job);
      else recordOf(task).submit(job);
    }
  }

  #cancel(): void {
    if (this.#isCanceled) return;
    const run = this.#current;
    if (run === undefined) throw poolError('noGroup', 'taskpool:: taskGroup is not executed or has been executed');
    this.#isCanceled = true;
    for (const each of [run, ...this.#later.splice(0)]) {
      if (!each.isSettled) each.reject(groupCanceledError());
      each.isSettled = true;
    }
    for (const job of run.jobs ?? []) {
      if (job.state === 'running') job.isCanceled = true;
      else if (dequeue(job)) job.end({ isSuccess: false, value: groupCanceledError() });
    }
  }
}

function checkMember(task: Task): void {
  const { hasDependency, isLong, kind } = recordOf(task);
  if (hasDependency) throw poolError('parameter', 'taskpool:: dependent task not allowed.');
  if (kind === 'periodic') {
    throw poolError('periodicAgain', 'taskpool:: The interface does not support the periodicTask');
  }
  if (kind === 'common' || kind === 'sequence') {
    throw poolError('parameter', 'taskpool:: taskGroup cannot add seqRunnerTask or executedTask');
  }
  if (kind === 'group') throw poolError('parameter', 'taskpool:: taskGroup cannot add groupTask');
  if (isLong) throw poolError('parameter', 'taskpool:: The interface does not support the long task');
  if (kind === 'async') throw poolError('twoApis', 'TaskGroup cannot execute asyncRunnerTask.');
}
