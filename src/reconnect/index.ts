// The entry `harmony-websocket/reconnect`.

export {
  type ReconnectData,
  type ReconnectDelay,
  ReconnectError,
  type ReconnectEvents,
  type ReconnectFinal,
  ReconnectingWebSocket,
  type ReconnectLoss,
  type ReconnectOptions,
  type ReconnectOutbox,
  type ReconnectOutboxPolicy,
  type ReconnectPolicy,
  type ReconnectRequest,
  type ReconnectState,
  type ReconnectUrl,
} from './reconnecting-web-socket.ts';
export {
  type ResumableEvents,
  type ResumableExpiry,
  type ResumableOptions,
  type ResumableState,
  ResumableWebSocket,
} from './resumable-web-socket.ts';
