// What a test leaves open. Each test runs in a scope: what it opened is closed at its end, and then the process must
// hold as many sockets, servers, lookups and timers as before. No test of it waits for a fixed time.

import assert from 'node:assert/strict';

/** The kinds of resources that connections are made of. Names as `process.getActiveResourcesInfo()` has them. */
const KINDS = new Set([
  'TCPServerWrap',
  'TCPSocketWrap',
  'ConnectWrap',
  'WriteWrap',
  'ShutdownWrap',
  'GetAddrInfoReqWrap',
  'Timeout',
]);

/** How long a failing test may take, and how long handles may take to go. Both end as soon as there is nothing to wait for. */
const PATIENCE = 60_000;

/** What keeps this process alive and may come from a test: each kind as often as it is there, sorted. */
export function openHandles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => KINDS.has(kind))
    .sort();
}

/**
 * Resolves as soon as no more handles are open than `before`; rejects when some stay.
 *
 * @param patience  milliseconds that they may take to go
 */
export async function handlesBecome(before: readonly string[], patience = PATIENCE): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = openHandles();
    for (const kind of before) if (left.includes(kind)) left.splice(left.indexOf(kind), 1);
    if (left.length === 0) return;
    assert.ok(performance.now() < deadline, `left open: ${left.join(', ')}`);
    await turn();
  }
}

/** One turn of the event loop: pending I/O has been handled. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Collects what a test has to close. */
export class Scope {
  readonly #cleanups: (() => unknown)[] = [];

  /** Runs `cleanup` at the end of the test, the last given first. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
  }

  async end(): Promise<void> {
    for (let cleanup = this.#cleanups.pop(); cleanup !== undefined; cleanup = this.#cleanups.pop()) await cleanup();
  }
}

/**
 * The body of a test that must leave nothing open. One that hangs fails, instead of holding up its file.
 *
 * @param patience  milliseconds after which it counts as hanging
 */
export function leavingNothing(body: (scope: Scope) => Promise<void> | void, patience = PATIENCE): () => Promise<void> {
  return async () => {
    const before = openHandles();
    const scope = new Scope();
    let timer: NodeJS.Timeout | undefined;
    const hangs = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the test waits for something that does not come')), patience);
    });
    try {
      await Promise.race([body(scope), hangs]);
    } catch (error) {
      // The reason matters, not what cleaning up after it may run into.
      await Promise.race([scope.end(), hangs]).catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
    await scope.end();
    await handlesBecome(before);
  };
}
