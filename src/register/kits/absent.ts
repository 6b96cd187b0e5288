// Names of a kit that this package does not have. A file that imports `webSocket` and `http` in one statement must still
// link when only a branch never taken needs `http`; a real use says what is missing in a sentence.

import { registerError } from '../errors.ts';

declare const notAvailable: unique symbol;

/** Type of such a name: it has no members, so that the type checker refuses what would throw. */
export interface NotAvailableOffDevice {
  readonly [notAvailable]: never;
}

/** A value that can be imported, and of which any use throws ERR_KIT_NAME. */
export function absent(name: string, kit: string): NotAvailableOffDevice {
  const refuse = (): never => {
    const error = registerError('ERR_KIT_NAME', name, kit);
    Error.captureStackTrace(error, refuse); // The first frame is the use.
    throw error;
  };
  // A function as the target, so that a call, `new` and `extends` reach the traps.
  const target = function absent(): void {};
  return new Proxy(target, {
    apply: refuse,
    construct: refuse,
    get: refuse,
    set: refuse,
    has: refuse,
  }) as unknown as NotAvailableOffDevice;
}
