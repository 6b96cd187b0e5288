// Writes that a transport has not finished with, and the callbacks that are called when it has.

import type { SentCallback } from './sent-callbacks.ts';

/** One write. */
export interface Flight {
  /** Bytes. */
  readonly size: number;
  /** Of the messages that left with it. */
  readonly callbacks: SentCallback[] | undefined;
  /** Of the queue's memory, to be released. */
  readonly pieces: readonly Uint8Array[] | undefined;
}

/** The unfinished writes of one connection. A transport finishes them in their order. */
export class Flights {
  /** The oldest first. */
  #list: (Flight & { callbacks: SentCallback[] | undefined })[] | undefined;
  #size = 0;

  /** Bytes of all of them. */
  get size(): number {
    return this.#size;
  }

  add(size: number, callbacks: SentCallback[] | undefined, pieces?: readonly Uint8Array[]): void {
    this.#list ??= [];
    this.#list.push({ size, callbacks, pieces });
    this.#size += size;
  }

  /**
   * Has callbacks called with the newest write, behind its own.
   *
   * @returns whether there is one
   */
  addToNewest(callbacks: readonly SentCallback[]): boolean {
    const newest = this.#list?.at(-1);
    if (newest === undefined) return false;
    newest.callbacks = newest.callbacks === undefined ? [...callbacks] : [...newest.callbacks, ...callbacks];
    return true;
  }

  /** Takes out the oldest, which is finished. @returns `undefined` when there is none */
  finish(): Flight | undefined {
    const flight = this.#list?.shift();
    if (flight !== undefined) this.#size -= flight.size;
    return flight;
  }

  /** Takes out all of them. */
  takeAll(): readonly Flight[] {
    const list = this.#list ?? [];
    this.#list = undefined;
    this.#size = 0;
    return list;
  }
}
