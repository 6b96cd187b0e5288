// A session as the hash of Redis has it (session-script.ts): from fields to what the other stores use, and back.

import type { Buffer } from 'node:buffer';
import type { PieceEnd } from '../../protocol/outgoing-item.ts';
import type { SessionHead, SessionProgress, StoredPiece, Tombstone } from '../../protocol/store.ts';
import type { SessionRecord } from '../session-record.ts';
import { FIELDS } from './session-script.ts';

/** Fields by name. */
export type Fields = Readonly<Record<(typeof FIELDS)[number], string>>;

/** @returns `undefined`: there is no such session */
export function fieldsOf(answer: readonly (Buffer | null)[]): Fields | undefined {
  if (answer[0] === null || answer[0] === undefined) return undefined;
  return Object.fromEntries(FIELDS.map((name, at) => [name, answer[at]?.toString() ?? ''])) as Fields;
}

export function recordOf(id: string, fields: Fields): SessionRecord {
  const { g, n, u, k, A, s, t, b } = fields;
  return {
    id,
    generation: Number(g),
    bind: b,
    tokens: {
      current: fields.tc,
      previous: fields.tp === '' ? undefined : fields.tp,
      retired: fields.tr === '' ? undefined : fields.tr,
      nonce: fields.tn,
      isKnown: fields.tk === '1',
      attempt: Number(fields.ta),
    },
    node: n === '' ? undefined : n,
    until: Number(u),
    keep: Number(k),
    isAhead: A === '1',
    state: s as SessionRecord['state'],
    tombstone: t === '' ? undefined : (JSON.parse(t) as Tombstone),
  };
}

/** Names and values of what is known of it, for the script. */
export function recordFields(record: SessionRecord): string[] {
  const { tokens, tombstone } = record;
  const fields = {
    g: String(record.generation),
    n: record.node ?? '',
    u: String(record.until),
    k: String(record.keep),
    A: record.isAhead ? '1' : '0',
    s: record.state,
    t: tombstone === undefined ? '' : JSON.stringify(tombstone),
    b: record.bind,
    tc: tokens.current,
    tp: tokens.previous ?? '',
    tr: tokens.retired ?? '',
    tn: tokens.nonce,
    tk: tokens.isKnown ? '1' : '0',
    ta: String(tokens.attempt),
  };
  return Object.entries(fields).flat();
}

export function headOf({ a, c, p, d }: Fields): SessionHead {
  const progress = JSON.parse(p) as Omit<SessionProgress, 'data'>;
  return { ...progress, data: d, acknowledged: Number(a), isContinuing: c === '1' };
}

const ENDS: readonly PieceEnd[] = ['last', 'more', 'void'];

/** The name of the one field of an entry: whether it is a text, and how it ends. */
export function pieceField({ data, end }: StoredPiece): string {
  return (typeof data === 'string' ? 't' : 'b') + ENDS.indexOf(end);
}

/** @param entry  as XRANGE gives it: its id, and its one field with the value */
export function pieceOf([id, [field, value]]: readonly [Buffer, readonly [Buffer, Buffer]]): StoredPiece {
  const [kind, end] = field.toString();
  const data = kind === 't' ? value.toString('utf8') : new Uint8Array(value);
  return { sequence: Number.parseInt(id.toString(), 10), data, end: ENDS[Number(end)] ?? 'last' };
}
