// Bounds of a server over all of its connections: how many, from where, how fast. Those of one connection are in
// `core/connection/limits.ts`; a user gives both in one object, `limits`.

import type { Limits } from '../core/connection/limits.ts';
import type { Some } from '../core/connection/settings.ts';
import type { TopicLimits } from './topics.ts';

/**
 * Bounds of a server over all of its connections. Each is 0 or more; `Infinity` removes it. A refusal names the bound that
 * it comes from.
 */
export interface ServerLimits extends TopicLimits {
  /**
   * Connections in all. Closing connections count, and so do upgrades that `upgrade` is deciding on. Above: 503.
   * Default 100,000.
   */
  readonly maxConnections: number;
  /**
   * Connections of one client address at a time, including its handshakes. IPv6 addresses count by their /64. Above: 429.
   * Default 1,000, which does not apply to addresses of your own network (loopback, private, link-local, unique-local). A
   * number that you set applies to all addresses.
   */
  readonly maxConnectionsPerAddress: number;
  /**
   * Connections of one client address within a minute, counted by address as above. Those that `upgrade` refuses count.
   * Above: 429. Default 1,000, with the same exception.
   */
  readonly maxConnectionsPerMinute: number;
  /**
   * Handshakes in progress. With `listen`, a socket counts from TCP's accept, before TLS, to the 101 response, the head of
   * a request that is not an upgrade, or its end. Above, a new socket is answered 503 without being read; with TLS it is
   * cut. With `attach`, where the HTTP server has the sockets, upgrades count while `upgrade` decides. Default 5,000.
   */
  readonly maxHandshakes: number;
  /**
   * Bytes that may be queued in all connections together when another message is sent. Above, the longest queues are
   * treated as `slowConsumer` says, until a sixteenth of this is free again. With `'close'` and `'pause'` their connections
   * fail with 1013. Default 1 GiB.
   */
  readonly maxTotalQueuedBytes: number;
  /**
   * Bytes of incomplete messages that all connections together may hold. Above, the connections that hold most fail with
   * 1013, until a sixteenth of this is free again. Default 1 GiB.
   */
  readonly maxTotalUnfinishedBytes: number;
}

/** The limits of a server that sets none. */
export const defaultServerLimits: ServerLimits = {
  maxConnections: 100_000,
  maxConnectionsPerAddress: 1_000,
  maxConnectionsPerMinute: 1_000,
  maxHandshakes: 5_000,
  maxTotalQueuedBytes: 1024 * 1024 * 1024,
  maxTotalUnfinishedBytes: 1024 * 1024 * 1024,
  maxTopicsPerConnection: 1_024,
  maxTopicLength: 1_024,
};

/** Limits that a user may set: those of a server, and those of each connection. */
export type ServerLimitSettings = Some<Limits & ServerLimits>;

/** Limits with their defaults. */
export interface CompleteServerLimits {
  readonly server: ServerLimits;
  /** For addresses of the server's own network: the limits that were set, and otherwise no bound. */
  readonly ownNetwork: Pick<ServerLimits, 'maxConnectionsPerAddress' | 'maxConnectionsPerMinute'>;
}

/** Completes the server's part of `limits` that have been checked. */
export function serverLimits(settings: ServerLimitSettings = {}): CompleteServerLimits {
  const server = { ...defaultServerLimits };
  for (const name of Object.keys(defaultServerLimits) as (keyof ServerLimits)[]) {
    const value = settings[name];
    if (value !== undefined) server[name] = value;
  }
  return {
    server,
    ownNetwork: {
      maxConnectionsPerAddress: settings.maxConnectionsPerAddress ?? Infinity,
      maxConnectionsPerMinute: settings.maxConnectionsPerMinute ?? Infinity,
    },
  };
}
