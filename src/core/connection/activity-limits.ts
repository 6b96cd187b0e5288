// How long a connection may live, in all and without a message. A message costs one flag, which is looked at when a
// deadline comes, four times per `idleTimeout`.

import type { Clock } from '../ports.ts';
import type { ConnectionOptions } from './options.ts';

/** Looks per `idleTimeout`: how precisely the time of the last message is known. */
const LOOKS = 4;

/** Signs of life that a deadline looks for. */
export interface SignsOfLife {
  readonly incoming: {
    /** Payload bytes of an incomplete data frame that have arrived; 0 between frames. */
    readonly frameProgress: number;
    /** A number that grows while a message arrives; 0 between messages. */
    readonly messageProgress: number;
  };
  readonly outgoing: {
    /** Bytes that wait for the peer. */
    readonly size: number;
    /** Bytes that the system has taken in all. */
    readonly taken: number;
  };
  readonly reading: {
    /** The application has paused reading. */
    readonly isPaused: boolean;
    /** Reading waits until the peer has taken its queued messages. */
    readonly isHeld: boolean;
  };
}

/** The limits of one connection. It has no timer; times are those of the connection's clock. */
export class ActivityLimits {
  readonly #idleTimeout: number;
  readonly #maxLifetime: number;
  /** Whether a message was sent or received since the last look. */
  isActive = false;
  /** Looks in a row that found no sign of life. */
  #idleLooks = 0;
  #lookAt: number;
  // The signs at the last look.
  #messageProgress = 0;
  #isQueueWaiting = false;
  #taken = 0;
  readonly #endAt: number;

  private constructor({ idleTimeout, maxLifetime }: ConnectionOptions, now: number) {
    this.#idleTimeout = idleTimeout;
    this.#maxLifetime = maxLifetime;
    this.#lookAt = idleTimeout > 0 ? now + idleTimeout / LOOKS : Infinity;
    this.#endAt = maxLifetime > 0 ? now + maxLifetime : Infinity;
  }

  /** @returns `undefined` if the options set no limit */
  static of(options: ConnectionOptions, clock: Clock): ActivityLimits | undefined {
    return options.idleTimeout > 0 || options.maxLifetime > 0 ? new ActivityLimits(options, clock.now()) : undefined;
  }

  /** When to call `expired`. */
  get deadline(): number {
    return Math.min(this.#lookAt, this.#endAt);
  }

  /**
   * The deadline has come.
   *
   * @returns the reason to close the connection with; `undefined` if it may live on
   */
  expired(now: number, signs: SignsOfLife): string | undefined {
    if (now >= this.#endAt) return `open for maxLifetime (${this.#maxLifetime} ms)`;
    this.#idleLooks = this.#isMoving(signs) || this.isActive ? 0 : this.#idleLooks + 1;
    this.isActive = false;
    if (this.#idleLooks >= LOOKS) return `idle for idleTimeout (${this.#idleTimeout} ms)`;
    this.#lookAt = now + this.#idleTimeout / LOOKS;
    return undefined;
  }

  /** Signs of life other than complete messages: one on its way in or out, or a reader that has paused. */
  #isMoving({ incoming, outgoing, reading }: SignsOfLife): boolean {
    const { messageProgress } = incoming;
    const isComing = messageProgress > 0 && messageProgress !== this.#messageProgress;
    // A queue that was empty at the last look may hold only a ping, which is not a message.
    const isWaiting = outgoing.size > 0;
    const isGoing = isWaiting && this.#isQueueWaiting && outgoing.taken !== this.#taken;
    this.#messageProgress = messageProgress;
    this.#isQueueWaiting = isWaiting;
    this.#taken = outgoing.taken;
    return reading.isPaused || isComing || isGoing;
  }
}
