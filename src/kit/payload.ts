// Message payloads: what an application may send (kit specification §3.7), and who owns the bytes that it receives (kit
// specification §3.10).

import { bytesOfBuffer } from '../core/brands.ts';
import { utf8Size } from '../core/utf8-text.ts';
import { type BusinessError, businessError } from './business-error.ts';
import { described } from './described.ts';

/** Largest message that an application may send, in bytes of UTF-8 or binary: 5 MiB less 16. */
export const MAX_SEND_SIZE = 5 * 1024 * 1024 - 16;

/** A payload for a link, which copies it during the call. The bytes still belong to the application. */
export type Payload = string | Uint8Array;

/**
 * The payload of a `send`. Views such as `Int8Array` are refused, as on a device.
 *
 * @returns `undefined` if the data is neither a string nor an `ArrayBuffer`, or is too large
 */
export function payloadOf(data: unknown): Payload | undefined {
  if (typeof data === 'string') return fits(data) ? data : undefined;
  const bytes = bytesOfBuffer(data);
  // Detached: its bytes were transferred.
  if (bytes === undefined || bytes === 'absent') return undefined;
  return bytes.byteLength > MAX_SEND_SIZE ? undefined : bytes;
}

/** The error for data that {@link payloadOf} refuses: 401, with the reason. */
export function payloadError(data: unknown): BusinessError {
  const bytes = typeof data === 'string' ? undefined : bytesOfBuffer(data);
  if (bytes === 'absent') {
    return businessError(
      'parameter',
      'the message is a detached ArrayBuffer, whose memory was transferred; send it before the transfer',
    );
  }
  if (typeof data === 'string' || bytes !== undefined) {
    const size = bytes === undefined ? utf8Size(data as string) : bytes.byteLength;
    return businessError(
      'parameter',
      `the message has ${size} bytes; expected at most ${MAX_SEND_SIZE}; split it into several messages`,
    );
  }
  const hint = ArrayBuffer.isView(data) ? '; copy its bytes into their own ArrayBuffer' : '';
  return businessError('parameter', `the message is ${described(data)}; expected a string or an ArrayBuffer${hint}`);
}

/** A copy, for a payload that waits for the opening. */
export function snapshot(payload: Payload): Payload {
  return typeof payload === 'string' ? payload : payload.slice();
}

function fits(text: string): boolean {
  // A UTF-16 unit takes one to three bytes of UTF-8, so most texts need not be measured.
  if (text.length * 3 <= MAX_SEND_SIZE) return true;
  return text.length <= MAX_SEND_SIZE && utf8Size(text) <= MAX_SEND_SIZE;
}

/** A received message for the application: a string, or an `ArrayBuffer` of exactly its length that only it owns. */
export function deliverable(data: string | Uint8Array): string | ArrayBuffer {
  if (typeof data === 'string') return data;
  const { buffer, byteOffset, byteLength } = data;
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** The same for one of several receivers: a copy of the bytes. */
export function deliverableCopy(data: string | Uint8Array): string | ArrayBuffer {
  // `slice` of a Buffer would be a view of the same bytes.
  return typeof data === 'string' ? data : Uint8Array.prototype.slice.call(data).buffer;
}
