// Exceptions of an `upgrade` handler: what it throws, or rejects its promise with, may be any value.

import { isError } from '../core/brands.ts';
import { show, type WebSocketError, webSocketErrorFrom } from '../core/errors.ts';

/** Characters of what was thrown, in the text of an error. The whole is its `cause`. */
const LONGEST_TEXT = 300;

/** ERR_WS_UPGRADE_FAILED, with the exception as its `cause`. */
export function upgradeFailure(exception: unknown): WebSocketError {
  return webSocketErrorFrom(exception, 'ERR_WS_UPGRADE_FAILED', textOf(exception));
}

/** Whether a handler has given up because its signal told it to. */
export function isAbort(exception: unknown, reason: WebSocketError): boolean {
  if (exception === reason) return true;
  return isError(exception) && (exception.name === 'AbortError' || exception.cause === reason);
}

/** One line, because it may contain text of the client's. The exception may itself throw when it is read. */
function textOf(exception: unknown): string {
  try {
    const text = isError(exception) ? String(exception.message) : show(exception);
    return text.slice(0, LONGEST_TEXT).replace(/\p{Cc}+/gu, ' ');
  } catch {
    return 'something that cannot be shown';
  }
}
