// Blobs, whatever realm they come from.

import { Blob } from 'node:buffer';

const sizeOfBlob = Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get as (this: unknown) => number;
const { arrayBuffer } = Blob.prototype;

/** Whether a value is a Blob; a File is one. An object that only inherits from one is not. */
export function isBlob(value: unknown): value is Blob {
  // The getter of Node is slow to refuse.
  if (!/^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(value))) return false;
  try {
    sizeOfBlob.call(value);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of a Blob. */
export function blobSize(blob: Blob): number {
  return sizeOfBlob.call(blob);
}

/** @throws (rejects) if its content cannot be read, such as that of a file that has changed */
export async function readBlob(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await arrayBuffer.call(blob));
}

/** A Blob with a copy of the bytes. */
export function blobOf(bytes: Uint8Array): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]);
}
