// `error` events that nobody listens to. As on a device they are dropped, and do not end the program as Node's own would;
// what would be missed without a trace is printed as a warning.

import type { BusinessError } from './business-error.ts';
import { diagnostics, warn } from './diagnostics.ts';
import { summary } from './own-errors.ts';

/**
 * Notes an `error` event of an object without a listener for it.
 *
 * @param className   of the object
 * @param isOnlyWord  no other event or answer tells the application of it
 */
export function dropError(className: string, error: BusinessError, isOnlyWord: boolean): void {
  const what = summary(error);
  diagnostics().debug?.(`dropped an error event of a ${className} without a listener: ${what}`);
  if (!isOnlyWord) return;
  warn(
    `${className} error ${error.message}`,
    `${className} has no listener for its error event: ${what} (listen with on('error', …))`,
  );
}
