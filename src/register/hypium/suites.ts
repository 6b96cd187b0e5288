// hypium's `describe`, `it` and hooks over a test runner. This file does what the runners do not: `done` callbacks,
// a time limit for everything, `beforeEach` that holds for the tests of its own suite only, tests before nested suites,
// and failed assertions that count wherever they were thrown.

import { type Assert, createExpect } from './expect.ts';
import type { Runner } from './runner.ts';

/** A function of any parameters: hypium's declarations say `Function`. */
export type Callback = (...parameters: never[]) => unknown;

/** A `describe` or `it` of which nothing runs; `reason` gives one that says why. */
export interface Skipped<Parameters extends unknown[]> {
  (...parameters: Parameters): void;
  reason(reason: string): (...parameters: Parameters) => void;
}

type Names = string | readonly string[];

/** The part of `@ohos/hypium` that needs a test runner. */
export interface Suites {
  describe(name: string, body: Callback): void;
  xdescribe: Skipped<[name: string, body: Callback]>;
  /**
   * Declares a test. A `body` with a parameter gets `done` and has ended when that is called; one without has ended
   * when it returns, or when its promise settles. After 5 s, or `HYPIUM_TIMEOUT` milliseconds, it has failed.
   *
   * @param attribute  Level, size and type; not used here.
   */
  it(name: string, attribute: number, body: Callback): void;
  xit: Skipped<[name: string, attribute: number, body: Callback]>;
  /** Once, before the first test of the suite. */
  beforeAll(action: Callback): void;
  afterAll(action: Callback): void;
  /** Before each test of the suite itself; nested suites have their own. */
  beforeEach(action: Callback): void;
  afterEach(action: Callback): void;
  /** Before each test of the suite and of those nested in it, the outermost first. */
  beforeEachIt(action: Callback): void;
  afterEachIt(action: Callback): void;
  /** Before the tests of the suite with these names. */
  beforeItSpecified(names: Names, action: Callback): void;
  afterItSpecified(names: Names, action: Callback): void;
  expect(actual?: unknown): Assert;
}

/** Names of {@link Suites}, for a module text that exports each. */
export const suiteNames: ReadonlyArray<keyof Suites> = [
  'describe',
  'xdescribe',
  'it',
  'xit',
  'beforeAll',
  'afterAll',
  'beforeEach',
  'afterEach',
  'beforeEachIt',
  'afterEachIt',
  'beforeItSpecified',
  'afterItSpecified',
  'expect',
];

interface Suite {
  readonly parent: Suite | undefined;
  readonly beforeEach: Callback[];
  readonly afterEach: Callback[];
  readonly beforeEachIt: Callback[];
  readonly afterEachIt: Callback[];
  readonly beforeSpecified: Array<{ readonly names: Names; readonly action: Callback }>;
  readonly afterSpecified: Array<{ readonly names: Names; readonly action: Callback }>;
  /** Declares the nested suites, once the tests have been. */
  readonly nested: Array<() => void>;
}

function suiteIn(parent: Suite | undefined): Suite {
  return {
    parent,
    beforeEach: [],
    afterEach: [],
    beforeEachIt: [],
    afterEachIt: [],
    beforeSpecified: [],
    afterSpecified: [],
    nested: [],
  };
}

/** Makes the functions of `@ohos/hypium` over a test runner that runs one test at a time. */
export function createSuites(runner: Runner): Suites {
  const root = suiteIn(undefined);
  /** Where `it` and the hooks belong that are called now. */
  let suite = root;
  let running: RunningTest | undefined;

  function describe(skip: boolean | string, name: string, body: Callback): void {
    const own = suiteIn(suite);
    // Vitest calls the body later, when this one has returned.
    const declare = () =>
      runner.describe(name, skip, () => {
        const outer = suite;
        suite = own;
        try {
          const result = (body as () => unknown)();
          if (isPromise(result)) throw new Error(`describe('${name}'): the body must not be asynchronous`);
          for (const declareNested of own.nested) declareNested();
        } finally {
          suite = outer;
        }
      });
    if (suite === root) declare();
    else suite.nested.push(declare);
  }

  function it(skip: boolean | string, name: string, body: Callback): void {
    const own = suite;
    runner.it(name, skip, async () => {
      const test = new RunningTest();
      running = test;
      try {
        await runTest(own, name, body, test);
      } finally {
        running = undefined;
      }
    });
  }

  return {
    describe: (name, body) => describe(false, name, body),
    xdescribe: Object.assign((name: string, body: Callback) => describe(true, name, body), {
      reason: (reason: string) => (name: string, body: Callback) => describe(reason, name, body),
    }),
    it: (name, _attribute, body) => it(false, name, body),
    xit: Object.assign((name: string, _attribute: number, body: Callback) => it(true, name, body), {
      reason: (reason: string) => (name: string, _attribute: number, body: Callback) => it(reason, name, body),
    }),
    beforeAll: (action) => runner.beforeAll(() => call(action)),
    afterAll: (action) => runner.afterAll(() => call(action)),
    beforeEach: (action) => void suite.beforeEach.push(action),
    afterEach: (action) => void suite.afterEach.push(action),
    beforeEachIt: (action) => void suite.beforeEachIt.push(action),
    afterEachIt: (action) => void suite.afterEachIt.push(action),
    beforeItSpecified: (names, action) => void suite.beforeSpecified.push({ names, action }),
    afterItSpecified: (names, action) => void suite.afterSpecified.push({ names, action }),
    expect: createExpect({
      failed: (error) => running?.fail(error),
      pending: (assertion) => running?.assertions.push(assertion),
    }),
  };
}

/** Outcome of the test that runs now, apart from what its body returns. */
class RunningTest {
  /** Assertions about promises: a test need not await them. */
  readonly assertions: Array<Promise<void>> = [];
  /** The first failed assertion. It counts although the body, or a callback's caller, may have caught it. */
  failure: Error | undefined;
  /** Ends the wait for a body: after a failed assertion its `done` may never come. */
  stopWaiting: (error: Error) => void = () => {};

  fail(error: Error): void {
    this.failure ??= error;
    this.stopWaiting(error);
  }
}

/** On a device a failure skips the rest, `afterEach` too; here it runs, so that no server stays open. */
async function runTest(suite: Suite, name: string, body: Callback, test: RunningTest): Promise<void> {
  const chain: Suite[] = [];
  for (let link: Suite | undefined = suite; link !== undefined; link = link.parent) chain.unshift(link);
  const named = (hooks: Suite['beforeSpecified']) =>
    hooks.filter(({ names }) => (typeof names === 'string' ? names === name : names.includes(name)));
  const before = [
    ...chain.flatMap(({ beforeEachIt }) => beforeEachIt),
    ...named(suite.beforeSpecified).map(({ action }) => action),
    ...suite.beforeEach,
  ];
  const after = [
    ...named(suite.afterSpecified).map(({ action }) => action),
    ...suite.afterEach,
    ...chain.reverse().flatMap(({ afterEachIt }) => afterEachIt),
  ];
  const failures: unknown[] = [];
  const attempt = async (action: () => Promise<unknown>) => {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(async () => {
    for (const action of before) await call(action);
    await call(body, test);
    await Promise.all(test.assertions);
  });
  for (const action of after) await attempt(() => call(action));
  if (test.failure !== undefined) throw test.failure;
  if (failures.length > 0) throw failures[0];
}

// Read now, because tests may replace them by their own clock.
const { setTimeout, clearTimeout } = globalThis;

/** Milliseconds that a test or hook may take, as `-s timeout` says on a device. */
const timeout = Number(process.env.HYPIUM_TIMEOUT ?? '') || 5000;

/** Calls a test or hook and waits for its end. */
function call(action: Callback, test?: RunningTest): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const fail = (error: unknown) => end(() => reject(error));
    const wantsDone = action.length > 0;
    const timer = setTimeout(() => {
      const waiting = wantsDone ? 'done() was not called' : 'it did not return';
      fail(new Error(`execute timeout ${timeout}ms: ${waiting}; HYPIUM_TIMEOUT=<milliseconds> allows more`));
    }, timeout);
    if (test !== undefined) test.stopWaiting = fail;
    const run = async () => (action as (done?: () => void) => unknown)(...(wantsDone ? [() => end(resolve)] : []));
    run().then(() => wantsDone || end(resolve), fail);
  });
}

function isPromise(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
