// The checks of the settings of connections, for both roles.

import { compressionCheck } from '../extension/compression-rows.ts';
import type { FragmentOptions, SendOptions, SendStreamOptions } from '../message/send-options.ts';
import type { Rows, Schema } from '../option-check.ts';
import { check, delay, nested, oneOf, orElse, size, trueOrFalse } from '../option-kinds.ts';
import { limitsElsewhere } from './foreign-options.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Limits } from './limits.ts';
import type { BinaryMessages, ConnectionSettings, Some, TextMessages } from './settings.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';

export const limitRows: Rows<Limits> = {
  maxMessageSize: size,
  maxStreamSize: size,
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

const texts: readonly TextMessages[] = ['strings', 'bytes'];

const owners: readonly BinaryMessages[] = ['owned', 'lent'];

/** `send-arguments.ts` has the same names. */
export const sendSchema: Schema<SendOptions> = {
  of: 'send',
  example: '{ binary: false, compress: true }',
  rows: { binary: trueOrFalse, compress: trueOrFalse } satisfies Rows<SendOptions>,
  elsewhere: {
    fin: 'use sendFragment(data, { fin: false })',
    mask: 'a client masks, a server does not (RFC 6455 §5.1); leave it out',
    isBinary: 'use binary',
    compressed: 'use compress',
    callback: 'pass it as the third argument: send(data, options, sent)',
  },
};

export const streamSchema: Schema<SendStreamOptions> = {
  of: 'sendStream',
  example: '{ binary: true, compress: false, signal }',
  rows: {
    binary: trueOrFalse,
    compress: trueOrFalse,
    signal: check<never>(
      'an AbortSignal',
      (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
    ),
  } satisfies Rows<SendStreamOptions>,
  elsewhere: {
    fin: 'the message ends with its source',
    isBinary: 'use binary',
    compressed: 'use compress',
    highWaterMark: 'parts are pulled while the peer takes them; leave it out',
  },
};

export const sharedSchema: Schema<Pick<SendOptions, 'compress'>> = {
  of: 'sendShared',
  example: '{ compress: false }',
  rows: { compress: trueOrFalse },
  elsewhere: { binary: 'pass it to shareMessage(data, { binary })' },
};

export const shareSchema: Schema<Pick<SendOptions, 'binary'>> = {
  of: 'shareMessage',
  example: '{ binary: false }',
  rows: { binary: trueOrFalse },
  elsewhere: { compress: 'pass it to sendShared(message, { compress })' },
};

/** `send-arguments.ts` has the same names. */
export const fragmentSchema: Schema<FragmentOptions> = {
  of: 'sendFragment',
  example: '{ fin: false, compress: true }',
  rows: { fin: trueOrFalse, binary: trueOrFalse, compress: trueOrFalse } satisfies Rows<FragmentOptions>,
  elsewhere: {
    mask: 'a client masks, a server does not (RFC 6455 §5.1); leave it out',
    final: 'use fin',
    isBinary: 'use binary',
    compressed: 'use compress',
  },
};

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
  autoPong: trueOrFalse,
  textMessages: oneOf(texts),
  fragmentSizes: trueOrFalse,
  streamAbove: size,
};
