// What a file store writes, in records with checksums (records.ts): the file of a session, which is replaced as a whole, and
// its log, which is appended to.
//
// ```
//  session  h  JSON: who owns it, tokens as hashes, until when; the name of its log, and the log's size when this was written
//           z  nothing follows: the file is whole
//  log      t  acknowledged (8 bytes), whether a message goes on behind it (1 byte)
//           c  JSON: counts, the application's data
//           q  a message for the client: number (8 bytes), flags (1 byte), its bytes
//           p  a part of a message of the client, in the same form
// ```

import { Buffer } from 'node:buffer';
import type { PieceEnd } from '../protocol/outgoing-item.ts';
import type { Payload } from '../protocol/ports.ts';
import {
  newHead,
  type SessionHead,
  type SessionLog,
  type SessionProgress,
  type StoredPiece,
} from '../protocol/store.ts';
import { PieceLog } from './piece-log.ts';
import { fileStart, readRecords, recordBytes } from './records.ts';
import type { SessionRecord } from './session-record.ts';

/** What the file of a session holds. */
export interface SessionFile {
  readonly record: SessionRecord;
  /** The name of its log. Absent: nothing has happened in it. */
  readonly log?: string | undefined;
  /** Bytes that the log had at least. */
  readonly size: number;
  /** The head then. */
  readonly head: SessionHead;
  /** Number of the last message of `outgoing` then. */
  readonly last: number;
}

/** What a log says. */
export interface SessionLogs {
  readonly head: SessionHead;
  readonly outgoing: PieceLog;
  readonly incoming: PieceLog;
  /** Bytes up to its last whole record. */
  readonly size: number;
  /** What is wrong with it. A record that was being written when the process died is left out, and not told. */
  readonly damage: string | undefined;
}

const ENDS: readonly PieceEnd[] = ['last', 'more', 'void'];
const BINARY = 1;

export function sessionBytes(file: SessionFile): Buffer {
  return Buffer.concat([fileStart(), recordBytes('h', JSON.stringify(file)), recordBytes('z')]);
}

/** @returns the problem in words where it cannot be read */
export function readSession(file: Buffer): SessionFile | string {
  const { records, damage } = readRecords(file);
  const head = records[0];
  if (damage !== undefined) return damage;
  if (head === undefined || head.kind !== 'h') return 'it has no head';
  if (records.at(-1)?.kind !== 'z') return 'its end is missing';
  return readHead(head.body) ?? 'its head cannot be read';
}

/** Its checksum was right, so it is as it was written, perhaps by another version. */
function readHead(body: Buffer): SessionFile | undefined {
  try {
    const file = JSON.parse(body.toString('utf8')) as SessionFile;
    const { record, size, head, last, log } = file;
    const isRight =
      typeof record.id === 'string' &&
      typeof record.bind === 'string' &&
      typeof record.tokens.current === 'string' &&
      (log === undefined || /^log-[0-9-]+$/.test(log)) &&
      [record.generation, record.until, size, last, head.handled, head.acknowledged].every(Number.isSafeInteger);
    return isRight ? file : undefined;
  } catch {
    return undefined;
  }
}

export function trimBytes(acknowledged: number, isContinuing: boolean): Buffer {
  const body = Buffer.alloc(9);
  body.writeDoubleBE(acknowledged, 0);
  body[8] = isContinuing ? 1 : 0;
  return recordBytes('t', body);
}

/** @param hasData  with the application's data; otherwise it stays as it was */
export function progressBytes(progress: SessionProgress, hasData: boolean): Buffer {
  return recordBytes('c', JSON.stringify(hasData ? progress : { ...progress, data: undefined }));
}

export function pieceBytes(log: SessionLog, { sequence, data, end }: StoredPiece): Buffer {
  const head = Buffer.alloc(9);
  head.writeDoubleBE(sequence, 0);
  head[8] = (typeof data === 'string' ? 0 : BINARY) | (ENDS.indexOf(end) << 1);
  return recordBytes(log === 'outgoing' ? 'q' : 'p', head, data);
}

/** A log with what these say, and nothing else. */
export function logBytes(
  head: SessionHead,
  outgoing: readonly StoredPiece[],
  incoming: readonly StoredPiece[],
): Buffer {
  const { acknowledged, isContinuing, ...progress } = head;
  return Buffer.concat([
    fileStart(),
    trimBytes(acknowledged, isContinuing),
    progressBytes(progress, true),
    ...outgoing.map((piece) => pieceBytes('outgoing', piece)),
    ...incoming.map((piece) => pieceBytes('incoming', piece)),
  ]);
}

/** @param atLeast  bytes that it had when the file of its session was written */
export function readLog(file: Buffer, atLeast: number): SessionLogs {
  const { records, damage, size, isTorn } = readRecords(file);
  const outgoing = new PieceLog();
  const incoming = new PieceLog();
  let head = newHead();
  let problem = isTorn && size >= atLeast ? undefined : damage;
  if (problem === undefined && size < atLeast) problem = `it has ${size} bytes instead of ${atLeast}`;
  for (const { kind, body } of records) {
    try {
      if (kind === 't' && body.length >= 9) {
        head = { ...head, acknowledged: body.readDoubleBE(0), isContinuing: body[8] === 1 };
        outgoing.drop(head.acknowledged);
      } else if (kind === 'c') {
        const { acknowledged, isContinuing, data } = head;
        const progress = JSON.parse(body.toString('utf8')) as Omit<SessionProgress, 'data'> & { data?: string };
        head = { ...progress, data: progress.data ?? data, acknowledged, isContinuing };
        incoming.drop(head.handledWhole);
      } else if ((kind === 'q' || kind === 'p') && body.length >= 9) {
        (kind === 'q' ? outgoing : incoming).append([readPiece(body)], kind === 'q');
      }
    } catch (error) {
      problem ??= `a record makes no sense: ${(error as Error).message}`;
    }
  }
  return { head, outgoing, incoming, size, damage: problem };
}

function readPiece(body: Buffer): StoredPiece {
  const flags = body[8] as number;
  const bytes = body.subarray(9);
  const data: Payload = (flags & BINARY) !== 0 ? new Uint8Array(bytes) : bytes.toString('utf8');
  return { sequence: body.readDoubleBE(0), data, end: ENDS[flags >> 1] ?? 'last' };
}
