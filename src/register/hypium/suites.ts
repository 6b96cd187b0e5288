// hypium's `describe`, `it` and hooks over a test runner. This file does what the runners do not: `beforeEach` that holds for
// the tests of its own suite only, tests before nested suites, tests that run several times or not at all by the parameters
// of a device. What one test does is in test-run.ts.

import { dataDriver } from './data-driver.ts';
import { type Assert, type AssertionListener, createExpect } from './expect.ts';
import { isFiltering, isSelected } from './filter.ts';
import { parameters } from './parameters.ts';
import type { Runner } from './runner.ts';
import { shuffled } from './shuffle.ts';
import { SkipError } from './skip-error.ts';
import { type Callback, call, type Hooks, runTest, TestRun } from './test-run.ts';

export type { Callback } from './test-run.ts';

/** A `describe` or `it` of which nothing runs; `reason` gives one that says why. */
export interface Skipped<Parameters extends unknown[]> {
  (...parameters: Parameters): void;
  reason(reason: string): (...parameters: Parameters) => void;
}

type Names = string | readonly string[];

/** What declares a test. */
export type ItParameters = [name: string, attribute: number, body: Callback, timeout?: number, tag?: string];

/** The part of `@ohos/hypium` that needs a test runner. */
export interface Suites {
  describe(name: string, body: Callback): void;
  xdescribe: Skipped<[name: string, body: Callback]>;
  /**
   * Declares a test. A `body` with a parameter gets `done` and has ended when that is called; one without has ended
   * when it returns, or when its promise settles. After 5 s, or `HYPIUM_TIMEOUT` milliseconds, it has failed.
   *
   * A second parameter gets the object of `Hypium.setData` for this test; so does a single one with the name `data`.
   *
   * @param attribute  level, size and type, by which tests are selected (HYPIUM_LEVEL, HYPIUM_SIZE, HYPIUM_TEST_TYPE); 0: a
   *                   test that these always select
   * @param timeout    milliseconds that this test may take
   * @param tag        by which tests are selected (HYPIUM_TAG); several are separated by `|`
   */
  it(...parameters: ItParameters): void;
  xit: Skipped<ItParameters>;
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

/** What the body of a suite declares. It is kept, since a suite may run several times, and in another order. */
interface Suite extends Hooks {
  readonly parent: Suite | undefined;
  readonly names: readonly string[];
  readonly beforeAll: Callback[];
  readonly afterAll: Callback[];
  /** Each declares a test with the runner. */
  readonly tests: Array<() => void>;
  /** Each declares a nested suite with the runner. */
  readonly nested: Array<() => void>;
}

function suiteIn(parent: Suite | undefined, ...names: string[]): Suite {
  return {
    parent,
    names: [...(parent?.names ?? []), ...names],
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
    beforeEachIt: [],
    afterEachIt: [],
    beforeSpecified: [],
    afterSpecified: [],
    tests: [],
    nested: [],
  };
}

/** Makes the functions of `@ohos/hypium` over a test runner that runs one test at a time. */
export function createSuites(runner: Runner): Suites {
  const root = suiteIn(undefined);
  /** Where `it` and the hooks belong that are called now. */
  let suite = root;
  let running: TestRun | undefined;
  let hasFailed = false;
  const listener: AssertionListener = {
    failed: (error) => running?.fail(error),
    pending: (assertion) => running?.assertions.push(assertion),
  };

  function describe(skip: boolean | string, name: string, body: Callback): void {
    const own = suiteIn(suite, name);
    let problem: unknown;
    const collect = () => {
      const outer = suite;
      suite = own;
      try {
        const result = (body as () => unknown)();
        if (isPromise(result)) throw new Error(`describe('${name}'): the body must not be asynchronous`);
      } catch (error) {
        problem = error ?? new Error(`describe('${name}'): the body threw ${String(error)}`);
      } finally {
        suite = outer;
      }
    };
    const replay = () => {
      if (problem !== undefined) {
        // A test, since Node 22 exits with 0 where only a suite has failed.
        const failed = problem;
        runner.it('declares its tests', false, async () => {
          throw failed;
        });
        return;
      }
      for (const action of own.beforeAll) runner.beforeAll(() => call(action));
      for (const declare of inOrder(own.tests)) declare();
      for (const declare of inOrder(own.nested)) declare();
      for (const action of own.afterAll) runner.afterAll(() => call(action));
    };
    // The body of a suite that is skipped is the runner's to call, or not to call.
    if (skip === false) collect();
    const isEmpty = problem === undefined && own.tests.length + own.nested.length === 0;
    if (skip === false && isEmpty && isFiltering(parameters())) return;
    const declare = () =>
      runner.describe(name, skip, () => {
        if (skip !== false && own.tests.length + own.nested.length === 0) collect();
        replay();
      });
    const declareOften = repeated(dataDriver()?.getSuiteStress(name) ?? 1, declare);
    if (suite === root) atRoot(declareOften);
    else suite.nested.push(declareOften);
  }

  function it(skip: boolean | string, ...[name, attribute, body, timeout, tag]: ItParameters): void {
    const own = suite;
    if (!isSelected(parameters(), { suites: own.names, name, attribute, tag })) return;
    const declare = () =>
      runner.it(name, skip, async (skipNow) => {
        if (hasFailed && parameters().breakOnError)
          return skipNow('a test before this one failed, and HYPIUM_BREAK_ON_ERROR is set');
        const run = new TestRun({ suite: own.names.at(-1) ?? '', name, attribute }, timeout);
        running = run;
        try {
          await runTest(hooksFor(own, name), body, run);
        } catch (error) {
          if (error instanceof SkipError) return skipNow(error.message);
          hasFailed = true;
          throw error;
        } finally {
          run.end();
          running = undefined;
        }
      });
    const stress = dataDriver()?.getSpecStress(own.names.at(-1) ?? '', name) ?? 1;
    const declareOften = repeated(stress * parameters().stress, declare);
    if (own === root) atRoot(declareOften);
    else own.tests.push(declareOften);
  }

  /** Suites at the top of a file: at once, or in random order once the function has returned that calls `describe`. */
  const waiting: Array<() => void> = [];
  function atRoot(declare: () => void): void {
    if (parameters().random === undefined) {
      declare();
      return;
    }
    if (waiting.push(declare) > 1) return;
    queueMicrotask(() => {
      for (const declareWaiting of inOrder(waiting.splice(0))) declareWaiting();
    });
  }

  return {
    describe: (name, body) => describe(false, name, body),
    xdescribe: Object.assign((name: string, body: Callback) => describe(true, name, body), {
      reason: (reason: string) => (name: string, body: Callback) => describe(reason, name, body),
    }),
    it: (...given) => it(false, ...given),
    xit: Object.assign((...given: ItParameters) => it(true, ...given), {
      reason:
        (reason: string) =>
        (...given: ItParameters) =>
          it(reason, ...given),
    }),
    beforeAll: (action) => (suite === root ? runner.beforeAll(() => call(action)) : void suite.beforeAll.push(action)),
    afterAll: (action) => (suite === root ? runner.afterAll(() => call(action)) : void suite.afterAll.push(action)),
    beforeEach: (action) => void suite.beforeEach.push(action),
    afterEach: (action) => void suite.afterEach.push(action),
    beforeEachIt: (action) => void suite.beforeEachIt.push(action),
    afterEachIt: (action) => void suite.afterEachIt.push(action),
    beforeItSpecified: (names, action) => void suite.beforeSpecified.push({ names, action }),
    afterItSpecified: (names, action) => void suite.afterSpecified.push({ names, action }),
    expect: createExpect(listener),
  };
}

/** Hooks of the suite and, of those that hold for nested suites, its outer ones. */
function hooksFor(suite: Suite, name: string): { before: Callback[]; after: Callback[] } {
  const chain: Suite[] = [];
  for (let link: Suite | undefined = suite; link !== undefined; link = link.parent) chain.unshift(link);
  const named = (hooks: Suite['beforeSpecified']) =>
    hooks
      .filter(({ names }) => (typeof names === 'string' ? names === name : names.includes(name)))
      .map(({ action }) => action);
  return {
    before: [
      ...chain.flatMap(({ beforeEachIt }) => beforeEachIt),
      ...named(suite.beforeSpecified),
      ...suite.beforeEach,
    ],
    after: [
      ...named(suite.afterSpecified),
      ...suite.afterEach,
      ...chain.reverse().flatMap(({ afterEachIt }) => afterEachIt),
    ],
  };
}

function inOrder(declarations: ReadonlyArray<() => void>): ReadonlyArray<() => void> {
  const { random } = parameters();
  return random === undefined ? declarations : shuffled(declarations, random);
}

function repeated(count: number, declare: () => void): () => void {
  return () => {
    for (let index = 0; index < count; index++) declare();
  };
}

function isPromise(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Promise]';
}
