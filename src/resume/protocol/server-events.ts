// How a server's end is set up, what its application is told, and what a connection brings.

import type { AnnouncedLimits, Range } from './control.ts';
import type { Delivery, LinkPort, Returned } from './ports.ts';
import type { Tombstone } from './store.ts';

/** How sessions are set up on a server. Times are milliseconds, sizes bytes. */
export interface ServerSettings {
  readonly limits: AnnouncedLimits;
  /** Bytes of messages that are held and wait, of one session. */
  readonly maxQueued: number;
  /** Bytes of these from which the end counts as full, if it is less than the window. Default: the window. */
  readonly highWaterMark?: number | undefined;
  /**
   * As `maxQueued`, and messages in number, while there is no connection. If none is held, one of any size is taken.
   * Messages that waited before the connection was lost stay.
   */
  readonly maxDetached: number;
  readonly maxDetachedMessages: number;
  /** What becomes of a session without a connection for which more is sent: it ends, or loses its oldest messages. */
  readonly overflow: 'end' | 'gap';
  /** How long a session is kept without a connection; and if the client said that it goes away (1001). */
  readonly keep: number;
  readonly keepAway: number;
  /** How long is remembered how a session ended. */
  readonly keepTombstone: number;
  /** From the opening of a connection to `S`. */
  readonly startTimeout: number;
  /** Silence after which a client asks, and the server if messages are unacknowledged. */
  readonly heartbeat: number;
  /** Time for an `A` after `Q`, however well pings are answered. */
  readonly answerTimeout: number;
  readonly acknowledgeDelay: number;
  /** Deliver the parts of a message one by one, as they come, instead of joining them. */
  readonly deliversPieces: boolean;
  /** When sessions are written to the store (keeping.ts). Absent: when they are released only. */
  readonly mode?: 'spill' | 'ahead' | undefined;
  /** Time that a call of the store may take. */
  readonly storeTimeout: number;
}

/** What the application of a session is told. */
export interface ServerEvents {
  /** A message of the client. The host calls `handled` with it once it was handled. */
  message(delivery: Delivery): void;
  /** A connection carries it: the first, or another one. `lost`: messages of this end that the client was told of as lost. */
  live(how: {
    /** Of the connection. */
    readonly port: LinkPort;
    readonly isResumed: boolean;
    readonly lost: Range | undefined;
    readonly isOrphan: boolean;
  }): void;
  /** It has no connection any more, and is kept. */
  detached(how: { readonly code: number; readonly reason: string }): void;
  /** There is room for messages again. */
  writable(): void;
  /** The client has acknowledged: streams may have room. */
  roomMade?(): void;
  /** The client has handled everything that was sent. */
  flushed(): void;
  /** Nothing follows. `isByClient`: the client ended the session, by `B`. */
  ended(end: {
    readonly why: Tombstone['why'];
    readonly code: number;
    readonly reason: string;
    readonly isByClient: boolean;
    readonly returned: readonly Returned[];
  }): void;
  /** It goes on in another process, or waits in the store. Nothing follows here. */
  released(): void;
}

/** A connection that a session may have. */
export interface ServerLink {
  readonly port: LinkPort;
}

/** What a claim has given. */
export interface Grant {
  readonly generation: number;
  /** The next token, for the client. */
  readonly token: string;
  readonly isResumed: boolean;
  readonly isOrphan: boolean;
}
