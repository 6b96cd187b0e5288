// What can be sent, as WebIDL converts `(BufferSource or Blob or USVString)` and `(BufferSource or USVString)`.

import { type Blob, Buffer } from 'node:buffer';
import { bytesOf, isArrayBuffer } from '../core/brands.ts';
import { blobSize, isBlob } from './blob.ts';
import { scalarString } from './conversions.ts';

/** Text, a view of bytes, which is only valid during the call, or a Blob. */
export type Sendable = string | Uint8Array | Blob;

/**
 * Converts data.
 *
 * @param call  for errors: `send`
 * @throws TypeError for memory that is shared with other threads or may change its size, and for a symbol
 */
export function sendable(data: unknown, call: string): Sendable {
  return typeof data !== 'string' && !ArrayBuffer.isView(data) && isBlob(data) ? data : textOrBytes(data, call);
}

/** As {@link sendable}; a Blob becomes a string like any other object. */
export function textOrBytes(data: unknown, call: string): string | Uint8Array {
  if (typeof data === 'string') return data;
  const bytes = bytesOf(data);
  if (bytes === undefined) return scalarString(data);
  const buffer: unknown = ArrayBuffer.isView(data) ? data.buffer : data;
  // Binary data is in memory of one of two kinds.
  if (!isArrayBuffer(buffer)) throw refused(call, 'shared memory, which other threads may change');
  if ((buffer as { readonly resizable?: boolean }).resizable === true) {
    throw refused(call, 'memory that may change its size');
  }
  // Transferred memory has no bytes any more.
  return bytes === 'absent' ? new Uint8Array(0) : bytes;
}

function refused(call: string, problem: string): TypeError {
  return new TypeError(
    `the data of ${call} is ${problem}: pass a copy of it, for example new Uint8Array(data).slice()`,
  );
}

/** Bytes that it takes in a message. */
export function sizeOf(data: Sendable): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) ? data.byteLength : blobSize(data);
}
