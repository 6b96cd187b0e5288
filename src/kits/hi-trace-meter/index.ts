// `hiTraceMeter` (`@kit.PerformanceAnalysisKit`, `@ohos.hiTraceMeter`): marks of a program for a trace. There is no trace
// here: a test gets the calls by the setting `trace` of `configure`; without it, calls do nothing, as with tracing off.

import type { TraceEntry } from '../device-settings.ts';
import { deviceState, reportUncaught, watchDevice } from '../host.ts';

const levels = { DEBUG: 0, INFO: 1, CRITICAL: 2, COMMERCIAL: 3, MAX: 3 } as const;
const MAX_LISTENERS = 10;

/** The module `@ohos.hiTraceMeter`. */
export interface HiTraceMeterModule {
  /** Levels by name. */
  readonly HiTraceOutputLevel: typeof levels;
  /**
   * Begins a task.
   * Off the device: only `trace` of `configure` gets it.
   *
   * @param taskId  tells tasks of one name apart
   */
  startTrace(name: string, taskId: number): void;
  /**
   * Ends a task that `startTrace` began.
   * Off the device: only `trace` of `configure` gets it.
   */
  finishTrace(name: string, taskId: number): void;
  /**
   * Sets a number.
   * Off the device: only `trace` of `configure` gets it.
   */
  traceByValue(name: string, count: number): void;
  /**
   * Sets a number.
   * Off the device: only `trace` of `configure` gets it.
   */
  traceByValue(level: hiTraceMeter.HiTraceOutputLevel, name: string, count: number): void;
  /**
   * Begins a task of this thread.
   * Off the device: only `trace` of `configure` gets it.
   *
   * @param customArgs  `key=value`, …
   */
  startSyncTrace(level: hiTraceMeter.HiTraceOutputLevel, name: string, customArgs?: string): void;
  /**
   * Ends the task of this thread that began last.
   * Off the device: only `trace` of `configure` gets it.
   */
  finishSyncTrace(level: hiTraceMeter.HiTraceOutputLevel): void;
  /**
   * Begins a task.
   * Off the device: only `trace` of `configure` gets it.
   *
   * @param customCategory  its label
   */
  startAsyncTrace(
    level: hiTraceMeter.HiTraceOutputLevel,
    name: string,
    taskId: number,
    customCategory: string,
    customArgs?: string,
  ): void;
  /**
   * Ends a task that `startAsyncTrace` began.
   * Off the device: only `trace` of `configure` gets it.
   */
  finishAsyncTrace(level: hiTraceMeter.HiTraceOutputLevel, name: string, taskId: number): void;
  /**
   * Whether calls go somewhere.
   * Off the device: whether `trace` of `configure` is set.
   */
  isTraceEnabled(): boolean;
  /**
   * Calls a function when tracing is switched on or off.
   *
   * @returns its index, from 0; -1: there are 10 already; -2: not a function
   */
  registerTraceListener(callback: hiTraceMeter.TraceEventListener): number;
  /** Removes a function. @returns 0; -1: there is none with this index; -2: not an index from 0 to 9 */
  unregisterTraceListener(index: number): number;
}

const listeners = new Array<hiTraceMeter.TraceEventListener | undefined>(MAX_LISTENERS).fill(undefined);
let wasEnabled = false;

/** The module. */
export const hiTraceMeter: HiTraceMeterModule = {
  HiTraceOutputLevel: levels,
  startTrace: (name, taskId) => record({ kind: 'start', name, taskId }),
  finishTrace: (name, taskId) => record({ kind: 'finish', name, taskId }),
  traceByValue(...args: unknown[]): void {
    // With a level first: the name is a text.
    const [level, name, count] = args.length > 2 ? args : [undefined, ...args];
    record({ kind: 'count', name, count, ...(level !== undefined && { level }) });
  },
  startSyncTrace: (level, name, customArgs) =>
    record({ kind: 'start', level, name, ...(customArgs !== undefined && { customArgs }) }),
  finishSyncTrace: (level) => record({ kind: 'finish', level }),
  startAsyncTrace: (level, name, taskId, customCategory, customArgs) =>
    record({ kind: 'start', level, name, taskId, customCategory, ...(customArgs !== undefined && { customArgs }) }),
  finishAsyncTrace: (level, name, taskId) => record({ kind: 'finish', level, name, taskId }),
  isTraceEnabled: () => deviceState().trace !== undefined,
  registerTraceListener(callback) {
    if (typeof callback !== 'function') return -2;
    const index = listeners.indexOf(undefined);
    if (index >= 0) listeners[index] = callback;
    return index;
  },
  unregisterTraceListener(index) {
    if (!Number.isInteger(index) || index < 0 || index >= MAX_LISTENERS) return -2;
    if (listeners[index] === undefined) return -1;
    listeners[index] = undefined;
    return 0;
  },
};

export declare namespace hiTraceMeter {
  /** The number of a level. */
  export type HiTraceOutputLevel = (typeof levels)[keyof typeof levels];
  /** What `registerTraceListener` takes. @param traceStatus  `true`: tracing is on now */
  export type TraceEventListener = (traceStatus: boolean) => void;
}

export default hiTraceMeter;

/** @param entry  as called; wrong types are the test's to see */
function record(entry: Readonly<Record<string, unknown>>): void {
  deviceState().trace?.(entry as unknown as TraceEntry);
}

watchDevice(() => {
  const isEnabled = hiTraceMeter.isTraceEnabled();
  if (isEnabled === wasEnabled) return;
  wasEnabled = isEnabled;
  for (const listener of [...listeners]) {
    try {
      listener?.(isEnabled);
    } catch (error) {
      reportUncaught(error);
    }
  }
});
wasEnabled = hiTraceMeter.isTraceEnabled();
