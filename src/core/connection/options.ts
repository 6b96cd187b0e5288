// What a connection is configured with: complete and checked. Hosts make it of a user's settings (settings.ts); the
// connection itself trusts what it is given.

import type { Role } from '../constants.ts';
import type { CompressionOptions } from '../extension/compression-settings.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { QueueBudget } from './queue-budget.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';
import type { UnfinishedBudget } from './unfinished-budget.ts';

export interface ConnectionOptions {
  readonly role: Role;
  readonly limits: Limits;
  /** Absent: no pings. */
  readonly heartbeat?: Heartbeat | undefined;
  /**
   * Milliseconds for the peer to answer our Close, and again for TCP to end, before it is cut. They begin when our Close
   * has left, behind all that was sent before. A peer that reads it at 16 KiB/s or more has the time that this takes.
   * Default 5,000.
   */
  readonly closeTimeout: number;
  /**
   * Milliseconds without a message in either direction, noticed up to a quarter later, after which the connection is
   * closed with 1001. Pings and pongs do not count; a message on its way does. 0 (default): no bound.
   */
  readonly idleTimeout: number;
  /** Milliseconds from the opening to a close with 1001. 0 (default): no bound. */
  readonly maxLifetime: number;
  /**
   * Milliseconds that a message which has begun may go without a further byte, noticed up to a quarter later, after which
   * the connection fails with 1008. Time in which we do not read does not count. Default 60,000; 0: no bound.
   */
  readonly messageTimeout: number;
  /** Default `'close'`. */
  readonly slowConsumer: SlowConsumerPolicy;
  /** Bytes waiting to be sent from which `send` answers `false`. Default 1 MiB. */
  readonly highWaterMark: number;
  /** Shared by the connections of a server. Absent: each counts for itself. */
  readonly queueBudget?: QueueBudget | undefined;
  /** As `queueBudget`, for messages that are not whole. */
  readonly unfinishedBudget?: UnfinishedBudget | undefined;
  /** What to offer, or to accept. Absent: nothing. */
  readonly compression?: CompressionOptions | undefined;
}
