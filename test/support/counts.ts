// How many cases of a kind a test has run: conformance cases, executions of a fuzzer, cells of a matrix. The run prints
// the sums at its end (scripts/test-summary.mjs), so that a suite that quietly shrank is seen.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

/**
 * Adds `count` to what the run reports as `kind`.
 *
 * @param kind  plural, e.g. `conformance cases`
 */
export function reportCount(context: TestContext, kind: string, count: number): void {
  assert.ok(Number.isSafeInteger(count) && count > 0, `${kind}: ${count} cannot be the number of cases that ran`);
  context.diagnostic(`counted ${kind}: ${count}`);
}
