// The checks of the settings of connections, for both roles.

import { compressionCheck } from '../extension/compression-rows.ts';
import type { Rows, Schema } from '../option-check.ts';
import { delay, nested, oneOf, orElse, size, trueOrFalse } from '../option-kinds.ts';
import { limitsElsewhere } from './foreign-options.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { BinaryMessages, ConnectionSettings, Some } from './settings.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

export const limitRows: Rows<Limits> = {
  maxMessageSize: size,
  maxFrameSize: size,
  maxFragments: size,
  maxEmptyFragments: size,
  maxInflateRatio: size,
  maxControlFramesPerSecond: size,
  maxMessagesPerSecond: size,
  maxQueuedPongs: size,
  maxQueuedBytes: size,
};

export const limitsSchema: Schema<Some<Limits>> = {
  of: 'limits',
  example: '{ maxMessageSize: 1048576 }',
  rows: limitRows,
  elsewhere: limitsElsewhere,
};

export const heartbeatSchema: Schema<Some<Heartbeat>> = {
  of: 'heartbeat',
  example: '{ interval: 30000, timeout: 30000 } in milliseconds',
  rows: { interval: delay, timeout: delay } satisfies Rows<Heartbeat>,
  elsewhere: {
    pingInterval: 'use heartbeat.interval (milliseconds)',
    pingTimeout: 'use heartbeat.timeout (milliseconds)',
    pongTimeout: 'use heartbeat.timeout (milliseconds)',
  },
};

const slowConsumers: readonly SlowConsumerPolicy[] = ['close', 'drop-newest', 'drop-oldest', 'pause'];

const owners: readonly BinaryMessages[] = ['owned', 'lent'];

export const connectionRows: Rows<ConnectionSettings> = {
  limits: nested(limitsSchema),
  heartbeat: orElse([false], nested(heartbeatSchema)),
  closeTimeout: delay,
  idleTimeout: delay,
  maxLifetime: delay,
  messageTimeout: delay,
  slowConsumer: oneOf(slowConsumers),
  highWaterMark: size,
  binaryMessages: oneOf(owners),
  overwriteLent: trueOrFalse,
  compression: compressionCheck,
};
