// What messages are made of, in the shapes that `ws` has for them.

import { Buffer } from 'node:buffer';
import { bytesOf } from '../core/brands.ts';

/** A message as the `message` event has it: text, too, is bytes. */
export type RawData = Buffer | ArrayBuffer | Buffer[];
/** A message as `onmessage` has it. */
export type Data = string | Buffer | ArrayBuffer | Buffer[];

/** What may be sent: bytes, text, numbers (as text), and what `Buffer.from` takes. */
export type BufferLike =
  | string
  | Buffer
  | DataView
  | number
  | ArrayBufferView
  | Uint8Array
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  // biome-ignore lint/suspicious/noExplicitAny: as @types/ws has it
  | readonly any[]
  | readonly number[]
  | { valueOf(): ArrayBuffer }
  | { valueOf(): SharedArrayBuffer }
  | { valueOf(): Uint8Array }
  | { valueOf(): readonly number[] }
  | { valueOf(): string }
  | { [Symbol.toPrimitive](hint: string): string };

/** How binary messages come. */
export type BinaryType = 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob';

const binaryTypes: readonly unknown[] = ['nodebuffer', 'arraybuffer', 'fragments', 'blob'];

export function isBinaryType(value: unknown): value is BinaryType {
  return binaryTypes.includes(value);
}

export const EMPTY = Buffer.alloc(0);

/**
 * Text or bytes as they may be sent. What is neither goes through `Buffer.from`, as in `ws`.
 *
 * @throws TypeError for what has no bytes
 */
export function sendable(data: unknown): string | Uint8Array {
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return String(data);
  if (!data) return EMPTY;
  const bytes = bytesOf(data);
  if (bytes === 'absent') return EMPTY; // its memory was transferred: as a view of it, it has no bytes
  return bytes ?? Buffer.from(data as Uint8Array);
}

/** Bytes that `data` would take, without a copy of text. */
export function sizeOf(data: unknown): number {
  if (isBlob(data)) return data.size;
  const what = sendable(data);
  return typeof what === 'string' ? Buffer.byteLength(what) : what.length;
}

/** Whether it is a Blob, of any realm. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  const { arrayBuffer, stream, size, type } = value as Partial<Blob>;
  const tag = Object.prototype.toString.call(value);
  return (
    typeof arrayBuffer === 'function' &&
    typeof stream === 'function' &&
    typeof size === 'number' &&
    typeof type === 'string' &&
    (tag === '[object Blob]' || tag === '[object File]')
  );
}

/**
 * A binary message in the shape that is asked for. `bytes` belongs to the caller.
 *
 * @param fragments  bytes of each fragment, of a message in several
 */
export function shaped(bytes: Uint8Array, type: BinaryType, fragments?: readonly number[]): RawData | Blob {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'nodebuffer') return asBuffer(bytes);
  if (type === 'fragments') return cut(asBuffer(bytes), fragments ?? [byteLength]);
  const isWhole = byteLength === buffer.byteLength;
  const whole = (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
  return type === 'arraybuffer' ? whole : new Blob([whole]);
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  let end = 0;
  return sizes
    .filter((size) => size > 0)
    .map((size) => {
      end += size;
      return bytes.subarray(end - size, end);
    });
}
