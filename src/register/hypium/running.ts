// The test that runs now, for `SysTestKit` and `Core`, which know nothing of the test runner.

/** A test as hypium's `describe` and `it` declared it. */
export interface RunningTest {
  /** Name of the suite that it is in. */
  readonly suite: string;
  readonly name: string;
  /** Type, size and level. */
  readonly attribute: number;
}

let current: RunningTest | undefined;

/** Sets the test that runs. */
export function setRunningTest(test: RunningTest | undefined): void {
  current = test;
}

/**
 * The test that runs.
 *
 * @param asked  what asks for it, for the error's text
 * @throws Error between tests
 */
export function runningTest(asked: string): RunningTest {
  if (current === undefined)
    throw new Error(`${asked}: no test is running; call it in the body of a test or in its hooks`);
  return current;
}
