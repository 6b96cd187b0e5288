// Messages that wait for one that takes more than one turn to send: one that is deflated in pieces, or one whose source is
// still being read. It exists only while there is such a message. Control frames do not wait here, except a Close frame.
//
//   send, publish, sendStream, close ─▶ [ begun │ waits │ waits ] ─▶ outbox

import type { WebSocketError } from '../errors.ts';
import type { ByteCount } from '../message/outbox.ts';
import type { Scheduler } from '../ports.ts';
import type { Backpressure } from './backpressure.ts';

/** One thing to be sent. Each is told once to begin, or to drop. */
export interface Entry {
  /** Bytes that it keeps until it is sent. */
  readonly size: number;
  /** A `stream` ends with the connection; a `message` may be dropped while it waits; a `close` is the last one. */
  readonly kind: 'message' | 'stream' | 'close';
  /** Sends it, or begins to. @returns whether it is done; if not, `Backlog.done` must be called */
  begin(): boolean;
  /** It has begun: does all that is left at once, if that can be done. @returns whether it is done */
  finish?(): boolean;
  /** The transport has taken something. */
  written?(): void;
  /** It is not sent, or not to its end, and `begin` and `finish` are not called any more. */
  drop(error: WebSocketError): void;
}

/** Where the backlog belongs. */
export interface BacklogOwner {
  readonly backpressure: Backpressure;
  backlog: Backlog | undefined;
}

export class Backlog {
  readonly #owner: BacklogOwner;
  readonly #count: ByteCount | undefined;
  readonly #scheduler: Scheduler;
  /** Called after the turn in which nothing is left: its owner may be given back. */
  readonly #emptied: () => void;
  readonly #entries: Entry[] = [];
  #hasBegun = false;
  #size = 0;
  /** Bytes of the first entry are not counted any more. */
  #isReleased = false;

  constructor(owner: BacklogOwner, count: ByteCount | undefined, scheduler: Scheduler, emptied: () => void) {
    this.#owner = owner;
    this.#count = count;
    this.#scheduler = scheduler;
    this.#emptied = emptied;
    owner.backlog = this;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether a source is being read, or will be. */
  get hasStream(): boolean {
    return this.#entries.some(({ kind }) => kind === 'stream');
  }

  /** What is added to an empty backlog begins at once. */
  add(entry: Entry): void {
    this.#entries.push(entry);
    this.#grow(entry.size);
    if (!this.#hasBegun) this.#proceed();
  }

  /** The first entry, which has begun, is about to be queued: its bytes are counted there. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#grow(-(this.#entries[0] as Entry).size);
  }

  /** The first entry, which has begun, is done. */
  done(): void {
    this.#shift();
    this.#proceed();
  }

  /** An entry gives up by itself. */
  remove(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    if (at === 0 && this.#hasBegun) this.done();
    else if (at >= 0) {
      this.#entries.splice(at, 1);
      this.#grow(-entry.size);
    }
  }

  written(): void {
    if (this.#hasBegun) this.#entries[0]?.written?.();
  }

  /** Does all at once that can be done: too much waits. */
  catchUp(): void {
    while (this.#hasBegun && this.#entries[0]?.finish?.() === true) this.done();
  }

  /**
   * Drops messages that have not begun, the oldest first, until no more than `limit` bytes wait or no such message is left.
   * The first entry has begun: there is no backlog otherwise.
   *
   * @param dropped  called for each
   */
  dropOldest(limit: number, error: WebSocketError, dropped: () => void): void {
    for (let at = 1; at < this.#entries.length && this.#size > limit; ) {
      const entry = this.#entries[at] as Entry;
      if (entry.kind === 'message') {
        this.#entries.splice(at, 1);
        this.#grow(-entry.size);
        entry.drop(error);
        dropped();
      } else at++;
    }
  }

  /** Drops streams. One that has begun leaves its message open: nothing but control frames may follow it. */
  dropStreams(error: WebSocketError): void {
    const [first] = this.#entries;
    if (this.#hasBegun && first?.kind === 'stream') {
      this.dropAll(error);
      return;
    }
    for (const entry of this.#entries.filter(({ kind }) => kind === 'stream')) {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
      this.#grow(-entry.size);
      entry.drop(error);
    }
  }

  dropAll(error: WebSocketError): void {
    const entries = this.#entries.splice(0);
    this.#grow(-this.#size);
    this.#owner.backlog = undefined;
    for (const entry of entries) entry.drop(error);
    this.#empty();
  }

  #proceed(): void {
    for (let entry = this.#entries[0]; entry !== undefined; entry = this.#entries[0]) {
      this.#hasBegun = true;
      if (!entry.begin()) return;
      this.#shift();
    }
    if (this.#owner.backlog !== this) return; // dropped by what was sent last
    this.#owner.backlog = undefined;
    this.#empty();
  }

  #empty(): void {
    this.#owner.backpressure.emptied();
    this.#scheduler.afterTurn({ endOfTurn: this.#emptied });
  }

  #shift(): void {
    if (this.#entries.length === 0) return; // dropped meanwhile
    this.release();
    this.#entries.shift();
    this.#hasBegun = false;
    this.#isReleased = false;
  }

  #grow(size: number): void {
    this.#size += size;
    this.#owner.backpressure.held += size;
    this.#count?.add(size);
  }
}
