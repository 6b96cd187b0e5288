// One direction of a connection in memory, with what TCP and the system do to bytes: they are copied when they are
// taken, wait in a buffer of bounded size until the reader wants them, arrive in order, in other pieces than they were
// written, and end with a FIN or a reset.
//
//   write ──copy──▶ departing ──latency──▶ arrived ──take──▶ reader
//     │               └──────── at most `bufferSize` ────────┘
//     └─ what does not fit waits by reference, and the write with it

import type { AsyncResource } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import { streamError } from './system-error.ts';
import type { Traffic } from './traffic.ts';

/** TCP's marks between bytes. */
export type Mark = 'end' | 'reset';

/** The reader of a pipe. */
export interface Reader {
  /** Something is there to be taken. */
  arrived(): void;
  /** The writer has reset the connection: known at once, while `take` gives the bytes before it first. */
  wasReset(): void;
  /** Bytes came after the reader had gone. */
  unwanted(): void;
}

interface PendingWrite {
  readonly bytes: Uint8Array;
  /** Bytes taken so far. */
  taken: number;
  readonly callback: (error?: Error) => void;
}

export class Pipe {
  /** Asynchronous context of the writer. */
  writer: AsyncResource | undefined;
  readonly #traffic: Traffic;
  readonly #reader: Reader;
  /** Bytes taken from the writer and not by the reader. */
  #size = 0;
  #pending: PendingWrite | undefined;
  /** Leaves together. */
  #departing: (Buffer | Mark)[] | undefined;
  #departure = 0;
  readonly #arrived: (Buffer | Mark)[] = [];
  /** The writer is done: by FIN or by reset. */
  #isEnded = false;
  /** The reader is gone. */
  #isClosed = false;
  #isRefilling = false;

  constructor(traffic: Traffic, reader: Reader) {
    this.#traffic = traffic;
    this.#reader = reader;
  }

  /** Whether something has arrived that nobody has taken. */
  get hasNext(): boolean {
    return this.#arrived.length > 0;
  }

  /** Whether bytes have arrived that nobody has read. */
  get hasUnread(): boolean {
    return this.#arrived.some((item) => typeof item !== 'string');
  }

  /** Bytes of a write that wait for room. */
  get waiting(): number {
    return this.#pending === undefined ? 0 : this.#pending.bytes.length - this.#pending.taken;
  }

  /** One write at a time. `callback` is called, perhaps at once, when all bytes have been taken. */
  write(bytes: Uint8Array, callback: (error?: Error) => void): void {
    this.#pending = { bytes, taken: 0, callback };
    this.#fill();
  }

  /** FIN, after all that was written. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#depart('end');
  }

  /** RST. A pending write is dropped. May also follow a FIN. */
  reset(): void {
    this.#isEnded = true;
    this.fail('ECANCELED');
    this.#depart('reset');
  }

  /** Ends a pending write with an error. */
  fail(code: 'ECONNRESET' | 'ECANCELED'): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.callback(streamError('write', code));
  }

  /** What comes next, bytes up to `limit` at once. The reader owns them. */
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

  /** Nobody will read any more. */
  close(): void {
    this.#isClosed = true;
    this.#arrived.length = 0;
  }

  /** Copies of a pending write as much as there is room for. */
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

  /** The writer learns of new room in a separate turn. */
  #refill(): void {
    if (this.#pending === undefined || this.#isRefilling) return;
    this.#isRefilling = true;
    this.#traffic.later(() => {
      this.#isRefilling = false;
      this.#fill();
    }, this.writer);
  }

  #depart(item: Buffer | Mark): void {
    const now = this.#traffic.clock.now();
    if (this.#departing !== undefined && this.#departure === now) {
      this.#departing.push(item);
      return;
    }
    const items = [item];
    this.#departing = items;
    this.#departure = now;
    this.#traffic.send(() => {
      if (this.#departing === items) this.#departing = undefined;
      this.#arrive(items);
    });
  }

  #arrive(items: readonly (Buffer | Mark)[]): void {
    if (this.#isClosed) {
      if (items.some((item) => typeof item !== 'string')) this.#reader.unwanted();
      return;
    }
    this.#arrived.push(...items);
    if (items.includes('reset')) this.#reader.wasReset();
    this.#reader.arrived();
  }
}
