// One run of a test of hypium: its hooks and its body, with `done` callbacks, a time limit for everything, the objects of a
// data-driven test, and failed assertions that count wherever they were thrown.

import { dataDriver } from './data-driver.ts';
import { parameters } from './parameters.ts';
import { type RunningTest, setRunningTest } from './running.ts';
import { SkipError } from './skip-error.ts';

/** A function of any parameters: hypium's declarations say `Function`. */
export type Callback = (...parameters: never[]) => unknown;

/** Hooks of a suite that belong to single tests. */
export interface Hooks {
  readonly beforeEach: Callback[];
  readonly afterEach: Callback[];
  readonly beforeEachIt: Callback[];
  readonly afterEachIt: Callback[];
  readonly beforeSpecified: Array<{ readonly names: string | readonly string[]; readonly action: Callback }>;
  readonly afterSpecified: Array<{ readonly names: string | readonly string[]; readonly action: Callback }>;
}

/** Outcome of the test that runs now, apart from what its body returns. */
export class TestRun {
  readonly test: RunningTest;
  /** Milliseconds that the body may take, if it has its own limit. */
  readonly timeout: number | undefined;
  /** Assertions about promises: a test need not await them. */
  readonly assertions: Array<Promise<void>> = [];
  /** The first failed assertion. It counts although the body, or a callback's caller, may have caught it. */
  failure: Error | undefined;
  /** Ends the wait for a body: after a failed assertion its `done` may never come. */
  stopWaiting: (error: Error) => void = () => {};

  constructor(test: RunningTest, timeout: number | undefined) {
    this.test = test;
    this.timeout = timeout;
    setRunningTest(test);
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.stopWaiting(error);
  }

  /** The next test may run. */
  end(): void {
    setRunningTest(undefined);
  }
}

/** On a device a failure skips the rest, `afterEach` too; here it runs, so that no server stays open. */
export async function runTest(
  hooks: { readonly before: readonly Callback[]; readonly after: readonly Callback[] },
  body: Callback,
  run: TestRun,
): Promise<void> {
  const failures: unknown[] = [];
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(async () => {
    for (const action of hooks.before) await call(action);
    for (const data of dataFor(body, run.test)) await call(body, run, data);
    await Promise.all(run.assertions);
  });
  for (const action of hooks.after) await attempt(() => call(action));
  if (run.failure !== undefined) throw run.failure;
  // A skip that comes with a failure is a failure.
  if (failures.length > 0) throw failures.find((failure) => !(failure instanceof SkipError)) ?? failures[0];
}

/** What the body is called with, one call after the other. */
function dataFor(body: Callback, { suite, name }: RunningTest): ReadonlyArray<object | undefined> {
  const driver = dataDriver();
  return driver === undefined || !takesData(body) ? [undefined] : driver.getParameters(suite, name);
}

function takesData(action: Callback): boolean {
  return action.length > 1 || takesOnlyData(action);
}

/** Whether the only parameter is called `data`: a device looks at the name. */
function takesOnlyData(action: Callback): boolean {
  return action.length === 1 && /^(?:async\b)?\s*(?:function\b[^(]*)?\(?\s*data\s*[),=]/.test(String(action));
}

// Read now, because tests may replace them by their own clock.
const { setTimeout, clearTimeout } = globalThis;

/** Calls a test or hook and waits for its end. */
export function call(action: Callback, run?: TestRun, data?: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const wantsDone = action.length > 0 && !takesOnlyData(action);
    const timeout = run?.timeout ?? parameters().timeout;
    const timer = setTimeout(() => {
      const waiting = wantsDone ? 'done() was not called' : 'it did not return';
      fail(new Error(`execute timeout ${timeout}ms: ${waiting}; HYPIUM_TIMEOUT=<milliseconds> allows more`));
    }, timeout);
    if (run !== undefined) run.stopWaiting = fail;
    const given: unknown[] = wantsDone ? [() => end(resolve)] : [];
    if (takesData(action)) given.push(data);
    const start = async () => (action as (...values: unknown[]) => unknown)(...given);
    start().then(() => wantsDone || end(resolve), fail);
  });
}
