// One direction of an in-memory connection. It treats bytes as TCP and the system do: it copies them when it takes them,
// keeps them in a buffer of bounded size until the reader wants them, delivers them in order but not in the pieces in which
// they were written, and ends with a FIN or a reset.
//
//   write ──copy──▶ departing ──link────▶ arrived ──take──▶ reader
//     │               └──────── at most `bufferSize` ────────┘
//     └─ bytes that do not fit wait by reference, and so does the callback of the write

import type { AsyncResource } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import { type Link, SEGMENT } from './link.ts';
import { streamError } from './system-error.ts';
import type { Traffic } from './traffic.ts';

/** What TCP signals between bytes: FIN or RST. */
export type Mark = 'end' | 'reset';

/** What a pipe belongs to: one direction of a connection. */
export interface Line {
  /** When what is sent arrives. */
  readonly link: Link;
  /** The connection is lost: all bytes that a condition lets through have arrived. */
  lost(): void;
  /** Keeps a copy of what is sent, or a note. */
  record(item: Uint8Array | Mark | { readonly note: string }): void;
}

/** The reader of a pipe. */
export interface Reader {
  /** Something can be taken. */
  arrived(): void;
  /** The writer has reset the connection. Called at once; `take` still returns the bytes before the reset first. */
  wasReset(): void;
  /** Bytes arrived after the reader had closed. */
  unwanted(): void;
}

interface PendingWrite {
  readonly bytes: Uint8Array;
  /** Bytes taken so far. */
  taken: number;
  readonly callback: (error?: Error) => void;
}

export class Pipe {
  /** Set before anything is written. */
  line: Line | undefined;
  /** The asynchronous context of the writer. */
  writer: AsyncResource | undefined;
  readonly #traffic: Traffic;
  readonly #reader: Reader;
  /** Bytes taken from the writer that the reader has not taken. */
  #size = 0;
  #pending: PendingWrite | undefined;
  /** Items that leave together. */
  #departing: (Buffer | Mark)[] | undefined;
  #departure = 0;
  readonly #arrived: (Buffer | Mark)[] = [];
  /** Whether the writer has ended, by FIN or by reset. */
  #isEnded = false;
  /** Whether the reader has closed. */
  #isClosed = false;
  #isRefilling = false;
  /** Bytes that have departed. */
  #sent = 0;
  /** Whether nothing departs any more, although nobody has ended. */
  #isSevered = false;
  /** Whether nothing arrives any more. */
  #isDead = false;

  constructor(traffic: Traffic, reader: Reader) {
    this.#traffic = traffic;
    this.#reader = reader;
  }

  /** Whether something has arrived that the reader has not taken. */
  get hasNext(): boolean {
    return this.#arrived.length > 0;
  }

  /** Whether bytes have arrived that the reader has not taken. */
  get hasUnread(): boolean {
    return this.#arrived.some((item) => typeof item !== 'string');
  }

  /** Bytes of the pending write that wait for room. */
  get waiting(): number {
    return this.#pending === undefined ? 0 : this.#pending.bytes.length - this.#pending.taken;
  }

  /** Writes bytes, one write at a time. Calls `callback` when all bytes have been taken, perhaps at once. */
  write(bytes: Uint8Array, callback: (error?: Error) => void): void {
    this.#pending = { bytes, taken: 0, callback };
    this.#fill();
  }

  /** Sends a FIN after everything that was written. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#depart('end');
  }

  /** Sends an RST and drops a pending write. May follow a FIN. */
  reset(): void {
    this.#isEnded = true;
    this.fail('ECANCELED');
    this.#depart('reset');
  }

  /** Fails a pending write. */
  fail(code: 'ECONNRESET' | 'ECANCELED'): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.callback(streamError('write', code));
  }

  /** Takes the next item: at most `limit` bytes, which the reader then owns, or a mark. */
  take(limit: number): Buffer | Mark | undefined {
    const first = this.#arrived[0];
    if (first === undefined || typeof first === 'string') {
      this.#arrived.shift();
      return first;
    }
    const parts: Buffer[] = [];
    let room = limit;
    for (let next = this.#arrived[0]; room > 0 && next instanceof Buffer; next = this.#arrived[0]) {
      if (next.length > room) {
        parts.push(next.subarray(0, room));
        this.#arrived[0] = next.subarray(room);
        room = 0;
      } else {
        parts.push(next);
        this.#arrived.shift();
        room -= next.length;
      }
    }
    this.#size -= limit - room;
    this.#refill();
    return parts.length === 1 ? first.subarray(0, limit - room) : Buffer.concat(parts);
  }

  /** Ends reading. */
  close(): void {
    this.#isClosed = true;
    this.#arrived.length = 0;
  }

  /** Nothing passes any more, and nobody is told. Data on its way is lost. */
  sever(): void {
    this.#isSevered = true;
    this.#isDead = true;
  }

  /** The connection is lost: the reader gets a reset after what has arrived. */
  breakOff(): void {
    if (this.#isDead) return;
    this.#isSevered = true;
    this.#arrive(['reset']);
    this.#isDead = true;
  }

  /** Copies as much of a pending write as there is room for. */
  #fill(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const { bytes, taken, callback } = pending;
    const count = Math.min(bytes.length - taken, this.#traffic.bufferSize - this.#size);
    if (count > 0) {
      this.#size += count;
      pending.taken += count;
      this.#depart(Buffer.from(bytes.subarray(taken, taken + count)));
    }
    if (pending.taken < bytes.length) return;
    this.#pending = undefined;
    callback();
  }

  /** Fills the new room in a separate turn of the event loop, in the context of the writer. */
  #refill(): void {
    if (this.#pending === undefined || this.#isRefilling) return;
    this.#isRefilling = true;
    this.#traffic.later(() => {
      this.#isRefilling = false;
      this.#fill();
    }, this.writer);
  }

  #depart(item: Buffer | Mark): void {
    const { line } = this;
    if (this.#isSevered || line === undefined) return;
    if (typeof item === 'string') {
      line.record(item);
      this.#pass(line.link, item);
      return;
    }
    const { loseAt } = line.link.state;
    const bytes = item.subarray(0, Math.max(0, loseAt - this.#sent));
    this.#sent += bytes.length;
    if (bytes.length > 0) {
      line.record(bytes);
      this.#pass(line.link, bytes);
    }
    if (this.#sent < loseAt) return;
    this.#isSevered = true;
    line.record({ note: `lost after ${this.#sent} bytes` });
    line.link.send(0, () => line.lost());
  }

  #pass(link: Link, item: Buffer | Mark): void {
    const { bandwidth, jitter } = link.state;
    if (bandwidth !== Number.POSITIVE_INFINITY || jitter > 0) {
      this.#departing = undefined;
      for (const piece of piecesOf(item)) {
        link.send(typeof piece === 'string' ? 0 : piece.length, () => this.#arrive([piece]));
      }
      return;
    }
    const now = this.#traffic.clock.now();
    if (this.#departing !== undefined && this.#departure === now) {
      this.#departing.push(item);
      return;
    }
    const items = [item];
    this.#departing = items;
    this.#departure = now;
    link.send(0, () => {
      if (this.#departing === items) this.#departing = undefined;
      this.#arrive(items);
    });
  }

  #arrive(items: readonly (Buffer | Mark)[]): void {
    if (this.#isDead) return;
    if (this.#isClosed) {
      if (items.some((item) => typeof item !== 'string')) this.#reader.unwanted();
      return;
    }
    this.#arrived.push(...items);
    if (items.includes('reset')) this.#reader.wasReset();
    this.#reader.arrived();
  }
}

/** What travels together where bandwidth is scarce. */
function piecesOf(item: Buffer | Mark): (Buffer | Mark)[] {
  if (typeof item === 'string') return [item];
  const pieces: Buffer[] = [];
  for (let at = 0; at < item.length; at += SEGMENT) pieces.push(item.subarray(at, at + SEGMENT));
  return pieces;
}
