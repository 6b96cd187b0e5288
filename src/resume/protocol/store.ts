// The contract of stores: where sessions are known by their id while no process owns them, or several could. The reception
// (reception.ts) calls it; a store keeps records and decides claims, atomically. `tokens.ts` has the rules of tokens, which
// every store applies in the same way.
//
// A process *owns* a session from `create` or `claim` until `release`, `end`, or until another claim gives it a new generation.
// What an owner has in memory counts, and the store has the state of a session only from `release` to the next claim. If the
// owner dies, its state is gone: a later claim gets none, and the client is told (`regressed`). An old state would be worse
// than none: nobody would know what is missing.

import type { GoneReason } from './control.ts';
import type { HeldBeginning } from './inbound.ts';
import type { PieceEnd } from './outbound.ts';
import type { Payload } from './ports.ts';

/** One message of the server that the client has not acknowledged: one piece of the wire, with its number. */
export interface StoredPiece {
  /** Its number in the session, from 1. */
  readonly sequence: number;
  /** A text, or bytes that nobody changes any more. */
  readonly data: Payload;
  /** Whether the message ends with it. */
  readonly end: PieceEnd;
}

/** What a session is at rest: everything that another process needs to go on with it. */
export interface SessionState {
  /** Number of the client's messages that were handled: where its replay begins. Never below what was acknowledged. */
  readonly handled: number;
  /** As `handled`, up to the end of a whole message. */
  readonly handledWhole: number;
  /** The beginning of a message of the client that was acknowledged in part. */
  readonly beginning?: HeldBeginning | undefined;
  /** Number of the server's last message that the client has acknowledged. */
  readonly acknowledged: number;
  /** The ones after it, without a gap. */
  readonly pieces: readonly StoredPiece[];
  /** The first of `pieces` continues a message whose beginning was acknowledged. */
  readonly isContinuing: boolean;
  /** Messages that were dropped while the client was away, and that it was not told of yet. */
  readonly dropped?: readonly [first: number, last: number] | undefined;
  /** The application's own: text, 16 KiB at most. */
  readonly data: string;
}

/** The state of a session that nothing has happened in. */
export function newState(data = ''): SessionState {
  return { handled: 0, handledWhole: 0, acknowledged: 0, pieces: [], isContinuing: false, data };
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
   * Its state, where its owner has released it. Absent: the asking process owned it before, so what it has in memory counts;
   * or its owner has died.
   */
  readonly state?: SessionState | undefined;
  /** For a time no process owned it. */
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

/** The generation of a call is not the current one: another process owns the session. Nothing was changed. */
export type Written = 'written' | 'fenced';

/** All times are milliseconds, and pass by the store's clock. */
export interface SessionStore {
  /**
   * Makes a session, unless there is one of the same `bind` and `nonce`. Then that one is claimed as by `claim`, where `renewToken`
   * allows it, and the answer is `stale` where not; if it has ended, a new one takes its place. So a client that lost the answer gets the same session again, and what
   * it sent long ago makes none.
   */
  create(creation: Creation, keep: number): Answer<(Claimed & { readonly isNew: boolean }) | Stale>;
  /**
   * Makes the asking process the owner: tokens, attempt and generation change at once, or nothing does. Where another one owns it, that one is told by `onFenced` first,
   * and releases what it has before the answer; one that does not answer counts as dead. Claims of one session wait for each
   * other meanwhile, and what would refuse one (a later attempt, a retired token) is looked at again before the owner is told.
   */
  claim(request: ClaimRequest): Answer<ClaimAnswer>;
  /** As `state` of the claim that made this process the owner, if no other has become it since. */
  load(id: string, generation: number): Answer<SessionState | undefined>;
  /** The client has the current token: the one before it is not valid any more, nor is the nonce. */
  confirm(id: string, generation: number): Answer<Written>;
  /** The client is gone. The session ends `keep` milliseconds from now unless it is claimed. The process still owns it. */
  detach(id: string, generation: number, keep: number): Answer<Written>;
  /** The owner gives it up: it drains, needs the memory, or another process wants it. The store has all of it from now on. */
  release(id: string, generation: number, keep: number, state: SessionState): Answer<Written>;
  /** The session has ended. Its tombstone is kept for `keep` milliseconds, and shown to a client that has its token. */
  end(id: string, generation: number, tombstone: Tombstone, keep: number): Answer<Written>;
  /** Another process claims a session of `node`. It may `release` with its old generation before its promise is settled. */
  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void;
  /** Gives everything back that it holds of the system. */
  close(): Answer<void>;
}
