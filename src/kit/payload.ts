// Message payloads on their way through the kit: what an application may send and how large (§3.7 of the kit
// specification), and who owns what it receives (§3.10).

import { bytesOfBuffer } from '../core/brands.ts';
import { utf8Size } from '../core/utf8-text.ts';
import { type BusinessError, businessError } from './business-error.ts';
import { described } from './described.ts';

/** Bytes of one message that an application may send: 5 MiB less 16. A string counts as UTF-8. */
export const MAX_SEND_SIZE = 5 * 1024 * 1024 - 16;

/** A payload for the engine, which copies it during the call. The bytes still belong to the caller. */
export type Payload = string | Uint8Array;

/**
 * The payload of a `send`, or `undefined` when it is neither a string nor an `ArrayBuffer`, or too large. Views are
 * refused, as on a device.
 */
export function payloadOf(data: unknown): Payload | undefined {
  if (typeof data === 'string') return fits(data) ? data : undefined;
  const bytes = bytesOfBuffer(data);
  // Detached: its bytes now belong to somebody else.
  if (bytes === undefined || bytes === 'absent') return undefined;
  return bytes.byteLength > MAX_SEND_SIZE ? undefined : bytes;
}

/** Why `data` has no {@link payloadOf}: 401. */
export function payloadError(data: unknown): BusinessError {
  const bytes = typeof data === 'string' ? undefined : bytesOfBuffer(data);
  if (bytes === 'absent') {
    return businessError(
      'parameter',
      'the message is a detached ArrayBuffer: its memory was transferred; send it before that',
    );
  }
  if (typeof data === 'string' || bytes !== undefined) {
    const size = bytes === undefined ? utf8Size(data as string) : bytes.byteLength;
    return businessError(
      'parameter',
      `the message has ${size} bytes; expected at most ${MAX_SEND_SIZE}: send it in several messages`,
    );
  }
  const hint = ArrayBuffer.isView(data) ? ': give its bytes as an ArrayBuffer of their own' : '';
  return businessError('parameter', `the message is ${described(data)}; expected a string or an ArrayBuffer${hint}`);
}

/** A payload that waits for the opening. */
export function snapshot(payload: Payload): Payload {
  return typeof payload === 'string' ? payload : payload.slice();
}

function fits(text: string): boolean {
  // UTF-8 needs at most three bytes for a UTF-16 unit and at least one: most texts need not be measured.
  if (text.length * 3 <= MAX_SEND_SIZE) return true;
  return text.length <= MAX_SEND_SIZE && utf8Size(text) <= MAX_SEND_SIZE;
}

/** What the application gets: a string, or an `ArrayBuffer` that is its own and exactly as long as the message. */
export function deliverable(data: string | Uint8Array): string | ArrayBuffer {
  if (typeof data === 'string') return data;
  const { buffer, byteOffset, byteLength } = data;
  if (byteOffset === 0 && byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** As {@link deliverable}, for one receiver of several. */
export function deliverableCopy(data: string | Uint8Array): string | ArrayBuffer {
  // Of a Buffer, `slice` would be a view of the same bytes.
  return typeof data === 'string' ? data : Uint8Array.prototype.slice.call(data).buffer;
}
