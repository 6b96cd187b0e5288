// The settings of a connection that a user may give. complete-settings.ts checks them and fills in the defaults.

import type { CompressionSettings } from '../extension/compression-settings.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

/** Some of the options of an object. `undefined` counts as absent, even with `exactOptionalPropertyTypes`. */
export type Some<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** Settings of a connection, of a client or a server. Each has a default. */
export interface ConnectionSettings {
  /** Bounds on what the peer may send and on what may wait for it. */
  limits?: Some<Limits> | undefined;
  /** When to ping, and how long to wait for the pong (RFC 6455 §5.5.2); `false`: no pings. Default 30,000 ms each. */
  heartbeat?: Some<Heartbeat> | false | undefined;
  /**
   * Milliseconds for the peer to answer our Close, and again for TCP to end, before it is cut. They begin when our Close
   * has left, behind all that was sent before. A peer that reads it at 16 KiB/s or more has the time that this takes.
   * Default 5,000.
   */
  closeTimeout?: number | undefined;
  /**
   * Milliseconds without a message in either direction (in uWebSockets.js seconds), noticed up to a quarter later, after
   * which the connection is closed with 1001. Pings and pongs do not count; a message on its way does. Default 0: no bound.
   */
  idleTimeout?: number | undefined;
  /** Milliseconds (in uWebSockets.js minutes) from the opening to a close with 1001. Default 0: no bound. */
  maxLifetime?: number | undefined;
  /**
   * Milliseconds that a message which has begun may go without a further byte, noticed up to a quarter later, after which
   * the connection fails with 1008. Time in which we do not read does not count. Default 60,000; 0: no bound.
   */
  messageTimeout?: number | undefined;
  /** What to do with a peer that reads too slowly, see {@link SlowConsumerPolicy}. Default `'close'`. */
  slowConsumer?: SlowConsumerPolicy | undefined;
  /** Bytes waiting to be sent from which `send` answers `false`. Default 1 MiB. */
  highWaterMark?: number | undefined;
  /**
   * permessage-deflate (RFC 7692): a client offers it, a server accepts it. Default false. It costs time for each
   * message, and with context takeover some 300 KiB for each connection that has sent and received.
   */
  compression?: boolean | CompressionSettings | undefined;
}
