// What the application of a client that resumes is told, beside messages.

import type { Buffer } from 'node:buffer';
import type { WebSocketError } from '../../core/errors.ts';

/** A message of this client that the server has not acknowledged. */
export interface ReturnedMessage {
  /** Text, or a copy of the bytes that were passed. It belongs to the application. */
  readonly data: string | Buffer;
  /** Whether it is a binary message. */
  readonly isBinary: boolean;
  /** Whether some of it has left: the server may have handled it. */
  readonly wasSent: boolean;
  /** Whether its beginning is missing: the server has acknowledged that, and it was not kept. */
  readonly isIncomplete: boolean;
}

/** What `resumed` is told. */
export interface Resumed {
  /** Numbers of the first and the last message of the server that are lost. `undefined`: none. */
  readonly lost: readonly [first: number, last: number] | undefined;
  /** Whether no server had the session for a time: messages that were published to topics meanwhile are missing. */
  readonly isOrphan: boolean;
}

/** What `expired` is told. */
export interface SessionExpiry {
  /**
   * Why the session is gone. `'expired'`: the client was away for too long. `'overflow'`: more waited for it than the
   * server keeps. `'regressed'`: the server has forgotten a part. `'ended'`: the server has ended it. `'unknown'`: the server
   * does not know it, or does not let this user have it. `'plain'`: the connection before was a plain one, without a
   * session.
   */
  readonly why: 'unknown' | 'expired' | 'overflow' | 'regressed' | 'ended' | 'plain';
  /** Numbers of the first and the last message of the server that are lost. `undefined`: not known. */
  readonly lost: readonly [first: number, last: number] | undefined;
  /** Whether `unsent` has a message whose beginning is missing. */
  readonly incomplete: boolean;
  /** What the server has not acknowledged, oldest first. Nothing sends it again by itself. */
  readonly unsent: readonly ReturnedMessage[];
}

/** How a client that resumes has ended. */
export interface ResumableEnd {
  /** Close code of the session: the server's, or the one of `close`; 1006 where it did not end by either. */
  readonly code: number;
  /** Reason of that Close frame; empty without one. */
  readonly reason: string;
  /** Why the client gave up. Absent where one of the two sides has closed the session. */
  readonly error?: WebSocketError | undefined;
  /** What the server has not acknowledged, oldest first. */
  readonly unsent: readonly ReturnedMessage[];
}
