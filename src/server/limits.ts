// What a server bounds over all of its connections: how many, from where, how fast. What one connection may cost is in
// `core/connection/options.ts`; a user gives both in one object, `limits`.

import type { Limits } from '../core/connection/limits.ts';
import type { Some } from '../core/connection/settings.ts';
import type { TopicLimits } from './topics.ts';

/** Bounds of a server, in number. Each refusal names its bound. `Infinity` takes one away. */
export interface ServerLimits extends TopicLimits {
  /** Connections in all, those that are closing and the upgrades that `upgrade` decides on included. Beyond: 503. Default 100,000. */
  readonly maxConnections: number;
  /**
   * Connections of one client address at a time, its handshakes included; IPv6 addresses count by their /64. Beyond: 429.
   * Default 1,000, which does not apply to addresses of one's own network (loopback, private, link-local, unique-local);
   * a number that is given applies to all.
   */
  readonly maxConnectionsPerAddress: number;
  /** Connections of one client address within a minute, counted as above, refused ones of `upgrade` included. Beyond: 429. Default 1,000, with the same exception. */
  readonly maxConnectionsPerMinute: number;
  /**
   * Handshakes in progress. With `listen` these are sockets, from TCP's accept, before TLS, to the 101 response, the head
   * of a request that is not an upgrade, or the end; beyond, a new one is answered 503 without being read, or cut where it
   * would begin TLS. With `attach`, whose
   * HTTP server has the sockets, they are upgrades that wait for the decision of `upgrade`. Default 5,000.
   */
  readonly maxHandshakes: number;
  /**
   * Bytes that may wait in all connections together when another message is sent. Beyond, the longest queues are dealt
   * with as `slowConsumer` says, until a sixteenth of this is free again; with `'close'` and `'pause'` that is the end of
   * these connections (1013). Default 1 GiB.
   */
  readonly maxTotalQueuedBytes: number;
  /**
   * Bytes that may be held in all connections together of messages that have begun and are not whole. Beyond, the
   * connections that hold most fail (1013), until a sixteenth of this is free again. Default 1 GiB.
   */
  readonly maxTotalUnfinishedBytes: number;
}

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

/** What a user may say in `limits` of a server. */
export type ServerLimitSettings = Some<Limits & ServerLimits>;

/** Limits with their defaults. */
export interface CompleteServerLimits {
  readonly server: ServerLimits;
  /** For addresses of one's own network: what was given, else no bound. */
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
