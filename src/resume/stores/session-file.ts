// A session as a file: what a store knows of it, and its state at rest, in records with checksums (records.ts).
//
// ```
//  h  JSON: who owns it, tokens as hashes, until when, the counts
//  q  a message for the client: number (8 bytes), flags (1 byte), its bytes
//  b  the beginning of a message of the client: flags (1 byte), its bytes
//  z  nothing follows: the file is whole
// ```

import { Buffer } from 'node:buffer';
import type { HeldBeginning } from '../protocol/inbound.ts';
import type { PieceEnd } from '../protocol/outbound.ts';
import type { Payload } from '../protocol/ports.ts';
import type { SessionState, StoredPiece, Tombstone } from '../protocol/store.ts';
import type { TokenRecord } from '../protocol/tokens.ts';
import { fileStart, readRecords, recordBytes } from './records.ts';

/** What a store knows of a session beside its state. */
export interface SessionRecord {
  readonly id: string;
  readonly generation: number;
  readonly bind: string;
  readonly tokens: TokenRecord;
  /** The process that owns it. */
  readonly node: string | undefined;
  /** When it is over, in milliseconds of the wall clock: other processes read it. 0: while its client is there. */
  readonly until: number;
  readonly tombstone: Tombstone | undefined;
}

/** What a file holds. */
export interface StoredSession {
  readonly record: SessionRecord;
  /** Absent: its owner has it in memory. */
  readonly state: SessionState | undefined;
  /** What is wrong with the file after its head: `state` has the counts, but not all messages. */
  readonly damage: string | undefined;
}

type Counts = Omit<SessionState, 'pieces' | 'beginning'>;

const ENDS: readonly PieceEnd[] = ['last', 'more', 'void'];
const BINARY = 1;
/** A beginning without bytes: the application has got them. */
const ABSENT = 2;

export function sessionBytes(record: SessionRecord, state: SessionState | undefined): Buffer {
  if (state === undefined) {
    return Buffer.concat([fileStart(), recordBytes('h', JSON.stringify({ record })), recordBytes('z')]);
  }
  const { pieces, beginning, ...counts } = state;
  const records = [fileStart(), recordBytes('h', JSON.stringify({ record, counts }))];
  for (const piece of pieces) records.push(pieceBytes(piece));
  if (beginning !== undefined) {
    const { data, isBinary } = beginning;
    const flags = (isBinary ? BINARY : 0) | (data === undefined ? ABSENT : 0);
    records.push(recordBytes('b', Uint8Array.of(flags), data ?? ''));
  }
  records.push(recordBytes('z'));
  return Buffer.concat(records);
}

/** @returns the problem in words where not even the head can be read */
export function readSession(file: Buffer): StoredSession | string {
  const { records, damage } = readRecords(file);
  const head = records[0];
  if (head === undefined || head.kind !== 'h') return damage ?? 'it has no head';
  const read = readHead(head.body);
  if (read === undefined) return 'its head cannot be read';
  const pieces: StoredPiece[] = [];
  let beginning: HeldBeginning | undefined;
  for (const { kind, body } of records.slice(1)) {
    if (kind === 'q' && body.length >= 9) pieces.push(readPiece(body));
    else if (kind === 'b' && body.length >= 1) beginning = readBeginning(body);
  }
  const isWhole = records.at(-1)?.kind === 'z';
  const problem = damage ?? (isWhole ? undefined : 'its end is missing');
  const state = read.counts && { ...read.counts, pieces, beginning };
  return { record: read.record, state, damage: problem };
}

function pieceBytes({ sequence, data, end }: StoredPiece): Buffer {
  const head = Buffer.alloc(9);
  head.writeDoubleBE(sequence, 0);
  head[8] = (typeof data === 'string' ? 0 : BINARY) | (ENDS.indexOf(end) << 1);
  return recordBytes('q', head, data);
}

function readPiece(body: Buffer): StoredPiece {
  const flags = body[8] as number;
  const data = payload(body.subarray(9), (flags & BINARY) !== 0);
  return { sequence: body.readDoubleBE(0), data, end: ENDS[flags >> 1] ?? 'last' };
}

function readBeginning(body: Buffer): HeldBeginning {
  const flags = body[0] as number;
  const isBinary = (flags & BINARY) !== 0;
  return (flags & ABSENT) !== 0 ? { isBinary } : { isBinary, data: payload(body.subarray(1), isBinary) };
}

function payload(bytes: Buffer, isBinary: boolean): Payload {
  return isBinary ? bytes : bytes.toString('utf8');
}

/** Its checksum was right, so it is as it was written, perhaps by another version. */
function readHead(body: Buffer): { record: SessionRecord; counts: Counts | undefined } | undefined {
  try {
    const { record, counts } = JSON.parse(body.toString('utf8'));
    const numbers = [record.generation, record.until];
    if (counts !== undefined) numbers.push(counts.handled, counts.handledWhole, counts.acknowledged);
    const isRight =
      typeof record.id === 'string' &&
      typeof record.bind === 'string' &&
      typeof record.tokens.current === 'string' &&
      numbers.every(Number.isSafeInteger);
    return isRight ? { record, counts } : undefined;
  } catch {
    return undefined;
  }
}
