// A message of many connections that is deflated in pieces, each in another turn, once for all of them (RFC 7692 §7.1): a
// `publish` of a large message does not stop the process for the time that this takes.

import type { Deflater, Job, Memory, Scheduler } from '../ports.ts';

/** Bytes that are deflated in one turn. */
const PIECE = 64 * 1024;

/** Told when it is done; with what was thrown, if it failed. */
export type Deflated = (exception?: unknown) => void;

export class SharedDeflation implements Job {
  readonly #deflater: Deflater;
  readonly #payload: Uint8Array;
  readonly #memory: Memory;
  readonly #scheduler: Scheduler;
  readonly #done: (payload: Uint8Array | undefined) => void;
  readonly #waiting = new Set<Deflated>();
  readonly #pieces: Uint8Array[] = [];
  #at = 0;
  #size = 0;
  #isOver = false;

  /** @param done  called before those who wait, with the deflated payload; `undefined`: it is not smaller, or has failed */
  constructor(
    deflater: Deflater,
    payload: Uint8Array,
    memory: Memory,
    scheduler: Scheduler,
    done: (payload: Uint8Array | undefined) => void,
  ) {
    this.#deflater = deflater;
    this.#payload = payload;
    this.#memory = memory;
    this.#scheduler = scheduler;
    this.#done = done;
    scheduler.inLaterTurn(this);
  }

  /** @returns ends the wait */
  wait(ready: Deflated): () => void {
    this.#waiting.add(ready);
    return () => void this.#waiting.delete(ready);
  }

  nextPiece(): void {
    if (this.#isOver) return;
    try {
      this.#deflatePiece();
    } catch (exception) {
      this.#end(undefined, exception);
      return;
    }
    if (!this.#isOver) this.#scheduler.inLaterTurn(this);
  }

  /** Does the rest at once. @throws what zlib has thrown */
  finish(): void {
    try {
      while (!this.#isOver) this.#deflatePiece();
    } catch (exception) {
      this.#end(undefined, exception);
      throw exception;
    }
  }

  #deflatePiece(): void {
    const deflater = this.#deflater;
    const start = this.#at;
    const end = Math.min(this.#payload.length, start + PIECE);
    const isLast = end === this.#payload.length;
    this.#at = end;
    deflater.write(this.#payload, start, end, isLast ? 'last' : 'open');
    while (deflater.hasMore) {
      const size = deflater.read();
      if (size === 0) continue;
      const piece = this.#memory.allocate(size);
      piece.set(deflater.output.subarray(0, size));
      this.#pieces.push(piece);
      this.#size += size;
    }
    if (isLast) this.#end(this.#size < this.#payload.length ? this.#joined() : undefined);
  }

  #joined(): Uint8Array {
    const whole = this.#memory.allocate(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #end(payload: Uint8Array | undefined, exception?: unknown): void {
    this.#isOver = true;
    this.#deflater.close();
    this.#pieces.length = 0;
    this.#done(payload);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const ready of waiting) ready(exception);
  }
}
