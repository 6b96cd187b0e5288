// The callbacks of messages that wait, in the order of the messages. Each is kept with the place where its message ends,
// counted in bytes ever added: so the callbacks of messages that have left, or were dropped, can be found.

import type { WebSocketError } from '../errors.ts';
import type { Scheduler } from '../ports.ts';

/** Entries that are done with and still in the list, before it is cut. */
const CUT_FROM = 512;
const none: SentCallback = () => {};

/** Told once what became of a message: handed to the system, or not and why. It may be async. */
// biome-ignore lint/suspicious/noExplicitAny: as of handlers, see HandlerResult
export type SentCallback = (error?: WebSocketError) => any;

/** The callbacks of one outbox. */
export class SentCallbacks {
  #callbacks: SentCallback[] = [];
  #ends: number[] = [];
  #head = 0;
  /** Of frames that stay although messages behind them were dropped. */
  #kept: SentCallback[] = [];

  add(callback: SentCallback, end: number): void {
    this.#callbacks.push(callback);
    this.#ends.push(end);
  }

  /** Takes out all. */
  takeAll(): SentCallback[] | undefined {
    const rest = this.#head === 0 ? this.#callbacks : this.#callbacks.slice(this.#head);
    const all = this.#kept.length === 0 ? rest : this.#kept.concat(rest);
    this.#kept = [];
    this.#reset();
    return all.length === 0 ? undefined : all;
  }

  /** Takes out those of frames that end at `end` or before. */
  takeUntil(end: number): SentCallback[] | undefined {
    this.#keepUntil(end);
    const taken = this.#kept;
    this.#kept = [];
    return taken.length === 0 ? undefined : taken;
  }

  /** Takes out that of the message which ends at `end`; frames before it stay. */
  takeAt(end: number): SentCallback | undefined {
    this.#keepUntil(end - 1);
    if (this.#head === this.#ends.length || this.#ends[this.#head] !== end) return undefined;
    const callback = this.#callbacks[this.#head];
    this.#pass();
    return callback;
  }

  #keepUntil(end: number): void {
    while (this.#head < this.#ends.length && this.#ends[this.#head] <= end) {
      this.#kept.push(this.#callbacks[this.#head]);
      this.#pass();
    }
  }

  #pass(): void {
    this.#callbacks[this.#head++] = none;
    if (this.#head === this.#callbacks.length) this.#reset();
    else if (this.#head >= CUT_FROM && this.#head * 2 >= this.#callbacks.length) {
      this.#callbacks.splice(0, this.#head);
      this.#ends.splice(0, this.#head);
      this.#head = 0;
    }
  }

  #reset(): void {
    this.#callbacks = [];
    this.#ends = [];
    this.#head = 0;
  }
}

/** Calls callbacks at the end of the turn, in order. What one of them throws surfaces as uncaught; the others are called. */
export function callSent(
  scheduler: Scheduler,
  callbacks: readonly SentCallback[] | undefined,
  error: WebSocketError | undefined,
): void {
  if (callbacks === undefined) return;
  scheduler.afterTurn({
    endOfTurn() {
      for (const callback of callbacks) {
        try {
          callback(error);
        } catch (exception) {
          scheduler.reportUncaught(exception);
        }
      }
    },
  });
}
