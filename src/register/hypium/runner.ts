// The interface between hypium's functions and a test runner: node-runner.ts and vitest-runner.ts implement it.

/** A test runner. Bodies of suites are synchronous; hooks apply to the suite in whose body they were given. */
export interface Runner {
  /** @param skip  `true` or the reason: nothing in the suite runs. */
  describe(name: string, skip: boolean | string, body: () => void): void;
  it(name: string, skip: boolean | string, body: () => Promise<void>): void;
  beforeAll(action: () => Promise<void>): void;
  afterAll(action: () => Promise<void>): void;
}
