// The watch over an unfinished message: its held bytes are counted, and it must make progress. It is made at the end
// of a chunk that leaves such a message, and ends with it, so that connections between messages have none.

import type { Host, Timer, TimerOwner } from '../ports.ts';
import type { SignsOfLife } from './activity-limits.ts';
import type { ConnectionOptions } from './options.ts';

/** Looks per `messageTimeout`: how precisely the time of the last progress is known. */
const LOOKS = 4;

/** Stands for a progress that is not known. */
const NOT_SEEN = -1;

/** The connection that receives the message. */
export interface MessageWatchOwner extends Pick<SignsOfLife, 'incoming' | 'reading'> {
  readonly host: Host;
  readonly options: ConnectionOptions;
  /** The message has made no progress for `messageTimeout`. */
  stalled(): void;
}

export class MessageWatch implements TimerOwner {
  readonly #owner: MessageWatchOwner;
  readonly #timer: Timer | undefined;
  /** The progress of the message at the last look. */
  #progress: number;
  /** Looks in a row that found no progress. */
  #idleLooks = 0;
  /** Bytes that are counted in the budget. */
  #counted = 0;

  constructor(owner: MessageWatchOwner) {
    this.#owner = owner;
    this.#progress = owner.incoming.messageProgress;
    if (owner.options.messageTimeout === 0) return;
    this.#timer = owner.host.clock.timer(this);
    this.#look();
  }

  /** Bytes that are kept of the message. */
  get size(): number {
    return this.#counted;
  }

  /** Call it at the end of a chunk. @param size  bytes that are kept of the message now */
  hold(size: number): void {
    const grown = size - this.#counted;
    this.#counted = size;
    this.#owner.options.unfinishedBudget?.add(grown);
  }

  /** The message is complete. The unfinished one at the end of the chunk is another, even if it has come as far. */
  renew(): void {
    this.#progress = NOT_SEEN;
  }

  /** Call it when the message is complete or will never be. */
  end(): void {
    this.#timer?.clear();
    this.hold(0);
  }

  #look(): void {
    this.#timer?.set(this.#owner.options.messageTimeout / LOOKS);
  }

  /** Called by the timer. */
  expired(): void {
    const { incoming, reading } = this.#owner;
    const { messageProgress } = incoming;
    // While we do not read, the peer cannot make progress.
    const isAwaited = messageProgress === this.#progress && !reading.isPaused && !reading.isHeld;
    this.#progress = messageProgress;
    this.#idleLooks = isAwaited ? this.#idleLooks + 1 : 0;
    if (this.#idleLooks < LOOKS) this.#look();
    else this.#owner.stalled();
  }
}
