// One message of the stream of logs: pieces of one log of a session, or the mark that an owner sets when it begins.
//
// ```
//  message  size of the head (4 bytes, big-endian), head (JSON), the pieces' bytes one after the other
//  head     { g: generation, log, pieces: [[sequence, end, isText, bytes], …] }
// ```

import { Buffer } from 'node:buffer';
import type { SessionLog, StoredPiece } from '../../protocol/store.ts';

interface Head {
  readonly g: number;
  readonly log: SessionLog;
  readonly pieces: readonly (readonly [number, StoredPiece['end'], boolean, number])[];
}

/** What a message has. A mark has no pieces. */
export interface LogMessage {
  readonly generation: number;
  readonly log: SessionLog;
  readonly pieces: readonly StoredPiece[];
}

export function logMessage(generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Buffer {
  const bodies = pieces.map(({ data }) => (typeof data === 'string' ? Buffer.from(data) : data));
  const head: Head = {
    g: generation,
    log,
    pieces: pieces.map(({ sequence, end, data }, at) => [
      sequence,
      end,
      typeof data === 'string',
      (bodies[at] as Uint8Array).length,
    ]),
  };
  const first = Buffer.from(`0000${JSON.stringify(head)}`);
  first.writeUInt32BE(first.length - 4);
  return Buffer.concat([first, ...bodies]);
}

/** @throws Error for bytes that are something else */
export function readLogMessage(bytes: Buffer): LogMessage {
  let at = 4 + bytes.readUInt32BE();
  const { g, log, pieces } = JSON.parse(bytes.toString('utf8', 4, at)) as Head;
  return {
    generation: g,
    log,
    pieces: pieces.map(([sequence, end, isText, size]) => {
      const body = bytes.subarray(at, at + size);
      at += size;
      return { sequence, end, data: isText ? body.toString() : new Uint8Array(body) };
    }),
  };
}
