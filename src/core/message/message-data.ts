// What an application may send, and its bytes.

import { webSocketError } from '../errors.ts';

/** What may be sent: text, or bytes in any of these shapes. */
export type MessageData = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * The bytes of binary data, without copying.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE
 */
export function toBytes(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (typeof SharedArrayBuffer === 'function' && data instanceof SharedArrayBuffer) return new Uint8Array(data);
  throw webSocketError('ERR_WS_DATA_TYPE', data === null ? 'null' : typeof data);
}
