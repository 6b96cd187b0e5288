// What a connection is configured with: complete and checked. Hosts make it from a user's settings (complete-settings.ts).
// The connection itself trusts it.

import type { Role } from '../constants.ts';
import type { CompressionOptions } from '../extension/compression-settings.ts';
import type { Lending, MessageLimits } from '../message/assembler.ts';
import type { Meter } from '../meter.ts';
import type { Observers } from '../observer.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { QueueBudget } from './queue-budget.ts';
import type { TextMessages } from './settings.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';
import type { UnfinishedBudget } from './unfinished-budget.ts';

/** How messages are given in parts. */
export interface Streaming {
  /** As it was set. */
  readonly above: number;
  /** Bytes from which a message is. */
  readonly from: number;
  /** With the bounds of such messages. */
  readonly limits: MessageLimits;
}

/** See `ConnectionSettings` for what is not explained here. */
export interface ConnectionOptions {
  readonly role: Role;
  readonly limits: Limits;
  /** `maxFrameSize`, if it was set. */
  readonly ownFrameSize?: number | undefined;
  /** Absent: no pings. */
  readonly heartbeat?: Heartbeat | undefined;
  readonly closeTimeout: number;
  readonly idleTimeout: number;
  readonly maxLifetime: number;
  readonly messageTimeout: number;
  readonly slowConsumer: SlowConsumerPolicy;
  readonly highWaterMark: number;
  /** How binary messages are lent to the `message` handler. Absent: they are the application's. */
  readonly lending?: Lending | undefined;
  readonly autoPong: boolean;
  readonly textMessages: TextMessages;
  readonly fragmentSizes: boolean;
  /** Absent: messages are given whole. */
  readonly streaming?: Streaming | undefined;
  /** Shared by the connections of a server. Absent: each counts for itself. */
  readonly queueBudget?: QueueBudget | undefined;
  /** As `queueBudget`, for incomplete messages. */
  readonly unfinishedBudget?: UnfinishedBudget | undefined;
  /** Counts it together with others. Absent: that of the host. */
  readonly meter?: Meter | undefined;
  /** Are told what it does. Absent: there are none. */
  readonly observers?: Observers<unknown> | undefined;
  /** What to offer or to accept. Absent: nothing. */
  readonly compression?: CompressionOptions | undefined;
}
