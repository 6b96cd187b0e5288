// Warnings, the debug log and unhandled rejections in a page: by the console and an event of the page. Turn the log on
// with `localStorage.HARMONY_WEBSOCKET_DEBUG = '1'`, or with `globalThis.HARMONY_WEBSOCKET_DEBUG = true` before the kit
// is loaded.

import type { Diagnostics } from '../kit/diagnostics.ts';
import { type EventHost, guardEvents } from '../kit/unhandled-events.ts';

const FLAG = 'HARMONY_WEBSOCKET_DEBUG';

/** Whether our own event is being dispatched. */
let isDispatching = false;

export const pageDiagnostics: Diagnostics = {
  warn: (line) => console.warn(line),
  debug: isDebugging() ? (line) => console.debug(`harmony-websocket: ${line}`) : undefined,
  guard(isOurs) {
    guardEvents(globalThis as unknown as EventHost, (reason) => !isDispatching && isOurs(reason), isTested());
  },
  isObserved(reason, promise) {
    if (isTested() || typeof PromiseRejectionEvent !== 'function') return false;
    isDispatching = true;
    try {
      return !dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { reason, promise, cancelable: true }));
    } finally {
      isDispatching = false;
    }
  },
};

function isDebugging(): boolean {
  const flag: unknown = Reflect.get(globalThis, FLAG) ?? stored();
  return flag !== undefined && flag !== null && flag !== false && flag !== '' && flag !== '0';
}

function stored(): unknown {
  try {
    return localStorage.getItem(FLAG);
  } catch {
    return undefined; // a worker does not have it, and a page may be denied access
  }
}

/** Whether this is a page of Vitest, whose listener fails whichever test is running. */
function isTested(): boolean {
  return Reflect.has(globalThis, '__vitest_worker__') || Reflect.has(globalThis, '__vitest_browser__');
}
