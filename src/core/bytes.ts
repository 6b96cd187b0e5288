// Collecting the parts of a message into one piece of memory. It grows only with the bytes received: a header that
// announces 2 GiB costs nothing, and a peer that sends single bytes costs no object for each.

import { type MemoryPool, MOST_KEPT, POOLED_FROM } from './memory-pool.ts';
import type { Memory } from './ports.ts';

/** Memory for a first part when the size of the rest is unknown. */
const FIRST_SIZE = 512;
/** Up to this much is taken for what is announced, before it has come. */
const ANNOUNCED_UP_TO = 64 * 1024;
/** What has come by so much may ask for all that is announced: each step that is spared is a copy of all before it. */
const CREDIT_FROM = 64 * 1024;
/** All of it, up to so many times as much as has come. Memory that nothing was written to costs addresses, not pages. */
const CREDIT = 16;
/** Below this, memory that is full becomes four times as large, from here on twice. */
const DOUBLE_FROM = 1024 * 1024;

/** Parts in order, one after another in one piece of memory that grows. */
export class ByteCollector {
  readonly #memory: Memory;
  /** Where `#bytes` came from, if that is not `#memory`. */
  #pool: MemoryPool | undefined;
  #bytes: Uint8Array | undefined;
  #size = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes collected. */
  get size(): number {
    return this.#size;
  }

  /**
   * Bytes that it keeps from others: those collected, or half of its piece if that is more and comes from a pool. Such a piece
   * has been written to before, so it takes pages for what has only been announced.
   */
  get held(): number {
    const piece = this.#pool === undefined ? undefined : this.#bytes;
    return Math.max(this.#size, piece === undefined ? 0 : piece.length >> 1);
  }

  /**
   * Adds a copy of `bytes[start, end)`.
   *
   * @param remaining  bytes that are announced to follow; 0 when unknown. Used to allocate no more than needed.
   * @param pool       the source of its memory, which must be given back: end with `clear` or `takePiece`. Absent: end
   *                   with `clear` or `take`
   */
  append(bytes: Uint8Array, start: number, end: number, remaining: number, pool?: MemoryPool): void {
    if (start === end) return;
    const size = this.#size + end - start;
    let target = this.#bytes;
    if (target === undefined || target.length < size) target = this.#grow(size, remaining, pool);
    target.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.#size);
    this.#size = size;
  }

  /** All parts as one, owned by the caller; the collector is empty again. */
  take(): Uint8Array {
    const size = this.#size;
    const bytes = this.takePiece();
    if (size === bytes.length) return bytes;
    // What fills half of its memory may keep it; less would pin much for little.
    if (size * 2 >= bytes.length) return bytes.subarray(0, size);
    const whole = this.#memory.allocate(size);
    whole.set(bytes.subarray(0, size));
    return whole;
  }

  /** The memory with all parts at its start, not cut to their size. It is the caller's; the collector is empty again. */
  takePiece(): Uint8Array {
    const bytes = this.#bytes ?? this.#memory.allocate(0);
    this.#forget();
    return bytes;
  }

  /** Frees its memory. */
  clear(): void {
    if (this.#bytes !== undefined) this.#pool?.giveBack(this.#bytes);
    this.#forget();
  }

  /** Gives everything to `take`, which copies it, and frees its memory. */
  pour(take: { part(bytes: Uint8Array, start: number, end: number): void }): void {
    if (this.#bytes !== undefined) take.part(this.#bytes, 0, this.#size);
    this.clear();
  }

  #forget(): void {
    this.#pool = undefined;
    this.#bytes = undefined;
    this.#size = 0;
  }

  /**
   * Memory for `size` bytes and some of what follows. The bytes announced are the rest of a frame, behind which others may follow: only
   * a piece that is twice as large as the one before is cut to it. So the copies of a message are a few times its size at most, in
   * however many frames it comes.
   */
  #grow(size: number, remaining: number, pool: MemoryPool | undefined): Uint8Array {
    const announced = remaining === 0 ? Infinity : size + remaining;
    const credit = size < CREDIT_FROM ? ANNOUNCED_UP_TO : size * CREDIT;
    // A pool gives pieces of so many sizes that each is up to twice what it is asked for.
    const isRounded = pool !== undefined && size >= POOLED_FROM && size <= MOST_KEPT;
    const factor = isRounded ? 1 : size < DOUBLE_FROM ? 4 : 2;
    const room = Math.max(size * factor, FIRST_SIZE);
    const before = this.#bytes;
    let wanted = room;
    if (announced < (before === undefined ? 0 : 2 * before.length)) wanted = Math.max(room, announced);
    else if (announced <= credit || announced < room) wanted = announced;
    const grown = pool === undefined ? this.#memory.allocate(wanted) : pool.take(wanted);
    if (before !== undefined) {
      grown.set(before.subarray(0, this.#size));
      pool?.giveBack(before);
    }
    this.#bytes = grown;
    this.#pool = pool;
    return grown;
  }
}
