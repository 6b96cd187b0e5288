// Records in a file that is only appended to, each with a checksum. Whatever a crash or a disk leaves behind, the records
// up to the first damage are read, and the damage is told; nothing that is in a file can make reading throw.
//
// ```
//  file    magic (8 bytes), record, record, …
//  record  size of kind and body (4 bytes, big-endian), CRC-32 of both (4 bytes), kind (1 byte), body
// ```

import { Buffer } from 'node:buffer';
import { lateZlib } from '../../node/late-modules.ts';

const MAGIC = Buffer.from('hwsrec1\n', 'latin1');
const HEADER = 8;

export interface FileRecord {
  /** One character of ASCII. */
  readonly kind: string;
  readonly body: Buffer;
}

/** What was found in a file. */
export interface ReadRecords {
  readonly records: readonly FileRecord[];
  /** What is wrong with the file, from where on it was not read; `undefined`: nothing. */
  readonly damage: string | undefined;
  /** Bytes up to the end of the last record that was read. */
  readonly size: number;
  /** It ends within a record, as after a crash while it was written. */
  readonly isTorn: boolean;
}

/** What a file begins with. */
export function fileStart(): Buffer {
  return Buffer.from(MAGIC);
}

/** A record in the form in which it is appended. @param body  in pieces; copied */
export function recordBytes(kind: string, ...body: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(
    [kind, ...body].map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32BE(content.length, 0);
  header.writeUInt32BE(lateZlib().crc32(content), 4);
  return Buffer.concat([header, content]);
}

/** Reads a whole file. */
export function readRecords(file: Buffer): ReadRecords {
  const records: FileRecord[] = [];
  const found = (size: number, damage?: string, isTorn = false): ReadRecords => ({ records, damage, size, isTorn });
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return found(0, 'it does not begin as such a file does');
  let at = MAGIC.length;
  while (at < file.length) {
    if (file.length - at < HEADER) return found(at, `it ends within the header of a record, at byte ${at}`, true);
    const size = file.readUInt32BE(at);
    const content = file.subarray(at + HEADER, at + HEADER + size);
    if (size === 0 || content.length < size) return found(at, `it ends within a record, at byte ${at}`, size > 0);
    if (lateZlib().crc32(content) !== file.readUInt32BE(at + 4)) {
      return found(at, `the checksum of a record is wrong, at byte ${at}`);
    }
    records.push({ kind: content.toString('latin1', 0, 1), body: content.subarray(1) });
    at += HEADER + size;
  }
  return found(at);
}
