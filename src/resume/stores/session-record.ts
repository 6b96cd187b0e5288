// What a store knows of a session beside its state, and what it decides by that: the same for every store. A store reads the
// record, asks these functions, and writes the record that they make over the one that was read, if that is still
// there (compare and set); otherwise it begins again.

import type {
  ClaimAnswer,
  Claimed,
  ClaimRequest,
  Creation,
  SessionHead,
  Stale,
  Tombstone,
  Written,
} from '../protocol/store.ts';
import {
  checkToken,
  confirmToken,
  isStale,
  newTokens,
  renewToken,
  rotateToken,
  type TokenRecord,
  takeAttempt,
} from '../protocol/tokens.ts';

/** Time that a tombstone of a session is kept that ended with nobody to end it, in milliseconds. */
export const TOMBSTONE_KEEP = 60_000;

/** The answer for an attempt that a later one has overtaken. */
export const STALE: Stale = Object.freeze({ kind: 'stale' });

/** The answer for a session, a user or a token that there is not. */
export const UNKNOWN: ClaimAnswer = Object.freeze({ kind: 'unknown', isRetiredToken: false });

/** A session as a store knows it. It can be written as JSON. */
export interface SessionRecord {
  readonly id: string;
  readonly generation: number;
  readonly bind: string;
  readonly tokens: TokenRecord;
  /** The process that owns it. */
  readonly node: string | undefined;
  /** When it is over, in milliseconds of the store's clock. 0: while its client is there. */
  readonly until: number;
  /** How long it is kept if its owner dies. */
  readonly keep: number;
  /** The owner writes ahead. */
  readonly isAhead: boolean;
  /**
   * What head and logs of the store are. `current`: the state of the session. `old`: what its owner began with, and has gone on
   * from; `none`: nothing, they are dropped.
   */
  readonly state: 'current' | 'old' | 'none';
  readonly tombstone: Tombstone | undefined;
}

/** The record of a new session. Its head is `newHead(creation.data)`, its logs are empty. */
export function newRecord(creation: Creation, keep: number): SessionRecord {
  const { id, tokenHash, nonce, attempt, bind, node, isAhead } = creation;
  const tokens = newTokens(tokenHash, nonce, attempt);
  return {
    id,
    generation: 1,
    bind,
    tokens,
    node,
    until: 0,
    keep,
    isAhead,
    state: isAhead ? 'current' : 'none',
    tombstone: undefined,
  };
}

/**
 * Why a session is not created again: the one that its nonce names is not to be had. To be asked before the owner is told, and
 * again after that.
 *
 * @returns `ended`: another one takes its place; `undefined`: it may be taken
 */
export function refusalOfCreation(
  { tokens, tombstone }: SessionRecord,
  { attempt }: Creation,
): Stale | 'ended' | undefined {
  if (tokens.isKnown || isStale(tokens, attempt)) return STALE;
  return tombstone && 'ended';
}

/** Why a claim gets nothing. To be asked before the owner is told, and again after that. `undefined`: it may be taken. */
export function refusalOfClaim(record: SessionRecord | undefined, request: ClaimRequest): ClaimAnswer | undefined {
  if (record === undefined || record.bind !== request.bind) return UNKNOWN;
  // Before the token, which may be retired: then the client has another one, on a connection that it opened later.
  if (isStale(record.tokens, request.attempt)) return STALE;
  const check = checkToken(record.tokens, request.tokenHash);
  if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
  return record.tombstone && { kind: 'tombstone', tombstone: record.tombstone };
}

/**
 * The record once the asking process owns the session. Where it says `none`, the store drops head and logs: the owner before it
 * was another one, which has died without saying what it had.
 */
export function takenRecord(before: SessionRecord, asking: Creation | ClaimRequest, keep: number): SessionRecord {
  const { node, isAhead, attempt } = asking;
  const tokens = { ...before.tokens };
  if ('nextHash' in asking) {
    takeAttempt(tokens, attempt);
    rotateToken(tokens, asking.tokenHash, asking.nextHash);
  } else renewToken(tokens, attempt, asking.tokenHash);
  let { state } = before;
  if (state === 'current' && !isAhead) state = 'old';
  else if (state === 'old' && before.node !== node) state = 'none';
  return { ...before, generation: before.generation + 1, tokens, node, until: 0, keep, isAhead, state };
}

/**
 * What the process is told that has taken a session.
 *
 * @param before  the record that was replaced
 * @param head    what the store has
 */
export function claimed(before: SessionRecord, taken: SessionRecord, head: SessionHead | undefined): Claimed {
  const isOwn = before.node === taken.node;
  return {
    kind: 'claimed',
    id: taken.id,
    generation: taken.generation,
    head: isOwn || taken.state === 'none' ? undefined : head,
    isOrphan: !isOwn,
  };
}

/** Whether a call with this generation is the owner's. `written`: it is. */
export function ownership(record: SessionRecord | undefined, generation: number): Written {
  if (record === undefined) return 'lost';
  const isOwned = record.generation === generation && record.node !== undefined && record.tombstone === undefined;
  return isOwned ? 'written' : 'fenced';
}

/** The record once the client has shown that it has the current token. Where it says `none`, head and logs are dropped. */
export function confirmedRecord(record: SessionRecord): SessionRecord {
  const tokens = { ...record.tokens };
  confirmToken(tokens);
  return { ...record, tokens, state: record.state === 'current' ? 'current' : 'none' };
}

/** The record of a session that has ended. Its state is dropped. */
export function buriedRecord(record: SessionRecord, tombstone: Tombstone, until: number): SessionRecord {
  return { ...record, tombstone, node: undefined, state: 'none', until };
}

/** Whether its time is over. An owner that lives ends its sessions itself: only it knows their counts. */
export function isOver({ tombstone, node, until }: SessionRecord, now: number): boolean {
  return tombstone === undefined && node === undefined && until !== 0 && until <= now;
}

/**
 * How a session ended that nobody was there to end.
 *
 * @param head  what the store has, where it is current
 * @param last  number of the last message of the log `outgoing`; 0: it has none
 */
export function tombstoneOf(why: 'expired' | 'regressed', head: SessionHead | undefined, last: number): Tombstone {
  if (head === undefined) return { why }; // nobody knows its counts
  return { why, handledWhole: head.handledWhole, sent: Math.max(head.acknowledged, last) };
}
