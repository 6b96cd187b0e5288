// The errors of `taskpool`: codes, and the texts of a device, most of which a detail follows.

import { BusinessError } from '../host.ts';

const table = {
  parameter: [401, 'Parameter error. The input parameters are invalid, '],
  serialization: [10200006, 'An exception occurred during serialization, '],
  notConcurrent: [10200014, 'The function is not marked as concurrent, '],
  noTask: [10200015, 'The task to cancel does not exist, '],
  noGroup: [10200018, 'The task group to cancel does not exist, '],
  notInPool: [10200022, 'The function is not called in the TaskPool thread'],
  notInFunction: [10200023, 'The function is not called in the concurrent function'],
  noCallback: [10200024, 'The callback is not registered on the host side'],
  dependent: [10200025, ''],
  circular: [10200026, 'There is a circular dependency'],
  noDependency: [10200027, 'The dependency does not exist, '],
  delay: [10200028, ''],
  bothLists: [10200029, 'An ArrayBuffer cannot be set as both a transfer list and a clone list'],
  listener: [10200034, 'The executed task does not support the registration of listeners.'],
  executedBefore: [10200050, 'The concurrent task has been executed and cannot be executed periodically.'],
  periodicAgain: [10200051, 'The periodic task cannot be executed again, '],
  periodicDependency: [10200052, 'The periodic task cannot have a dependency.'],
  discarded: [10200054, 'The asyncRunner task is discarded.'],
  asyncCanceled: [10200055, 'The asyncRunner task has been canceled.'],
  asyncDependency: [10200056, 'The task has been executed by AsyncRunner.'],
  twoApis: [10200057, 'The task cannot be executed by two APIs, '],
  timeout: [10200058, 'Task timed out.'],
  groupAgain: [10200059, 'TaskGroup cannot be re-executed.'],
  groupTimeout: [10200070, 'TaskGroup timed out.'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

/** The rows of the table. */
export type PoolErrorKind = keyof typeof table;

/** Makes an error of the table. @param cause  what a device does not tell: the text stays that of the device */
export function poolError(kind: PoolErrorKind, detail = '', cause?: string): BusinessError {
  const [code, text] = table[kind];
  const options = cause === undefined ? undefined : { cause: new Error(cause) };
  return new BusinessError(code, `${text}${detail}`.replace(/, $/, ''), undefined, options);
}

/** What is known of a task that was canceled: `data` of its error. */
export interface TaskResult {
  /** What the function returned, if it was already running. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  result?: Object;
  /** What the function threw, if it was already running; otherwise the text of the error. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  error?: Error | Object;
}

/** The error of a task that was canceled. `outcome`: what the function returned or threw, if it was already running. */
export function canceledError(isAsyncRunner: boolean, outcome?: Outcome): BusinessError<TaskResult> {
  const [code, text] = isAsyncRunner ? table.asyncCanceled : ([0, 'taskpool:: task has been canceled'] as const);
  const data: TaskResult = { error: text };
  if (outcome?.isSuccess === true) data.result = outcome.value as object;
  else if (outcome !== undefined) data.error = outcome.value as object;
  return new BusinessError(code, text, data);
}

/** The error of a group that was canceled. */
export function groupCanceledError(): BusinessError {
  return new BusinessError(0, 'taskpool:: taskGroup has been canceled');
}

/** What a function returned or threw, as the host gets it. */
export interface Outcome {
  /** Whether it returned. */
  readonly isSuccess: boolean;
  /** The value that it returned or threw. */
  readonly value: unknown;
}
