// How a client's end is set up, and what it tells its host.

import type { AnnouncedLimits, GoneReason, Range } from './control.ts';
import type { Delivery, Payload, Returned } from './ports.ts';

/** How a client's end is set up. Times are milliseconds, sizes bytes. */
export interface ClientOptions {
  readonly limits: AnnouncedLimits;
  /** Bytes of messages that may be held and wait. A message that would exceed it is answered `full`. */
  readonly maxQueued: number;
  /** Bytes of these from which the end counts as full, if it is less than the window. Default: the window. */
  readonly highWaterMark?: number | undefined;
  /** From the opening of a connection to a live session, and for an answer to `Q`. */
  readonly answerTimeout: number;
  readonly acknowledgeDelay: number;
  /** Where a session cannot be resumed: begin a new one, or end. */
  readonly startsAnew: boolean;
  /** Deliver the parts of a message one by one, as they come, instead of joining them. */
  readonly deliversPieces: boolean;
}

/** A session has begun or gone on. */
export interface Live {
  readonly id: string;
  /** It goes on. */
  readonly isResumed: boolean;
  /** Milliseconds that the server keeps it without a connection. */
  readonly keep: number;
  /** Messages of the server that are lost. */
  readonly lost: Range | undefined;
  /** Messages published to topics are missing: for a time, no server owned the session. */
  readonly isOrphan: boolean;
}

/** A session was lost. */
export interface Expired {
  readonly why: GoneReason;
  /** Messages of the server that did not arrive and will not. Absent: not known. */
  readonly lost: Range | undefined;
  /** Messages of this end that the server has not handled, oldest first; `lost` and this are all that is missing. */
  readonly returned: readonly Returned[];
}

/** The connection was lost, and the session waits for another. */
export interface Interrupted {
  readonly code: number;
  readonly reason: string;
  /** Milliseconds before the next attempt, as the server asks. */
  readonly after: number | undefined;
  /** Where to connect next, as the server asks. The host checks it: same scheme, an allowed host. */
  readonly url: string | undefined;
}

/** What a client's end tells its host. It does so inside `received` and timers, but in no other call of the host. */
export interface ClientEvents {
  /** A message of the server. The host calls `handled` with it once it was handled. */
  message(delivery: Delivery): void;
  /** The session is live: new, or resumed. */
  live(session: Live): void;
  interrupted(interruption: Interrupted): void;
  /** The session is lost. A new one begins on the same connection, or `closed` follows. */
  expired(expiry: Expired): void;
  /**
   * The server does not speak wsr1: the connection is the host's, and the end is not used any more.
   *
   * @param first   a message that has come
   * @param queued  what `send` has taken so far, for the host to send
   */
  plain(first: Payload | undefined, queued: readonly Returned[]): void;
  /** There is room for messages again. */
  writable(): void;
  /** The server has acknowledged: streams may have room. */
  roomMade?(): void;
  /** The server has handled everything that was sent. */
  flushed(): void;
  /** It is over: nothing follows. `returned`: what the server has not acknowledged. */
  closed(end: { readonly code: number; readonly reason: string; readonly returned: readonly Returned[] }): void;
}
