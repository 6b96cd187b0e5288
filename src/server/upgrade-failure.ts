// What an `upgrade` handler has thrown, or rejected its promise with: anything.

import { isError } from '../core/brands.ts';
import { show, type WebSocketError, webSocketErrorFrom } from '../core/errors.ts';

/** Characters of what was thrown, in the text of an error. The whole is its `cause`. */
const LONGEST_TEXT = 300;

/** The error that tells of it: ERR_WS_UPGRADE_FAILED. */
export function upgradeFailure(exception: unknown): WebSocketError {
  return webSocketErrorFrom(exception, 'ERR_WS_UPGRADE_FAILED', textOf(exception));
}

/** Whether a handler has given up because its signal told it to. */
export function isAbort(exception: unknown, reason: WebSocketError): boolean {
  if (exception === reason) return true;
  return isError(exception) && (exception.name === 'AbortError' || exception.cause === reason);
}

/** One line, since a text of the client's may be in it. What was thrown may throw itself when it is looked at. */
function textOf(exception: unknown): string {
  try {
    const text = isError(exception) ? String(exception.message) : show(exception);
    return text.slice(0, LONGEST_TEXT).replace(/\p{Cc}+/gu, ' ');
  } catch {
    return 'something that cannot be shown';
  }
}
