// The interface between hypium's functions and a test runner: node-runner.ts and vitest-runner.ts implement it.

/** A test runner. Bodies of suites are synchronous; hooks apply to the suite in whose body they were given. */
export interface Runner {
  /** @param skip  `true` or the reason: nothing in the suite runs. */
  describe(name: string, skip: boolean | string, body: () => void): void;
  /** @param body  gets what makes the running test a skipped one; it is called last, since it may throw. */
  it(name: string, skip: boolean | string, body: (skipNow: (reason: string) => void) => Promise<void>): void;
  beforeAll(action: () => Promise<void>): void;
  afterAll(action: () => Promise<void>): void;
}
