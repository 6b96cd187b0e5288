// Warnings, the debug log and unhandled rejections under Node.
//
// Node has no way to take one unhandled rejection and leave the others as they are: with a listener for them nothing ends
// the process any more. It tells them by `process.emit`, whose answer is whether anybody has taken them. So this stands
// before that function, for rejections of the kit alone; whatever else is emitted passes through unchanged, and Node does
// with it what its flags and the application's listeners say. What a program asks for with --unhandled-rejections=strict
// comes before, and holds for rejections of the kit as well.

import { debugLog, writeLine } from '../node/debug-log.ts';
import type { Diagnostics } from './diagnostics.ts';
import { type EventHost, guardEvents } from './unhandled-events.ts';

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;

const EVENT = 'unhandledRejection';

/** Listeners that are ours. */
let own = 0;

export const hostDiagnostics: Diagnostics = {
  warn: writeLine,
  debug: debugLog,
  guard(isOurs) {
    const isTaken = (reason: unknown): boolean => !isListenedTo() && isOurs(reason);
    if (process.versions.bun !== undefined) {
      guardByListener(isTaken);
      return;
    }
    if (guardEvents(globalThis as unknown as EventHost, isTaken, isTested())) return; // Deno
    const host = process as { emit: unknown };
    // Somebody else may stand there as well, before or after us; the module `domain` replaces the inherited one.
    const before = Object.hasOwn(process, 'emit') ? (host.emit as Emit) : undefined;
    host.emit = function emitExceptOurs(this: NodeJS.Process, event, ...values) {
      if (event === EVENT && isTaken(values[0])) return true;
      const emit = before ?? (Reflect.get(Object.getPrototypeOf(process), 'emit') as Emit);
      return Reflect.apply(emit, this, [event, ...values]);
    } satisfies Emit;
  },
  isObserved(reason, promise) {
    return isListenedTo() && process.emit(EVENT, reason, promise);
  },
};

/** Bun asks its listeners without `process.emit`. With ours alone, what is not ours is rejected anew, without it. */
function guardByListener(isTaken: (reason: unknown) => boolean): void {
  const listener = (reason: unknown): void => {
    if (isTaken(reason) || process.listenerCount(EVENT) > own) return;
    process.off(EVENT, listener);
    own = 0;
    void Promise.reject(reason);
  };
  process.on(EVENT, listener);
  own = 1;
}

/** Whether the application listens to unhandled rejections itself. It gets those of the kit as well, then. */
function isListenedTo(): boolean {
  return process.listenerCount(EVENT) > own && !isTested();
}

/**
 * Whether a test runner is at work here: `node:test`, Vitest, Mocha, Jest. Their listener fails the test that happens to run.
 */
function isTested(): boolean {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  const { __vitest_worker__: vitest, describe, it } = globalThis as Record<string, unknown>;
  if (vitest !== undefined || (typeof describe === 'function' && typeof it === 'function')) return true;
  return moduleLoadList.some((name) => name.endsWith('internal/test_runner/harness'));
}
