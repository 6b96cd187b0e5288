// Vitest as the runner of hypium's suites. The Vite plugin passes the module in: it must be the project's own Vitest,
// which knows the running test file, and this package does not depend on it.

import type { Runner } from './runner.ts';

/** The part of the module `vitest` that is used. */
export interface Vitest {
  describe(name: string, options: { skip: boolean }, body: () => void): unknown;
  it(
    name: string,
    options: { skip: boolean; timeout: number },
    body: (context: { skip(note?: string): void }) => Promise<void>,
  ): unknown;
  beforeAll(action: () => Promise<void>, timeout: number): unknown;
  afterAll(action: () => Promise<void>, timeout: number): unknown;
}

/** Makes the runner. Vitest's time limits are off, those of suites.ts hold; a skip that is declared loses its reason. */
export function vitestRunner({ describe, it, beforeAll, afterAll }: Vitest): Runner {
  const timeout = 0;
  return {
    describe: (name, skip, body) => void describe(name, { skip: Boolean(skip) }, body),
    it: (name, skip, body) =>
      void it(name, { skip: Boolean(skip), timeout }, (context) => body((reason) => context.skip(reason))),
    beforeAll: (action) => void beforeAll(action, timeout),
    afterAll: (action) => void afterAll(action, timeout),
  };
}
