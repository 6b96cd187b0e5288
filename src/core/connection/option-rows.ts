// What is checked of the settings that connections of both roles take, and what other libraries call them.

import { compressionCheck } from '../extension/compression-rows.ts';
import type { Rows, Schema } from '../option-check.ts';
import { delay, nested, oneOf, orElse, size } from '../option-kinds.ts';
import type { ConnectionSettings, Heartbeat, Limits, SlowConsumerPolicy } from './options.ts';

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

export const limitsElsewhere: Readonly<Record<string, string>> = {
  maxPayload: 'its name here is limits.maxMessageSize (bytes)',
  maxPayloadLength: 'its name here is limits.maxMessageSize (bytes)',
  maxPayloadSize: 'its name here is limits.maxMessageSize (bytes)',
  maxHttpBufferSize: 'its name here is limits.maxMessageSize (bytes)',
  maxBackpressure: 'its name here is limits.maxQueuedBytes (bytes)',
  backpressureLimit: 'its name here is limits.maxQueuedBytes (bytes)',
};

export const limitsSchema: Schema<Partial<Limits>> = {
  of: 'limits',
  example: '{ maxMessageSize: 1048576 }',
  rows: limitRows,
  elsewhere: limitsElsewhere,
};

export const heartbeatSchema: Schema<Partial<Heartbeat>> = {
  of: 'heartbeat',
  example: '{ interval: 30000, timeout: 30000 } in milliseconds',
  rows: { interval: delay, timeout: delay } satisfies Rows<Heartbeat>,
  elsewhere: {
    pingInterval: 'its name here is heartbeat.interval (milliseconds)',
    pingTimeout: 'its name here is heartbeat.timeout (milliseconds)',
    pongTimeout: 'its name here is heartbeat.timeout (milliseconds)',
  },
};

const slowConsumers: readonly SlowConsumerPolicy[] = ['close', 'drop-newest', 'drop-oldest', 'pause'];

export const connectionRows: Rows<ConnectionSettings> = {
  limits: nested(limitsSchema),
  heartbeat: orElse([false], nested(heartbeatSchema)),
  closeTimeout: delay,
  idleTimeout: delay,
  maxLifetime: delay,
  messageTimeout: delay,
  slowConsumer: oneOf(slowConsumers),
  highWaterMark: size,
  compression: compressionCheck,
};

/** Names of `ws`, uWebSockets.js and Socket.IO that clients and servers have there. */
export const connectionElsewhere: Readonly<Record<string, string>> = {
  ...limitsElsewhere,
  perMessageDeflate: 'its name here is compression: true, or an object with its settings',
  permessageDeflate: 'its name here is compression: true, or an object with its settings',
  httpCompression: 'HTTP is not served here; compression is that of messages',
  skipUTF8Validation: 'text is always checked (RFC 6455 §8.1), at little cost; leave it out',
  allowSynchronousEvents: 'messages are always given as they come; leave it out',
  autoPong: 'pings are always answered (RFC 6455 §5.5.2); leave it out',
  sendPingsAutomatically: 'its name here is heartbeat: false, or { interval, timeout } in milliseconds',
  pingInterval: 'its name here is heartbeat.interval (milliseconds)',
  pingTimeout: 'its name here is heartbeat.timeout (milliseconds)',
  pongTimeout: 'its name here is heartbeat.timeout (milliseconds)',
  keepAlive: 'its name here is heartbeat: { interval, timeout } in milliseconds',
  keepalive: 'its name here is heartbeat: { interval, timeout } in milliseconds',
  keepAliveInterval: 'its name here is heartbeat.interval (milliseconds)',
  heartbeatInterval: 'its name here is heartbeat.interval (milliseconds)',
  heartbeatTimeout: 'its name here is heartbeat.timeout (milliseconds)',
  timeout: 'there are handshakeTimeout, idleTimeout, closeTimeout and heartbeat.timeout, all in milliseconds',
  maxLifetimeMinutes: 'its name here is maxLifetime (milliseconds)',
  closeOnBackpressureLimit: "its name here is slowConsumer: 'close'",
  generateMask: 'masking keys are always random (RFC 6455 §10.3); leave it out',
  binaryType: 'binary messages are always Buffers; leave it out',
  transports: 'only WebSocket is spoken here; leave it out',
  parser: 'messages are text and bytes; encode and decode them in the application',
};
