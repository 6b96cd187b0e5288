// Memory that is used again: for messages that are lent to the application, and for text while it comes in. The expensive
// part of a large message is its memory, which the garbage collector has to find again, not the copying.

import type { Memory } from './ports.ts';

/** Smaller sizes are not kept: an allocation costs less than the books. */
export const POOLED_FROM = 4 * 1024;
/** Free bytes that a pool keeps. A larger piece is never kept. */
export const MOST_KEPT = 16 * 1024 * 1024;
/** In each piece beside its size: a message with some bytes of an application's own header needs no piece twice as large. */
const HEADER_ROOM = 64;

/** Pieces of memory for one owner after another. Sizes are powers of two: a piece is at most twice what it was taken for. */
export class MemoryPool {
  readonly #memory: Memory;
  /** Free pieces by size: those of the number n have `POOLED_FROM << n` bytes, and room for a header. */
  readonly #free: Uint8Array[][] = [];
  #kept = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Bytes of the free pieces, without their room for headers. */
  get kept(): number {
    return this.#kept;
  }

  /**
   * Takes memory for `size` bytes.
   *
   * @returns a piece of `size` bytes or more, with any content. It is the caller's; {@link giveBack} is not a duty
   * @throws what the host's memory throws
   */
  take(size: number): Uint8Array {
    if (size < POOLED_FROM || size > MOST_KEPT + HEADER_ROOM) return this.#memory.allocate(size);
    const number = numberOf(size);
    const free = this.#free[number];
    while (free !== undefined && free.length > 0) {
      const piece = free.pop() as Uint8Array;
      this.#kept -= POOLED_FROM << number;
      if (piece.length > 0) return piece; // not one that somebody has transferred all the same
    }
    const room = (POOLED_FROM << number) + HEADER_ROOM;
    return this.#memory.allocateLasting?.(room) ?? this.#memory.allocate(room);
  }

  /**
   * Takes back a piece that {@link take} gave: nobody may refer to it any more. Pieces of odd sizes, and those whose memory has
   * been transferred, are left to the garbage collector.
   */
  giveBack(piece: Uint8Array): void {
    const size = piece.length - HEADER_ROOM;
    if (size < POOLED_FROM || size > MOST_KEPT) return;
    const number = numberOf(size);
    if (size !== POOLED_FROM << number) return;
    while (this.#kept + size > MOST_KEPT) this.#dropOne();
    for (let next = this.#free.length; next <= number; next++) this.#free.push([]);
    (this.#free[number] as Uint8Array[]).push(piece);
    this.#kept += size;
  }

  /** Drops a piece of the size that has the most bytes: sizes that are in use now replace those of earlier messages. */
  #dropOne(): void {
    let largest = 0;
    let most = 0;
    for (const [number, { length }] of this.#free.entries()) {
      const bytes = length * (POOLED_FROM << number);
      if (bytes < most) continue;
      largest = number;
      most = bytes;
    }
    (this.#free[largest] as Uint8Array[]).pop();
    this.#kept -= POOLED_FROM << largest;
  }
}

function numberOf(size: number): number {
  return 32 - Math.clz32((Math.max(size - HEADER_ROOM, POOLED_FROM) - 1) >>> 12);
}
