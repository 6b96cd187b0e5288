// What a user gives to stores.

/** Options of `fileStore`. */
export interface FileStoreOptions {
  /** A directory that only this application uses. It is made if it is not there. */
  readonly directory: string;
  /**
   * Called with what could not be written, and with each damaged file, which is left out. Default: a process warning.
   */
  readonly failed?: ((error: Error) => void) | undefined;
}
