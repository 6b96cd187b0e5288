// What a test may set of a network in memory, of listening on it, and of a scripted server.

import type { ServerTlsOptions } from '../node/tls-options.ts';

/** How a network in memory behaves. */
export interface NetworkOptions {
  /**
   * Milliseconds, in the network's time, that everything is on its way. Default 0: what is sent arrives without the clock
   * being moved. With more, nothing arrives until the test advances the clock.
   */
  latency?: number;
  /** Host names and their addresses, in addition to `localhost`. */
  names?: Readonly<Record<string, string>>;
  /** Addresses of this machine, which servers may listen on, in addition to the loopback ones. */
  addresses?: readonly string[];
  /** Whether `setTimeout`, `setInterval` and their relatives wait in the network's time too. Default `false`. */
  globalTimers?: boolean;
  /** Bytes that wait, in each direction of a connection, for a slow reader. Default 65,536. */
  bufferSize?: number;
  /** Bytes that a reader is given at once, at most. 1 delivers byte by byte. Default 65,536. */
  chunkSize?: number;
  /** What `uninstall` does about connections and listeners that are still open: default `'throw'`; `'warn'` prints. */
  leaks?: 'throw' | 'warn';
}

/** Where a program of the test listens. */
export interface ListenOptions {
  /** An address of the network. Default: all of them. */
  host?: string;
  /** 0 (default): any free port. */
  port?: number;
}

/** How a scripted server behaves. */
export interface PeerOptions {
  /** For `wss:`: what the scripted server identifies with. */
  tls?: ServerTlsOptions;
}
