// Names of connection settings in `ws`, uWebSockets.js and Socket.IO, and what to write instead.

export const limitsElsewhere: Readonly<Record<string, string>> = {
  maxPayload: 'its name here is limits.maxMessageSize (bytes)',
  maxPayloadLength: 'its name here is limits.maxMessageSize (bytes)',
  maxPayloadSize: 'its name here is limits.maxMessageSize (bytes)',
  maxHttpBufferSize: 'its name here is limits.maxMessageSize (bytes)',
  maxBackpressure: 'its name here is limits.maxQueuedBytes (bytes)',
  backpressureLimit: 'its name here is limits.maxQueuedBytes (bytes)',
};

/** Names that clients and servers have in those libraries. */
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
  zlib: 'its settings are those of compression',
  transports: 'only WebSocket is spoken here; leave it out',
  transportOptions: 'only WebSocket is spoken here; leave it out',
  forceBase64: 'bytes are sent as they are; leave it out',
  addTrailingSlash: 'paths are compared and sent as they are; leave it out',
  connectionStateRecovery: 'a connection that has ended is not made again',
  parser: 'messages are text and bytes; encode and decode them in the application',
};
