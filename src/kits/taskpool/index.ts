// `taskpool` of `@kit.ArkTS`. Tasks run in the thread of the program, so that a test sees what they do; what passes between
// them and their host is copied and moved as between the threads of a device.

import type { TaskResult as Result } from './errors.ts';
import {
  cancel,
  execute,
  executeDelayed,
  executePeriodically,
  getTask,
  getTaskPoolInfo,
  type TaskInfo as InfoOfTask,
  type ThreadInfo as InfoOfThread,
  isConcurrent,
  type TaskPoolInfo as PoolInfo,
  State,
  type State as StateNumber,
  terminateTask,
} from './functions.ts';
import { type Configs as Options, Priority, type Priority as PriorityNumber } from './options.ts';
import {
  AsyncRunner,
  type AsyncRunner as AsyncRunnerClass,
  SequenceRunner,
  type SequenceRunner as SequenceRunnerClass,
} from './runners.ts';
import {
  type CallbackFunction as Callback,
  type CallbackFunctionWithError as CallbackWithError,
  GenericsTask,
  type GenericsTask as GenericsTaskClass,
  LongTask,
  type LongTask as LongTaskClass,
  Task,
  type Task as TaskClass,
} from './task.ts';
import { TaskGroup, type TaskGroup as TaskGroupClass } from './task-group.ts';

/** The module: executes concurrent functions. */
export const taskpool = {
  /** Cancels a task or a group. */
  cancel,
  /** Executes a function, a task or a group. */
  execute,
  /** Executes a task later. */
  executeDelayed,
  /** Executes a task again and again. */
  executePeriodically,
  /** The task with an id. */
  getTask,
  /** The tasks at work. */
  getTaskPoolInfo,
  /** Whether a function is decorated with `@Concurrent`. */
  isConcurrent,
  /** Lets the thread of a long task go. */
  terminateTask,
  /** A queue that executes several tasks at a time. */
  AsyncRunner,
  /** A task whose arguments and result have types. */
  GenericsTask,
  /** A task without a bound on its time. */
  LongTask,
  /** Numbers of priorities. */
  Priority,
  /** A queue that executes one task after the other. */
  SequenceRunner,
  /** Numbers of states. */
  State,
  /** A function with its arguments. */
  Task,
  /** Functions and tasks that are executed together. */
  TaskGroup,
};

export declare namespace taskpool {
  /** A queue that executes several tasks at a time. */
  export type AsyncRunner = AsyncRunnerClass;
  /** A callback without parameters. */
  export type CallbackFunction = Callback;
  /** A callback that gets an error. */
  export type CallbackFunctionWithError = CallbackWithError;
  /** Options of an execution. */
  export type Configs = Options;
  /** A task whose arguments and result have types. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  export type GenericsTask<A extends Array<Object>, R> = GenericsTaskClass<A, R>;
  /** A task without a bound on its time. */
  export type LongTask = LongTaskClass;
  /** The number of a priority. */
  export type Priority = PriorityNumber;
  /** A queue that executes one task after the other. */
  export type SequenceRunner = SequenceRunnerClass;
  /** The number of a state. */
  export type State = StateNumber;
  /** A function with its arguments. */
  export type Task = TaskClass;
  /** Functions and tasks that are executed together. */
  export type TaskGroup = TaskGroupClass;
  /** A task that waits or runs. */
  export type TaskInfo = InfoOfTask;
  /** What the pool is doing. */
  export type TaskPoolInfo = PoolInfo;
  /** What is known of a task that was canceled. */
  export type TaskResult = Result;
  /** A thread that executes tasks. */
  export type ThreadInfo = InfoOfThread;

  /** The members of the enum as types. */
  export namespace Priority {
    /** Before the others. */
    export type HIGH = 0;
    /** The default. */
    export type MEDIUM = 1;
    /** After those of medium priority. */
    export type LOW = 2;
    /** After all others. */
    export type IDLE = 3;
  }

  /** The members of the enum as types. */
  export namespace State {
    /** It waits. */
    export type WAITING = 1;
    /** Its function runs. */
    export type RUNNING = 2;
    /** It was canceled. */
    export type CANCELED = 3;
  }
}

export default taskpool;
