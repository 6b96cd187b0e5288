// The place in the arena where the frames of one connection are written one after another, so that they leave in one
// write. Its memory is the arena's: it is valid until the region is closed.

import type { Memory } from '../ports.ts';
import type { Arena } from './arena.ts';

/** A piece of the arena's block that grows at its end: `block[start, end)`. */
export class Region {
  readonly #arena: Arena;
  #block: Uint8Array | undefined;
  #start = 0;
  /** Where the next frame may be written in {@link block}. */
  end = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  get isOpen(): boolean {
    return this.#block !== undefined;
  }

  get isEmpty(): boolean {
    return this.end === this.#start;
  }

  /** The memory that it lies in. Only while it is open. */
  get block(): Uint8Array {
    return this.#block as Uint8Array;
  }

  /** Whether it is open and `size` more bytes fit right behind what is in it. */
  hasRoom(size: number): boolean {
    const arena = this.#arena;
    return this.#block !== undefined && this.#block === arena.block && this.end === arena.tail && arena.hasRoom(size);
  }

  /**
   * Opens it, empty. Only while it is closed.
   *
   * @param size  bytes that it must have room for, `LARGEST_REGION` at most
   * @throws what the host's memory throws
   */
  open(size: number): void {
    const arena = this.#arena;
    arena.open(size);
    this.#block = arena.block;
    this.#start = this.end = arena.tail;
  }

  /** Keeps `size` bytes that were written at `end`. */
  grow(size: number): void {
    this.end += size;
    this.#arena.tail = this.end;
  }

  /** Its bytes, as a view. Only while it is open. */
  get bytes(): Uint8Array {
    return this.block.subarray(this.#start, this.end);
  }

  /**
   * A copy of its bytes in memory of their own.
   *
   * @throws what the host's memory throws
   */
  copy(memory: Memory): Uint8Array {
    const bytes = memory.allocate(this.end - this.#start);
    bytes.set(this.bytes);
    return bytes;
  }

  /** Gives its memory back: its bytes have been written, copied or dropped. Harmless when repeated. */
  close(): void {
    if (this.#block === undefined) return;
    this.#arena.close(this.#block);
    this.#block = undefined;
    this.#start = this.end = 0;
  }

  /** As {@link close}, while a transport still refers to its bytes: nothing is written into that block any more. */
  retire(): void {
    this.#arena.retire(this.block);
    this.close();
  }
}
