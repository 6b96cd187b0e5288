// The arguments of `close`, checked with the errors that programs written for `ws` know.

import { Buffer } from 'node:buffer';
import { bytesOf } from '../core/brands.ts';
import { MAX_CLOSE_REASON_SIZE } from '../core/constants.ts';
import { isSendableCloseCode } from '../core/frame/close-payload.ts';
import { asBuffer } from './data.ts';

/** Returns code and reason for the engine. @throws TypeError, RangeError */
export function closeArguments(
  code: unknown,
  reason: unknown,
): { readonly code: number | undefined; readonly reason: string } {
  if (code === undefined) return { code, reason: '' };
  if (typeof code !== 'number' || !isSendableCloseCode(Math.trunc(code))) {
    throw new TypeError('First argument must be a valid error code number');
  }
  const whole = Math.trunc(code);
  // What has no length counts as absent, as in `ws`.
  if (!(reason as { length?: number } | null | undefined)?.length) return { code: whole, reason: '' };
  const size = Buffer.byteLength(reason as string | Buffer);
  if (size > MAX_CLOSE_REASON_SIZE) throw new RangeError('The message must not be greater than 123 bytes');
  if (typeof reason === 'string') return { code: whole, reason };
  const bytes = bytesOf(reason);
  if (typeof bytes !== 'object') throw new TypeError('Second argument must be a string or a Uint8Array');
  return { code: whole, reason: asBuffer(bytes).toString() };
}
