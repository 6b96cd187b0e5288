// `taskpool`: the shapes that the SDK declares, both ways.

import type byDefault from '../../../src/kits/taskpool/index.ts';
import { taskpool } from '../../../src/kits/taskpool/index.ts';
import type ofOhos from '../../../src/register/kits/ohos-taskpool.ts';
import { same } from '../../type-tests/same.ts';

type Task = taskpool.Task;
type Priority = taskpool.Priority;

same<typeof byDefault, typeof taskpool>(true);
same<ofOhos.Task, Task>(true);
same<
  keyof typeof taskpool,
  | ('cancel' | 'execute' | 'executeDelayed' | 'executePeriodically' | 'getTask' | 'getTaskPoolInfo' | 'isConcurrent')
  | ('terminateTask' | 'AsyncRunner' | 'GenericsTask' | 'LongTask' | 'Priority' | 'SequenceRunner' | 'State' | 'Task')
  | 'TaskGroup'
>(true);
same<typeof taskpool.Priority, { readonly HIGH: 0; readonly MEDIUM: 1; readonly LOW: 2; readonly IDLE: 3 }>(true);
same<typeof taskpool.State, { readonly WAITING: 1; readonly RUNNING: 2; readonly CANCELED: 3 }>(true);
same<Priority, taskpool.Priority.HIGH | taskpool.Priority.MEDIUM | taskpool.Priority.LOW | taskpool.Priority.IDLE>(
  true,
);
same<taskpool.State, taskpool.State.WAITING | taskpool.State.RUNNING | taskpool.State.CANCELED>(true);

type Flat<Type> = { [Key in keyof Type]: Type[Key] };
interface TaskMembers {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  function: Function;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  arguments?: Object[];
  name: string;
  taskId: number;
  totalDuration: number;
  ioDuration: number;
  cpuDuration: number;
  setTransferList(transfer?: ArrayBuffer[]): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  setCloneList(cloneList: Object[] | ArrayBuffer[]): void;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  onReceiveData(callback?: Function): void;
  addDependency(...tasks: Task[]): void;
  removeDependency(...tasks: Task[]): void;
  onEnqueued(callback: taskpool.CallbackFunction): void;
  onStartExecution(callback: taskpool.CallbackFunction): void;
  onExecutionFailed(callback: taskpool.CallbackFunctionWithError): void;
  onExecutionSucceeded(callback: taskpool.CallbackFunction): void;
  isDone(): boolean;
}
same<Flat<Task>, Flat<TaskMembers>>(true);
same<Flat<taskpool.LongTask>, Flat<TaskMembers>>(true);
same<taskpool.CallbackFunction, () => void>(true);
same<taskpool.CallbackFunctionWithError, (e: Error) => void>(true);
same<Exclude<keyof typeof taskpool.Task, 'prototype'>, 'isCanceled' | 'sendData'>(true);
same<typeof taskpool.Task.isCanceled, () => boolean>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof taskpool.Task.sendData, (...args: Object[]) => void>(true);

interface AddTask {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (func: Function, ...args: Object[]): void;
  (task: Task): void;
}
same<Flat<taskpool.TaskGroup>, { name: string; addTask: AddTask }>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<Flat<taskpool.SequenceRunner>, { execute: (task: Task) => Promise<Object> }>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<Flat<taskpool.AsyncRunner>, { execute: (task: Task, priority?: Priority) => Promise<Object> }>(true);

same<Flat<taskpool.TaskInfo>, { taskId: number; state: taskpool.State; duration?: number; name: string }>(true);
same<Flat<taskpool.ThreadInfo>, { tid: number; taskIds?: number[]; priority?: Priority }>(true);
same<Flat<taskpool.TaskPoolInfo>, { threadInfos: taskpool.ThreadInfo[]; taskInfos: taskpool.TaskInfo[] }>(true);
same<Flat<taskpool.Configs>, { priority?: Priority; timeout?: number }>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<Flat<taskpool.TaskResult>, { result?: Object; error?: Error | Object }>(true);

interface Execute {
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (func: Function, ...args: Object[]): Promise<Object>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  <A extends Array<Object>, R>(func: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (task: Task, priority?: Priority): Promise<Object>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  <A extends Array<Object>, R>(task: taskpool.GenericsTask<A, R>, priority?: Priority): Promise<R>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (group: taskpool.TaskGroup, priority?: Priority): Promise<Object[]>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (task: Task, configs: taskpool.Configs): Promise<Object>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  <A extends Array<Object>, R>(task: taskpool.GenericsTask<A, R>, configs: taskpool.Configs): Promise<R>;
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  (group: taskpool.TaskGroup, configs: taskpool.Configs): Promise<Object[]>;
}
same<typeof taskpool.execute, Execute>(true);

interface Cancel {
  (task: Task): void;
  (group: taskpool.TaskGroup): void;
  (taskId: number): void;
}
same<typeof taskpool.cancel, Cancel>(true);
same<typeof taskpool.getTaskPoolInfo, () => taskpool.TaskPoolInfo>(true);
same<typeof taskpool.terminateTask, (longTask: taskpool.LongTask) => void>(true);
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
same<typeof taskpool.isConcurrent, (func: Function) => boolean>(true);
same<typeof taskpool.getTask, (taskId: number, taskName?: string) => Task | undefined>(true);

/** As applications write it. */
export async function uses(add: (a: number, b: number) => number): Promise<void> {
  const task: taskpool.Task = new taskpool.Task('name', add, 1, 2);
  const sum: number = (await taskpool.execute(task, taskpool.Priority.HIGH)) as number;
  const generic = new taskpool.GenericsTask<[number, number], number>(add, 1, sum);
  const typed: number = await taskpool.execute<[number, number], number>(generic);
  await taskpool.executeDelayed(10, task);
  taskpool.executePeriodically(typed, task, taskpool.Priority.LOW);
  new taskpool.SequenceRunner('name', taskpool.Priority.IDLE);
  new taskpool.AsyncRunner('name', 5, 5);
  // @ts-expect-error: not a priority
  void taskpool.execute(task, 7);
  // @ts-expect-error: an argument of another type
  new taskpool.GenericsTask<[number, number], number>(add, 1, 'two');
}
