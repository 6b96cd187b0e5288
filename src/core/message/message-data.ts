// What an application may send, and its bytes.

import { bytesOf } from '../brands.ts';
import { webSocketError } from '../errors.ts';

/** What may be sent: text, or bytes in any of these shapes. */
export type MessageData = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * The bytes of binary data, without copying: see {@link bytesOf} for how they may be read. They are the application's,
 * and only valid during the call that passes them.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, including for memory that was transferred
 */
export function toBytes(data: unknown): Uint8Array {
  const bytes = bytesOf(data);
  if (typeof bytes === 'object') return bytes;
  throw webSocketError(
    'ERR_WS_DATA_TYPE',
    bytes === 'absent' ? ABSENT : data === null || data === undefined ? String(data) : `of type ${typeof data}`,
  );
}

const ABSENT = 'detached (its memory was transferred, or has shrunk)';
