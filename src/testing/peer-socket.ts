// The TCP socket under a scripted peer: one in memory, or one of the system.

import type { Duplex } from 'node:stream';

/** The socket that a scripted peer reads and writes, unless TLS is between. */
export interface PeerSocket extends Duplex {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  /** Drops TCP with an RST. */
  resetAndDestroy(): unknown;
}
