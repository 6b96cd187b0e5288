// Names of a kit that this package does not have. A file that imports `webSocket` and `http` in one statement must still
// link when only a branch never taken needs `http`, and must get a true answer when it asks whether `http` is there.

declare const notAvailable: unique symbol;

/** Type of such a name: it has no members, so that the type checker refuses what would throw. */
export interface NotAvailableOffDevice {
  readonly [notAvailable]: never;
}

/** The value of a name that can be imported and is not there: `undefined`. What its use says: src/register/absent-names.ts. */
export const absent = undefined as unknown as NotAvailableOffDevice;
