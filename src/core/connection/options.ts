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
  /** See {@link ConnectionSettings.closeTimeout}. */
  readonly closeTimeout: number;
  /** See {@link ConnectionSettings.idleTimeout}. */
  readonly idleTimeout: number;
  /** Milliseconds from the opening to a close with 1001. 0 (default): no bound. */
  readonly maxLifetime: number;
  /** See {@link ConnectionSettings.messageTimeout}. */
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
