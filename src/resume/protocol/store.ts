// The contract of stores: where sessions are known by their id while no process owns them, or several could. The reception
// (reception.ts) calls it; a store keeps records and logs, and decides claims, atomically. `tokens.ts` has the rules of tokens,
// which every store applies in the same way; `../stores/session-record.ts` has them for stores that change a record as a whole.
//
// A process *owns* a session from `create` or `claim` until `release`, `end`, or until another claim gives it a new generation.
// What an owner has in memory counts. The state in the store is *current* from `commit` until the next claim, and all the time
// where the owner writes ahead. If the owner dies, a later claim gets what is current, or nothing, and then the client is told
// (`regressed`). An old state would be worse than none: nobody would know what is missing.
//
// ```
//  of one session   record    owner, generation, tokens, until when, whether the state is current
//                   head      a few counts and the application's data (`SessionHead`)
//                   outgoing  messages for the client that it has not acknowledged, by number, without a gap
//                   incoming  parts of a message of the client of which the rest is still to come
// ```
//
// The calls of one generation come in order, and each is awaited or not: a store that sends them somewhere keeps the order. A
// call that failed, or was not answered in time, is made again: twice is as once, for each of them.

import type { GoneReason } from './control.ts';
import type { HeldBeginning } from './inbound.ts';
import type { PieceEnd } from './outgoing-item.ts';
import type { Payload } from './ports.ts';

/** One message of the wire, with its number: all of what an application sent, or a part of it. */
export interface StoredPiece {
  /** Its number in the session and the direction, from 1. */
  readonly sequence: number;
  /** A text, or bytes that nobody changes any more. */
  readonly data: Payload;
  /** Whether the message ends with it. */
  readonly end: PieceEnd;
}

/**
 * Which log of a session. `outgoing`: the server's messages that the client has not acknowledged. `incoming`: parts of a message
 * of the client that was acknowledged so far, and is not handled as a whole yet.
 */
export type SessionLog = 'outgoing' | 'incoming';

/** What `commit` writes: small, whatever the session holds. */
export interface SessionProgress {
  /** Number of the client's messages that were handled: where its replay begins. Never below what was acknowledged. */
  readonly handled: number;
  /** As `handled`, up to the end of a whole message. */
  readonly handledWhole: number;
  /**
   * `handled` is within a message, of this kind. Its parts are in the log `incoming`: those with numbers above `handledWhole` up
   * to `handled`, as far as the application has not got them.
   */
  readonly within?: 'text' | 'binary' | undefined;
  /** Messages that were dropped while the client was away, and that it was not told of yet. */
  readonly dropped?: readonly [first: number, last: number] | undefined;
  /** The application's own: text, 16 KiB at most. */
  readonly data: string;
}

/** All of a session's state but its logs. */
export interface SessionHead extends SessionProgress {
  /** Number of the server's last message that the client has acknowledged, as far as `trim` has told. */
  readonly acknowledged: number;
  /** The first message of the log `outgoing` continues one whose beginning was acknowledged. */
  readonly isContinuing: boolean;
}

/** What a session is at rest: everything that another process needs to go on with it. */
export interface SessionState {
  /** As in {@link SessionProgress}. */
  readonly handled: number;
  /** As in {@link SessionProgress}. */
  readonly handledWhole: number;
  /** The beginning of a message of the client that was acknowledged in part. */
  readonly beginning?: HeldBeginning | undefined;
  /** What `beginning` consists of, with the numbers by which the store may have it. Absent: it is one, with the number `handled`. */
  readonly parts?: readonly StoredPiece[] | undefined;
  /** Number of the server's last message that the client has acknowledged. */
  readonly acknowledged: number;
  /** The ones after it, without a gap. */
  readonly pieces: readonly StoredPiece[];
  /** The first of `pieces` continues a message whose beginning was acknowledged. */
  readonly isContinuing: boolean;
  /** As in {@link SessionProgress}. */
  readonly dropped?: readonly [first: number, last: number] | undefined;
  /** As in {@link SessionProgress}. */
  readonly data: string;
}

/** The state of a session that nothing has happened in. */
export function newState(data = ''): SessionState {
  return { handled: 0, handledWhole: 0, acknowledged: 0, pieces: [], isContinuing: false, data };
}

/** The head of a session that nothing has happened in. */
export function newHead(data = ''): SessionHead {
  return { handled: 0, handledWhole: 0, acknowledged: 0, isContinuing: false, data };
}

/** How a session ended, kept for a minute, so that a client that lost the last words can know. */
export interface Tombstone {
  /** Why it ended, as the client is told. */
  readonly why: Exclude<GoneReason, 'unknown'>;
  /** `handledWhole` of its state. Absent, as `sent` is: they are lost. */
  readonly handledWhole?: number | undefined;
  /** Number of the server's last message. */
  readonly sent?: number | undefined;
  /** How the application closed it, where `why` is `ended`. */
  readonly code?: number | undefined;
  /** The reason beside `code`. */
  readonly reason?: string | undefined;
}

/** What `create` is asked for. */
export interface Creation {
  /** Of the new session: not secret. */
  readonly id: string;
  /** SHA-256 of the first token. The token itself is never stored. */
  readonly tokenHash: string;
  /** What the client named it by before it knew the id. */
  readonly nonce: string;
  /** Which attempt of the client this is. */
  readonly attempt: number;
  /** Identifies the user: only the same user may claim it. */
  readonly bind: string;
  /** The process that owns it. Each start of a process has another name. */
  readonly node: string;
  /** The owner writes ahead: what the store has is current from now on, at first a state in which nothing has happened. */
  readonly isAhead: boolean;
  /** The application's own: text, 16 KiB at most. */
  readonly data: string;
}

/** What `claim` is asked for. */
export interface ClaimRequest {
  /** Of the session. */
  readonly id: string;
  /** SHA-256 of the token that was presented. */
  readonly tokenHash: string;
  /** SHA-256 of the token that replaces it. The presented one stays valid until `confirm`. */
  readonly nextHash: string;
  /** Which attempt of the client this is: `stale`, before the token is looked at, where a later one was seen (`isStale`). */
  readonly attempt: number;
  /** The user, as in {@link Creation}. */
  readonly bind: string;
  /** The process that asks, as in {@link Creation}. */
  readonly node: string;
  /**
   * It writes ahead: if what the store has is current, it stays so. Otherwise it is not current any more once the session is
   * claimed, until the next `commit`.
   */
  readonly isAhead: boolean;
}

/** A session is the asking process's. */
export interface Claimed {
  /** The session is the asking process's. */
  readonly kind: 'claimed';
  /** Of the session. */
  readonly id: string;
  /** Higher than that of any owner before. Every call of the owner names it. */
  readonly generation: number;
  /**
   * What the store has of it, where that is current and another process owned it before; or nobody did. Its logs are read by
   * `since`. Absent: the asking process owned it before, so what it has in memory counts; or the owner has died, and what the
   * store has is not current.
   */
  readonly head?: SessionHead | undefined;
  /** For a time no process owned it: it was released, or its owner has died. */
  readonly isOrphan: boolean;
}

/** A later attempt of the same client was seen. Nothing was changed. */
export interface Stale {
  /** Nothing was claimed. */
  readonly kind: 'stale';
}

/** What `claim` answers. */
export type ClaimAnswer =
  | Claimed
  /** No such session, or a token or user that is not its. A client cannot tell the three apart. */
  | { readonly kind: 'unknown'; readonly isRetiredToken: boolean }
  | Stale
  | { readonly kind: 'tombstone'; readonly tombstone: Tombstone };

/** An answer now or later. The memory store answers now, so that nothing waits where nothing has to. */
export type Answer<Value> = Value | Promise<Value>;

/**
 * What a call of the owner has done.
 *
 * - `written`: what it says.
 * - `fenced`: its generation is not the current one, another process owns the session; or it has ended. Nothing was changed.
 * - `lost`: the store has no such session, it has lost it. Nothing was changed.
 */
export type Written = 'written' | 'fenced' | 'lost';

/**
 * Where sessions are kept. All times are milliseconds, and pass by the store's clock.
 *
 * A store that cannot do what it is asked for rejects with an `Error` that says what failed, without credentials. A store need not
 * give up by itself: the caller stops waiting after its own time, and ignores a late answer.
 */
export interface SessionStore {
  /** Bytes of the largest piece that it takes: `part` of `resume` is lowered to it. Absent: any. */
  readonly maxPiece?: number | undefined;
  /**
   * Makes a session, unless there is one of the same `bind` and `nonce`. Then that one is claimed as by `claim`, where `renewToken`
   * allows it, and the answer is `stale` where not; if it has ended, a new one takes its place. So a client that lost the answer gets the same session again, and what
   * it sent long ago makes none.
   *
   * @param keep  how long it is kept if its owner dies
   */
  create(creation: Creation, keep: number): Answer<(Claimed & { readonly isNew: boolean }) | Stale>;
  /**
   * Makes the asking process the owner: tokens, attempt and generation change at once, or nothing does. Where another one owns it, that one is told by `onFenced` first,
   * and releases what it has before the answer; one that does not answer counts as dead. Claims of one session wait for each
   * other meanwhile, and what would refuse one (a later attempt, a retired token) is looked at again before the owner is told.
   *
   * @param keep  how long it is kept if its owner dies
   */
  claim(request: ClaimRequest, keep: number): Answer<ClaimAnswer>;
  /** As `head` of the claim that made this process the owner, if no other has become it since, nor `confirm` has dropped it. */
  load(id: string, generation: number): Answer<SessionHead | undefined>;
  /**
   * Pieces of a log with numbers above `after`, oldest first: as many as the store gives at once, and none where there are no
   * more. The caller goes on with the last number. Bytes are the caller's. `fenced` and `lost` as in {@link Written}: the
   * pieces that were read before are not all.
   */
  since(
    id: string,
    generation: number,
    log: SessionLog,
    after: number,
  ): Answer<readonly StoredPiece[] | 'fenced' | 'lost'>;
  /**
   * Adds to the end of a log. Numbers ascend; those that the log has already are skipped, since they are the same pieces.
   * Numbers of `outgoing` follow one another, the last one of the log, and the one that `trim` was given; a gap rejects, for
   * the store has lost something. Callers give at most 256 KiB, or one piece of any size. The arrays are the store's to keep,
   * the bytes nobody changes.
   */
  append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Answer<Written>;
  /**
   * The client has acknowledged the server's messages up to `acknowledged`: the log `outgoing` does not need them any more. Lower
   * than before: nothing happens. Higher than all that the log has: the log is empty, and goes on behind it.
   *
   * @param isContinuing  the message after it continues one of which the beginning goes
   */
  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Answer<Written>;
  /**
   * What else the state consists of. With this, and what was appended and trimmed before, the store's state is current. Parts of
   * `incoming` up to `handledWhole` are not needed any more.
   */
  commit(id: string, generation: number, progress: SessionProgress): Answer<Written>;
  /**
   * The client has the current token: the one before it is not valid any more, nor is the nonce. A state that is not current is
   * dropped, with its logs: the owner has it. It trims before it appends again.
   */
  confirm(id: string, generation: number): Answer<Written>;
  /**
   * The client is gone. The session ends `keep` milliseconds from now unless it is claimed. The process still owns it, and may
   * append, trim and commit.
   */
  detach(id: string, generation: number, keep: number): Answer<Written>;
  /**
   * The owner gives it up: it drains, needs the memory, or another process wants it. It has committed before, so the store has
   * all of it; a session that was not committed since the claim is lost.
   */
  release(id: string, generation: number, keep: number): Answer<Written>;
  /** The session has ended. Its tombstone is kept for `keep` milliseconds, and shown to a client that has its token. */
  end(id: string, generation: number, tombstone: Tombstone, keep: number): Answer<Written>;
  /** Another process claims a session of `node`. It may write with its old generation before its promise is settled. */
  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void;
  /** Gives everything back that it holds of the system. */
  close(): Answer<void>;
}

/** Bytes of pieces that one `append` has at most, text in UTF-8; or one piece, which may be as large as `part` of `resume`. */
export const MAX_APPEND = 256 * 1024;
