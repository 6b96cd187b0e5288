// How the command ends: its exit codes, and the errors that lead to them. Anything else thrown is a bug of ours and is
// left to Node, with its stack.

/** Exit codes, as `--help` documents them. */
export const ExitCode = {
  ok: 0,
  /** It was understood but could not be done: no connection, port taken, file missing, value out of range. */
  failed: 1,
  /** The command line was not understood: unknown or missing command, option or argument. */
  usage: 2,
  /** The peer closed the connection with a code other than 1000, 1001 or none. */
  closedByPeer: 3,
  /** What was to be printed could not be written: the reader of standard output is gone, or a disk is full. */
  output: 4,
  /** Ended at once by a second Ctrl-C; the shell's convention, 128 + SIGINT. */
  interrupted: 130,
} as const;

/** The command line was not understood. Printed in one line with a hint at `--help`; exit code 2. */
export class UsageError extends Error {}

/** The command could not do its work. Printed in one line, and `details` below it; exit code 1. */
export class CommandError extends Error {
  readonly details: string;

  constructor(message: string, details = '') {
    super(message);
    this.details = details;
  }
}
