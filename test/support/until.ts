// Waiting for what a test expects, without a fixed time.

import assert from 'node:assert/strict';

/** Milliseconds until a test gives up: only where something is broken. */
const PATIENCE = 30_000;

/**
 * Waits until a condition is true. It is asked every few milliseconds of real time.
 *
 * @param what  for the failure: `never: …`
 */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!isTrue()) {
    if (performance.now() > end) assert.fail(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
