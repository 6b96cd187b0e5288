// The exit codes of the command, and the errors that lead to them. Any other exception is a bug: Node reports it with its
// stack.

/** Exit codes, as `--help` documents them. */
export const ExitCode = {
  ok: 0,
  /** The command failed: no connection, port in use, missing file, value out of range. */
  failed: 1,
  /** The command line has a mistake: an unknown or missing command, option or argument. */
  usage: 2,
  /** The peer closed the connection with a code other than 1000, 1001 or none. */
  closedByPeer: 3,
  /** The output could not be written: the reader of standard output is gone, or the disk is full. */
  output: 4,
  /** Interrupted by Ctrl-C; by the convention of shells, 128 + SIGINT. */
  interrupted: 130,
} as const;

/** A mistake in the command line. Printed on one line, with a hint at `--help`; exit code 2. */
export class UsageError extends Error {}

/** A failure of the command. Printed on one line, with `details` below it; exit code 1. */
export class CommandError extends Error {
  readonly details: string;

  constructor(message: string, details = '') {
    super(message);
    this.details = details;
  }
}
