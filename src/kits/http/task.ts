// What one request needs of the task object that it belongs to.

import type { CookieJar } from './cookies.ts';
import type { Interceptors } from './interceptables.ts';
import type { Listeners } from './listeners.ts';
import type { Timing } from './timing.ts';

/** What one request needs of its task. */
export interface Task {
  readonly listeners: Listeners;
  readonly interceptors: Interceptors | undefined;
  readonly jar: CookieJar;
  readonly timing: Timing;
  /** Ends the request, with its `reason`. */
  readonly signal: AbortSignal;
}
