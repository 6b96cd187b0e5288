// Where a command prints: results on standard output, everything else as notices on standard error.

import { Notices } from './notices.ts';
import { Secrets } from './secrets.ts';
import { Sink } from './sink.ts';

export interface Streams {
  readonly stdout: Sink;
  readonly notices: Notices;
}

/** The streams of this process. `args` are its arguments, in which there may be secrets. */
export function openStreams(args: readonly string[]): Streams {
  return {
    stdout: new Sink(process.stdout, 'standard output'),
    notices: new Notices(new Sink(process.stderr, 'standard error'), new Secrets(args, process.env)),
  };
}
