// Warnings, the debug log and unhandled rejections under Node.
//
// Node cannot handle one unhandled rejection and leave the others as they are: once there is a listener, none of them
// ends the process. Node reports them by `process.emit`, whose result is whether a listener took them. So this wraps
// that function, for rejections of the kit only. Every other event passes through unchanged, and Node treats it by its
// flags and the application's listeners. --unhandled-rejections=strict acts before this, and so the kit's rejections
// are not exempt from it.

import { debugLog, writeLine } from '../node/debug-log.ts';
import type { Diagnostics } from './diagnostics.ts';
import { type EventHost, guardEvents } from './unhandled-events.ts';

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;

const EVENT = 'unhandledRejection';

/** How many listeners are ours. */
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
    // Other programs may wrap it as well, before or after us. The module `domain` replaces the inherited function.
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

/**
 * Bun calls its listeners without `process.emit`. If ours is the only one, it rejects foreign errors again without
 * itself.
 */
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

/** Whether the application itself listens to unhandled rejections. Then it also gets those of the kit. */
function isListenedTo(): boolean {
  return process.listenerCount(EVENT) > own && !isTested();
}

/** Whether a test runner is at work: `node:test`, Vitest, Mocha, Jest. Their listener fails whichever test is running. */
function isTested(): boolean {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] };
  const { __vitest_worker__: vitest, describe, it } = globalThis as Record<string, unknown>;
  if (vitest !== undefined || (typeof describe === 'function' && typeof it === 'function')) return true;
  return moduleLoadList.some((name) => name.endsWith('internal/test_runner/harness'));
}
