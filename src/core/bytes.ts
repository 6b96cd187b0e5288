// Collecting the parts of a message into one piece of memory. What is held grows only with what has arrived: a header
// that announces 2 GiB costs nothing, and a peer that sends single bytes costs no object for each.

import type { Memory } from './ports.ts';

/** A part that is at least this large is kept by reference instead of copied … */
const REFERENCE_FROM = 16 * 1024;
/** … or one of this size that fills half of its memory. Smaller ones would cost more as objects than as copies. */
const REFERENCE_WHOLE_FROM = 1024;
const FIRST_BLOCK = 512;
const LARGEST_BLOCK = 64 * 1024;

/** Parts in order, joined at the end. */
export class ByteCollector {
  readonly #memory: Memory;
  #size = 0;
  #pieces: Uint8Array[] = [];
  /** Copies of small parts; filled up to `#blockSize`. Comes after `#pieces`. */
  #block: Uint8Array | undefined;
  #blockSize = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes collected. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds `bytes[start, end)`. The memory belongs to the collector from here on.
   *
   * @param remaining  bytes that are announced to follow; 0 when unknown. Used to allocate no more than needed.
   */
  append(bytes: Uint8Array, start: number, end: number, remaining: number): void {
    const size = end - start;
    if (size === 0) return;
    if (size >= REFERENCE_FROM || (size >= REFERENCE_WHOLE_FROM && size * 2 >= bytes.buffer.byteLength)) {
      this.#closeBlock();
      this.#pieces.push(bytes.subarray(start, end));
    } else {
      this.#copy(bytes, start, end, remaining);
    }
    this.#size += size;
  }

  /** All parts as one, owned by the caller; the collector is empty again. */
  take(): Uint8Array {
    this.#closeBlock();
    const pieces = this.#pieces;
    const size = this.#size;
    this.clear();
    if (pieces.length === 1) return pieces[0];
    const whole = this.#memory.allocate(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#pieces = [];
    this.#block = undefined;
    this.#blockSize = 0;
    this.#size = 0;
  }

  #copy(bytes: Uint8Array, start: number, end: number, remaining: number): void {
    let from = start;
    while (from < end) {
      const block = this.#block ?? this.#openBlock(end - from, remaining);
      const count = Math.min(end - from, block.length - this.#blockSize);
      block.set(count === bytes.length ? bytes : bytes.subarray(from, from + count), this.#blockSize);
      this.#blockSize += count;
      from += count;
      if (this.#blockSize === block.length) this.#closeBlock();
    }
  }

  /** As much as is here and announced, or as was collected so far, between the two bounds. */
  #openBlock(size: number, remaining: number): Uint8Array {
    const announced = size + remaining;
    const wanted = remaining > 0 && announced <= LARGEST_BLOCK ? announced : Math.max(FIRST_BLOCK, size, this.#size);
    const block = this.#memory.allocate(Math.min(wanted, LARGEST_BLOCK));
    this.#block = block;
    this.#blockSize = 0;
    return block;
  }

  #closeBlock(): void {
    const block = this.#block;
    if (block === undefined) return;
    this.#pieces.push(this.#blockSize === block.length ? block : block.subarray(0, this.#blockSize));
    this.#block = undefined;
    this.#blockSize = 0;
  }
}
