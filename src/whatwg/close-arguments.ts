// Code and reason to close with (WebSockets standard, "validate close code and reason").

import { Buffer } from 'node:buffer';
import { enforcedShort, isObject, scalarString } from './conversions.ts';

/** What a Close frame says. Without a code it is empty. */
export interface CloseArguments {
  readonly code: number | undefined;
  readonly reason: string;
}

/** An empty Close frame. */
export const NO_CODE: CloseArguments = { code: undefined, reason: '' };

const MAX_REASON_SIZE = 123;

/**
 * Checks a code and a reason. A reason without a code gets 1000.
 *
 * @throws DOMException InvalidAccessError for a code that a page may not send, SyntaxError for a reason that is too long
 */
export function closeArguments(code: number | undefined, reason: string): CloseArguments {
  if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) {
    throw new DOMException(`the close code ${code} cannot be sent: it must be 1000 or 3000–4999`, 'InvalidAccessError');
  }
  const size = Buffer.byteLength(reason);
  if (size > MAX_REASON_SIZE) {
    throw new DOMException(
      `the close reason has ${size} bytes in UTF-8: it must have at most ${MAX_REASON_SIZE}`,
      'SyntaxError',
    );
  }
  return { code: code === undefined && reason !== '' ? 1000 : code, reason };
}

/**
 * Reads a `WebSocketCloseInfo`.
 *
 * @throws TypeError for a value that is not a dictionary, and as {@link closeArguments}
 */
export function closeInfo(given: unknown): CloseArguments {
  if (given === undefined || given === null) return NO_CODE;
  if (!isObject(given)) {
    throw new TypeError(
      `the close info is ${String(given)}; expected an object such as { closeCode: 1000, reason: 'done' }`,
    );
  }
  const { closeCode, reason } = given as { closeCode?: unknown; reason?: unknown };
  const code = closeCode === undefined ? undefined : enforcedShort(closeCode, 'closeCode');
  return closeArguments(code, reason === undefined ? '' : scalarString(reason));
}
