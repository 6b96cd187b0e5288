// What goes wrong in the work on one connection and is neither the peer's breach of a rule nor the application's: memory
// that cannot be had, a string longer than the runtime's longest, a mistake of the engine's own. Exactly that connection
// fails, and is told why.

import { isError } from '../brands.ts';
import { WebSocketError, webSocketErrorFrom } from '../errors.ts';
import { NO_MEMORY } from '../message/inflation.ts';

/** What runtimes say of sizes for which memory cannot be had. */
const SIZE = /invalid (typed array|array buffer|array) length|too large|out of range/i;
/** The same, of strings. */
const TEXT = /string longer|string length|string too long/i;

/** @param isIncoming  whether it was met on the way in, where it is the peer's message that is too big */
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
