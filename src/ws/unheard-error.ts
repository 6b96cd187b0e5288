// An `error` event that nobody listens for. An EventEmitter throws it, which ends the process: any peer could do that, by two
// frames. Here it is a warning.

import { type EventEmitter, errorMonitor } from 'node:events';
import process from 'node:process';

let hasWarned = false;

/** Emits `error` on an open WebSocket. Without a listener it is a warning of Node's, once for each process. */
export function emitError(emitter: EventEmitter, error: Error): void {
  if (emitter.listenerCount('error') > 0) {
    emitter.emit('error', error);
    return;
  }
  emitter.emit(errorMonitor, error);
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(
    `harmony-websocket/ws: a connection failed (${error.message}) and has no listener for 'error'; add one to each WebSocket. Further ones are not told`,
    { type: 'WebSocketWarning', code: 'HARMONY_WEBSOCKET_WS_ERROR', detail: 'see docs/from-ws.md' },
  );
}
