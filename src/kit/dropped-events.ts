// `error` events without a listener. They are dropped as on a device, and do not end the program as those of Node
// would. If nothing else reports the failure, a warning is printed.

import type { BusinessError } from './business-error.ts';
import { diagnostics, warn } from './diagnostics.ts';
import { summary } from './own-errors.ts';

/**
 * Drops an `error` event that has no listener.
 *
 * @param className     the class of the object
 * @param isOnlyNotice  whether no other event or answer tells the application about the failure
 */
export function dropError(className: string, error: BusinessError, isOnlyNotice: boolean): void {
  const what = summary(error);
  diagnostics().debug?.(`dropped an error event of a ${className} without a listener: ${what}`);
  if (!isOnlyNotice) return;
  warn(
    `${className} error ${error.message}`,
    `${className} has no listener for its error event: ${what} (listen with on('error', …))`,
  );
}
