// The arguments of `close`, checked with the errors that programs written for `ws` know.

import { Buffer } from 'node:buffer';
import { MAX_CLOSE_REASON_SIZE } from '../core/constants.ts';
import { isSendableCloseCode } from '../core/frame/close-payload.ts';

/** Returns code and reason for the engine. @throws TypeError, RangeError */
export function closeArguments(
  code: unknown,
  reason: unknown,
): { readonly code: number | undefined; readonly reason: string } {
  if (code === undefined) return { code, reason: '' };
  if (typeof code !== 'number' || !isSendableCloseCode(code)) {
    throw new TypeError('First argument must be a valid error code number');
  }
  if (reason === undefined || reason === null) return { code, reason: '' };
  const size = Buffer.byteLength(reason as string | Buffer);
  if (size > MAX_CLOSE_REASON_SIZE) throw new RangeError('The message must not be greater than 123 bytes');
  return { code, reason: String(reason) };
}
