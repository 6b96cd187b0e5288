// The queues `SequenceRunner`, which executes one task after the other, and `AsyncRunner`, which executes several at a time
// and may drop the oldest that waits.

import { poolError } from './errors.ts';
import type { Job, PriorityNumber } from './job.ts';
import { type Priority, priorityOf } from './options.ts';
import { enqueue } from './pool.ts';
import { isTask, jobOf, recordOf, type Task } from './task.ts';

/** Runs that wait for a place. */
class JobQueue {
  readonly #waiting: Job[] = [];
  readonly #places: number;
  readonly #room: number;
  readonly #started = new WeakSet<Job>();
  #running = 0;

  /** @param room  how many may wait; 0: any number */
  constructor(places: number, room: number) {
    this.#places = places;
    this.#room = room;
  }

  /** Takes the run of a task. */
  add(task: Task, job: Job): void {
    const record = recordOf(task);
    record.begin();
    record.current = job;
    record.leaveRunner = (left) => this.#remove(left);
    job.promise.then(
      () => this.#ended(job),
      () => this.#ended(job),
    );
    if (this.#running < this.#places) {
      this.#start(job);
      return;
    }
    if (this.#room > 0 && this.#waiting.length === this.#room) {
      const oldest = this.#waiting.shift();
      oldest?.end({ isSuccess: false, value: poolError('discarded') });
    }
    this.#waiting.push(job);
  }

  #start(job: Job): void {
    this.#running++;
    this.#started.add(job);
    enqueue(job);
  }

  #ended(job: Job): void {
    if (!this.#started.has(job)) return;
    this.#running--;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next);
  }

  #remove(job: Job): boolean {
    const at = this.#waiting.indexOf(job);
    if (at !== -1) this.#waiting.splice(at, 1);
    return at !== -1;
  }
}

const sequenceRunners = new Map<string, SequenceRunner>();
const asyncRunners = new Map<string, AsyncRunner>();

/** Executes tasks one after the other. One that fails or is canceled does not stop the next. */
export class SequenceRunner {
  readonly #queue = new JobQueue(1, 0);
  readonly #priority: PriorityNumber;

  /** @throws BusinessError 401 for a value that is not a priority */
  constructor(priority?: Priority);
  /** There is one for each name: a further call returns it, and does not change its priority. */
  constructor(name: string, priority?: Priority);
  constructor(...values: unknown[]) {
    const name = typeof values[0] === 'string' ? values[0] : '';
    this.#priority = priorityOf(values[typeof values[0] === 'string' ? 1 : 0]);
    const existing = sequenceRunners.get(name);
    // biome-ignore lint/correctness/noConstructorReturn: the SDK promises the same object
    if (existing !== undefined) return existing;
    if (name !== '') sequenceRunners.set(name, this);
  }

  /**
   * Executes a task after those before it.
   *
   * @throws BusinessError 401 for another type, and for a task that was executed or belongs to a group; 10200006 for
   *   arguments that cannot be copied; 10200025 for a task with dependencies; 10200051 for a periodic task; 10200057 for a
   *   task of an `AsyncRunner`
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  execute(task: Task): Promise<Object> {
    if (!isTask(task)) throw poolError('parameter', "the type of execute's first param must be task");
    const record = recordOf(task);
    if (record.hasDependency) throw poolError('dependent', 'seqRunner:: dependent task not allowed.');
    if (record.kind === 'periodic') {
      throw poolError('periodicAgain', 'taskpool:: SequenceRunner cannot execute the periodicTask');
    }
    if (record.kind === 'common' || record.kind === 'sequence') {
      throw poolError('parameter', 'taskpool:: SequenceRunner cannot execute seqRunnerTask or executedTask');
    }
    if (record.kind === 'group') throw poolError('parameter', 'taskpool:: SequenceRunner cannot execute groupTask');
    if (record.kind === 'async') throw poolError('twoApis', 'SequenceRunner cannot execute asyncRunnerTask.');
    const job = jobOf(task, this.#priority);
    record.kind = 'sequence';
    this.#queue.add(task, job);
    return job.promise as Promise<object>;
  }
}

/** Executes several tasks at a time, in their order. */
export class AsyncRunner {
  readonly #queue: JobQueue;

  /**
   * @param runningCapacity  how many tasks run at a time, from 1
   * @param waitingCapacity  how many may wait; for a further one the oldest that waits fails with 10200054. Default 0: any
   * @throws BusinessError 401 for another type or a number out of range
   */
  constructor(runningCapacity: number, waitingCapacity?: number);
  /** There is one for each name: a further call returns it, and does not change its capacities. */
  constructor(name: string, runningCapacity: number, waitingCapacity?: number);
  constructor(...values: unknown[]) {
    const isNamed = typeof values[0] === 'string' || values.length === 3;
    const [name, places, room = 0] = isNamed ? values : ['', ...values];
    if (typeof name !== 'string') throw poolError('parameter', 'Name must be string.');
    if (places === undefined) throw poolError('parameter', 'RunningCapacity cannot be empty.');
    if (typeof places !== 'number') throw poolError('parameter', 'RunningCapacity must be number.');
    if (!(Math.floor(places) >= 1)) throw poolError('parameter', 'RunningCapacity must be greater than zero.');
    if (typeof room !== 'number') throw poolError('parameter', 'WaitingCapacity must be number.');
    if (!(Math.floor(room) >= 0)) {
      throw poolError('parameter', 'WaitingCapacity must be greater than or equal zero.');
    }
    this.#queue = new JobQueue(Math.floor(places), Math.floor(room));
    const existing = asyncRunners.get(name);
    // biome-ignore lint/correctness/noConstructorReturn: the SDK promises the same object
    if (existing !== undefined) return existing;
    if (name !== '') asyncRunners.set(name, this);
  }

  /**
   * Executes a task when there is a place for it.
   *
   * @throws BusinessError 401 for another type; 10200006 for arguments that cannot be copied; 10200025 for a task with
   *   dependencies; 10200051 for a periodic task; 10200057 for a task that was executed or belongs to a group or queue. The
   *   Promise rejects with 10200054 if the task is dropped, and with 10200055 if it is canceled
   */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  execute(task: Task, priority?: Priority): Promise<Object> {
    if (!isTask(task)) throw poolError('parameter', 'First param must be task.');
    const number = priorityOf(priority);
    const record = recordOf(task);
    if (record.hasDependency) throw poolError('dependent', 'AsyncRunner:: dependent task not allowed.');
    if (record.kind === 'periodic') throw poolError('periodicAgain', 'AsyncRunner cannot execute the periodicTask.');
    if (record.kind === 'common' || record.kind === 'sequence') {
      throw poolError('twoApis', 'AsyncRunner cannot execute seqRunnerTask or executedTask.');
    }
    if (record.kind === 'group') throw poolError('twoApis', 'AsyncRunner cannot execute groupTask.');
    if (record.kind === 'async') throw poolError('twoApis', 'AsyncRunner cannot execute asyncRunnerTask.');
    const job = jobOf(task, number);
    job.isOfAsyncRunner = true;
    record.kind = 'async';
    this.#queue.add(task, job);
    return job.promise as Promise<object>;
  }
}
