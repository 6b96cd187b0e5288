// How long a connection may live: in all, and without a message. Costs a message one flag; what it says is looked at
// when a deadline comes, four times in each `idleTimeout`.

import type { Clock } from '../ports.ts';
import type { ConnectionOptions } from './options.ts';

/** Looks in one `idleTimeout`: how precisely the last message is known. */
const LOOKS = 4;

/** What is looked at, when a deadline comes, for signs of life. */
export interface SignsOfLife {
  readonly incoming: {
    /** Payload bytes that have come of a data frame that is not complete; 0 outside of one. */
    readonly frameProgress: number;
    /** A number that grows while a message comes in; 0 outside of one. */
    readonly messageProgress: number;
  };
  readonly outgoing: {
    /** Bytes that wait for the peer. */
    readonly size: number;
    /** Bytes that it has ever taken. */
    readonly taken: number;
  };
  readonly reading: {
    /** The application does not want to know what comes. */
    readonly isPaused: boolean;
    /** Nothing is read until the peer takes what waits for it. */
    readonly isHeld: boolean;
  };
}

/** Holds no timer. Times are those of the connection's clock. */
export class ActivityLimits {
  readonly #idleTimeout: number;
  readonly #maxLifetime: number;
  /** A message was sent or received since the last look. */
  isActive = false;
  /** Looks in a row that found nothing. */
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

  /** @returns nothing where the options set no bound */
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
   * @returns reason to close the connection with
   */
  expired(now: number, signs: SignsOfLife): string | undefined {
    if (now >= this.#endAt) return `open for maxLifetime (${this.#maxLifetime} ms)`;
    this.#idleLooks = this.#isMoving(signs) || this.isActive ? 0 : this.#idleLooks + 1;
    this.isActive = false;
    if (this.#idleLooks >= LOOKS) return `idle for idleTimeout (${this.#idleTimeout} ms)`;
    this.#lookAt = now + this.#idleTimeout / LOOKS;
    return undefined;
  }

  /** Signs of life besides whole messages: one on its way in or out, or a reader here that does not want to know. */
  #isMoving({ incoming, outgoing, reading }: SignsOfLife): boolean {
    const { messageProgress } = incoming;
    const isComing = messageProgress > 0 && messageProgress !== this.#messageProgress;
    // A queue that is empty in between holds a ping now and then, which is no message.
    const isWaiting = outgoing.size > 0;
    const isGoing = isWaiting && this.#isQueueWaiting && outgoing.taken !== this.#taken;
    this.#messageProgress = messageProgress;
    this.#isQueueWaiting = isWaiting;
    this.#taken = outgoing.taken;
    return reading.isPaused || isComing || isGoing;
  }
}
