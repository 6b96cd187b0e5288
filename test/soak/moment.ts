// A sample of all processes of a soak run.

import type { ClientSample } from './clients.ts';
import type { ServerSample } from './server.ts';

/** All processes at one moment. */
export interface Moment {
  /** Seconds since the start of the run. */
  readonly time: number;
  readonly phase: 'start' | 'opening' | 'warm-up' | 'base line' | 'run' | 'end';
  /** Connections that have ended since the start. */
  readonly ended: number;
  /** Processes that wanted a core, averaged over a minute; 0 where the system does not tell. */
  readonly load: number;
  readonly server: ServerSample;
  /** With this package's client. */
  readonly engine: ClientSample;
  /** With `ws`. */
  readonly ws: ClientSample;
}

/** Share of the connections that counts as all: some are always on their way. */
export const ALL = 0.9;
