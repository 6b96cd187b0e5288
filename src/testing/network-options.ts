// The options of an in-memory network, of listening on it, and of a scripted server.

import type { ServerTlsOptions } from '../node/tls-options.ts';

/** Options of `useNetwork`. */
export interface NetworkOptions {
  /**
   * Milliseconds, in the network's time, that everything takes to arrive. With the default 0, data arrives without moving
   * the clock. With more, nothing arrives until the test advances the clock.
   */
  latency?: number;
  /** Host names and their addresses, in addition to `localhost`. */
  names?: Readonly<Record<string, string>>;
  /** Addresses that servers may listen on, in addition to the loopback ones. */
  addresses?: readonly string[];
  /** Whether `setTimeout`, `setInterval` and their relatives wait in the network's time too. Default `false`. */
  globalTimers?: boolean;
  /** The largest number of bytes that wait for a slow reader, in each direction of a connection. Default 65,536. */
  bufferSize?: number;
  /** The largest number of bytes that a reader gets at once. 1 delivers byte by byte. Default 65,536. */
  chunkSize?: number;
  /** Whether `uninstall` throws or only prints a warning if connections or listeners are still open. Default `'throw'`. */
  leaks?: 'throw' | 'warn';
  /**
   * When `uninstall` prints the record of all frames: after a failure of a scripted peer, `'always'`, or `'never'`. Default
   * `'failure'`.
   */
  record?: 'failure' | 'always' | 'never';
}

/** Options of `network.listen`. */
export interface ListenOptions {
  /** An address of the network. Default: all addresses. */
  host?: string;
  /** 0 (default): any free port. */
  port?: number;
}

/** Options of `network.peer`. */
export interface PeerOptions {
  /** For `wss:`: the certificate and key of the scripted server. */
  tls?: ServerTlsOptions;
}

/** Options of `network.goOnline`: what `connection` tells of the net. */
export interface OnlineOptions {
  /** Whether traffic counts as costing money. Default: `true` for `'cellular'` and, as on a device, for `'ethernet'`. */
  metered?: boolean;
  /** Whether the net was seen to reach the Internet. Default `true`. */
  validated?: boolean;
  /** Whether the net asks for a login first. Default `false`. */
  portal?: boolean;
  /** Whether the application may not use the net. Default `false`. */
  blocked?: boolean;
  /** Kilobits per second to the net. Default 0: not known. */
  uplink?: number;
  /** Kilobits per second from the net. Default 0: not known. */
  downlink?: number;
}

/** Options of `servePeer`. */
export interface ServeOptions {
  /** The address to listen on. Default: all addresses, so that a phone on the same network can connect. */
  host?: string;
  /** The certificate and key, for `wss:`. */
  tls?: ServerTlsOptions;
  /** The only path that is served. Default: all paths. */
  path?: string;
  /** Milliseconds that a wait of the test takes at most. Default 30,000. */
  patience?: number;
}
