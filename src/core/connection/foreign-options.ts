// Names that connection settings have in `ws`, uWebSockets.js and Socket.IO, with the advice for each.

export const limitsElsewhere: Readonly<Record<string, string>> = {
  maxPayload: 'use limits.maxMessageSize (bytes)',
  maxPayloadLength: 'use limits.maxMessageSize (bytes)',
  maxPayloadSize: 'use limits.maxMessageSize (bytes)',
  maxHttpBufferSize: 'use limits.maxMessageSize (bytes)',
  maxBackpressure: 'use limits.maxQueuedBytes (bytes)',
  backpressureLimit: 'use limits.maxQueuedBytes (bytes)',
};

/** Names that both clients and servers have in those libraries. */
export const connectionElsewhere: Readonly<Record<string, string>> = {
  ...limitsElsewhere,
  perMessageDeflate: 'use compression: true, or an object with its settings',
  permessageDeflate: 'use compression: true, or an object with its settings',
  httpCompression: 'for messages, use compression; HTTP responses are not compressed',
  skipUTF8Validation: 'text is always validated (RFC 6455 §8.1), at little cost; leave it out',
  allowSynchronousEvents: 'messages are always delivered as they arrive; leave it out',
  sendPingsAutomatically: 'use heartbeat: false, or { interval, timeout } in milliseconds',
  pingInterval: 'use heartbeat.interval (milliseconds)',
  pingTimeout: 'use heartbeat.timeout (milliseconds)',
  pongTimeout: 'use heartbeat.timeout (milliseconds)',
  keepAlive: 'use heartbeat: { interval, timeout } in milliseconds',
  keepalive: 'use heartbeat: { interval, timeout } in milliseconds',
  keepAliveInterval: 'use heartbeat.interval (milliseconds)',
  heartbeatInterval: 'use heartbeat.interval (milliseconds)',
  heartbeatTimeout: 'use heartbeat.timeout (milliseconds)',
  timeout: 'use handshakeTimeout, idleTimeout, closeTimeout or heartbeat.timeout (milliseconds)',
  maxLifetimeMinutes: 'use maxLifetime (milliseconds)',
  closeOnBackpressureLimit: "use slowConsumer: 'close'",
  generateMask: 'masking keys are always random (RFC 6455 §10.3); leave it out',
  maxBufferedChunks: 'chunks are not kept; limits.maxMessageSize bounds a message',
  binaryType: 'binary messages are always Buffers; leave it out',
  zlib: 'use compression, an object with its settings',
  transports: 'this package supports only WebSocket; leave it out',
  transportOptions: 'this package supports only WebSocket; leave it out',
  forceBase64: 'bytes are sent unchanged; leave it out',
  addTrailingSlash: 'paths are compared and sent unchanged; leave it out',
  connectionStateRecovery: 'an ended connection is not reopened; send the missed messages again in the application',
  parser: 'messages are text or bytes; encode and decode them in the application',
};
