// Memory that frames are written into before they leave: one block for all connections of a host. Each turn fills it from
// its start. It is used again as soon as the transports have taken its bytes.

import type { Memory } from '../ports.ts';
import { QueueMemory } from './queue-memory.ts';

const BLOCK_SIZE = 64 * 1024;

/** Largest size that may be asked of {@link Arena.open}. */
export const LARGEST_REGION = BLOCK_SIZE;

const NONE = new Uint8Array(0);

/** Hands out regions that grow at their end until another one is opened. */
export class Arena {
  /** For frames that do not leave soon. */
  readonly queued: QueueMemory;
  readonly #memory: Memory;
  /** The block being filled. */
  block: Uint8Array;
  /** First free byte of it. The owner of the last region moves it forward as that region grows. */
  tail = 0;
  /** Regions of the current block that are not closed. */
  #regions = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.queued = new QueueMemory(memory);
    this.block = memory.allocate(BLOCK_SIZE);
  }

  /** Whether the block has room for `size` more bytes. */
  hasRoom(size: number): boolean {
    return this.block.length - this.tail >= size;
  }

  /** Opens a region at `tail` with room for at least `size` bytes, in a new block where the current one is full. */
  open(size: number): void {
    if (!this.hasRoom(size)) this.#next();
    this.#regions++;
  }

  /** The bytes of a region in `block` have been taken: its memory may be used again. */
  close(block: Uint8Array): void {
    if (block === this.block && --this.#regions === 0) this.tail = 0;
  }

  /** A transport still refers to `block`: nothing is written into it any more. */
  retire(block: Uint8Array): void {
    if (block !== this.block) return;
    // The next block is made by the next caller, who can handle missing memory.
    this.block = NONE;
    this.tail = 0;
    this.#regions = 0;
  }

  #next(): void {
    this.block = this.#memory.allocate(BLOCK_SIZE);
    this.tail = 0;
    this.#regions = 0;
  }
}
