// What a user gives to stores.

/** Options of `fileStore`. */
export interface FileStoreOptions {
  /** A directory that only this application uses. It is made if it is not there. */
  readonly directory: string;
  /**
   * Called with what could not be written, and with each damaged file, which is left out. Default: a process warning.
   */
  readonly failed?: ((error: Error) => void) | undefined;
  /**
   * Whether each write waits for the disk. A process that is killed loses nothing either way: the system has what was
   * written. A machine that loses power may lose the last seconds without it; the clients are told then. Default `false`.
   */
  readonly fsync?: boolean | undefined;
}
