// Exceptions that neither the peer nor the application is to blame for: no memory, a string longer than the runtime
// allows, a mistake of this engine. Only the connection that met it fails, and its application is told why.

import { isError } from '../brands.ts';
import { WebSocketError, webSocketErrorFrom } from '../errors.ts';
import { NO_MEMORY } from '../message/inflation.ts';

/** What runtimes say about sizes that are too large. */
const SIZE = /invalid (typed array|array buffer|array) length|too large|out of range/i;
/** What runtimes say about strings that are too long. */
const TEXT = /string longer|string length|string too long/i;

/** @param isIncoming  whether it was thrown while a message of the peer was read, which is then too big */
export function unexpectedError(exception: unknown, isIncoming: boolean): WebSocketError {
  if (exception instanceof WebSocketError) return exception;
  const what = describe(exception);
  if (isIncoming && TEXT.test(what)) return webSocketErrorFrom(exception, 'ERR_WS_TEXT_TOO_LONG', what);
  if (isIncoming && (NO_MEMORY.test(what) || SIZE.test(what))) {
    return webSocketErrorFrom(exception, 'ERR_WS_OUT_OF_MEMORY', what);
  }
  return webSocketErrorFrom(exception, 'ERR_WS_INTERNAL', what);
}

function describe(exception: unknown): string {
  try {
    return isError(exception) ? exception.message : String(exception);
  } catch {
    return 'an exception that cannot be described';
  }
}
