// What the ends of wsr1 need from their host, and what passes between them. No sockets and no timers of their own: a host
// gives time, randomness and hashing, and one port for each connection.

import type { Clock, Random } from '../../core/ports.ts';

/** A message, or a part of one. Bytes that an end was given are kept as they are: nobody may change them any more. */
export type Payload = string | Uint8Array;

/** One WebSocket connection, as an end sees it. Calls must not be answered from inside. */
export interface LinkPort {
  /** Sends a control message: one text frame, in order with all others, never compressed (RSV1 = 0) where it is possible. */
  control(text: string): void;
  /**
   * Sends a data message in order.
   *
   * @param data        as it goes onto the wire
   * @param attachment  what `send` was given with the message, where the message goes whole and unchanged: a prepared
   *                    frame, for instance. Otherwise `undefined`.
   */
  data(data: Payload, attachment: unknown): void;
  /** Starts the closing handshake, after what was sent. `closed` of the link follows, or not: the end has let go of it. */
  close(code: number, reason: string): void;
  /** Drops the connection without waiting for anything. */
  abandon(): void;
}

/** What a host tells of one connection. An end ignores calls for a connection that it has let go of. */
export interface Link {
  /** One whole message of the peer. */
  received(data: Payload): void;
  /** Some bytes have arrived, of a message that is not complete: the peer lives. */
  alive(): void;
  /** The connection is gone. 1006 where no close code came. */
  closed(code: number, reason: string): void;
}

/** What both ends need. */
export interface EndHost {
  readonly clock: Clock;
  readonly random: Random;
  /** Bytes of `text` in UTF-8. */
  textSize(text: string): number;
}

/** What the server's end also needs. */
export interface ServerHost extends EndHost {
  /** SHA-256 of the ASCII `text`, in any text form that is always the same. */
  sha256(text: string): string;
}

/**
 * One message for the application, or one piece of it where the end delivers pieces. The host gives the same object to `handled`
 * of the end once the application has handled it.
 */
export interface Delivery {
  /** Number of the last data message that belongs to it. */
  readonly sequence: number;
  readonly data: Payload;
  readonly isBinary: boolean;
  /**
   * `whole`: all of a message. The others only come where the end delivers pieces: `first`, `middle` and `last` pieces of
   * one message, or `void`: its source failed, and the pieces delivered so far are not a message.
   */
  readonly position: 'whole' | 'first' | 'middle' | 'last' | 'void';
  /** Of a `void` that the peer did not send: the rest of the message is lost, or the session is over. */
  readonly missing?: 'lost' | 'over' | undefined;
}

/** A message that was not acknowledged when its session ended. */
export interface Returned {
  readonly data: Payload;
  readonly isBinary: boolean;
  readonly attachment: unknown;
  /** Whether some of it has left this end: the peer may have handled it. */
  readonly wasSent: boolean;
  /** `data` is only the end of a message: its beginning was acknowledged and is not held any more. */
  readonly isIncomplete: boolean;
}

/**
 * - `taken`: the message will go out, or is kept.
 * - `full`: the bound on waiting bytes is reached, nothing was kept.
 * - `tooLarge`: the peer takes no message of this size.
 * - `ended`: there is no session any more.
 */
export type SendOutcome = 'taken' | 'full' | 'tooLarge' | 'ended';
