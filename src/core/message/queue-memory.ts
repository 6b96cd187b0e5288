// Memory for frames that wait for a slow peer. What waits for seconds is old for a garbage collector, which then leaves
// it for long after it was dropped; so such frames are copied one after another into blocks that are used again.
//
//   block   all connections of a host fill the same one, in the order of their frames
//   piece   whole frames within one block, of one queue. Queues that are given the same frame share its copy
//   users   pieces of a block that are not released. A queue that cannot tell when a piece is done with never releases it:
//           its block is left to the garbage collector

import type { Memory } from '../ports.ts';

const BLOCK_SIZE = 64 * 1024;
/** The largest bytes that are copied: a block is not left with much more room than a quarter. */
export const LARGEST_COPY = BLOCK_SIZE / 4;
/** Blocks that are kept for later. */
const MOST_SPARE = 16;

interface Block {
  /** All of an ArrayBuffer, by which it is found. */
  readonly bytes: Uint8Array;
  /** Its pieces that are not released, and one while it is being filled. */
  users: number;
}

/** One for all queues of a host. */
export class QueueMemory {
  readonly #memory: Memory;
  readonly #blocks = new WeakMap<ArrayBufferLike, Block>();
  readonly #spare: Block[] = [];
  /** The block being filled. */
  #block: Block | undefined;
  #end = 0;
  /** What was copied last, and where to. It is the same for all subscribers of a message. */
  #copied: Uint8Array | undefined;
  #start = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /**
   * Copies frames. Bytes that are given again in a row, as the same object, must not have changed.
   *
   * @param frames  whole frames, `LARGEST_COPY` bytes at most
   * @param last    the piece before, of the same queue, which must not be used after this call if the copy continues it
   * @returns a piece with the copy, to be released once: a new one, or one that begins with `last` and replaces it
   * @throws what the host's memory throws
   */
  append(frames: Uint8Array, last: Uint8Array | undefined): Uint8Array {
    const block = frames === this.#copied && this.#block !== undefined ? this.#block : this.#copy(frames);
    const { bytes } = block;
    const end = this.#start + frames.length;
    if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.length === this.#start) {
      return bytes.subarray(last.byteOffset, end);
    }
    block.users++;
    return bytes.subarray(this.#start, end);
  }

  /** Whether `bytes` are a piece, or a part of one. */
  has(bytes: Uint8Array): boolean {
    return this.#blocks.has(bytes.buffer);
  }

  /** A piece is done with: nobody refers to it any more. Bytes that are not a piece are ignored. */
  release(piece: Uint8Array): void {
    const block = this.#blocks.get(piece.buffer);
    if (block !== undefined) this.#leave(block);
  }

  #copy(frames: Uint8Array): Block {
    let block = this.#block;
    if (block === undefined || BLOCK_SIZE - this.#end < frames.length) block = this.#open();
    block.bytes.set(frames, this.#end);
    this.#start = this.#end;
    this.#end += frames.length;
    this.#copied = frames;
    return block;
  }

  /** Begins another block. */
  #open(): Block {
    const block = this.#spare.pop() ?? this.#make();
    const before = this.#block;
    block.users = 1;
    this.#block = block;
    this.#end = 0;
    if (before !== undefined) this.#leave(before);
    return block;
  }

  #make(): Block {
    let bytes = this.#memory.allocateLasting?.(BLOCK_SIZE) ?? this.#memory.allocate(BLOCK_SIZE);
    if (bytes.length !== bytes.buffer.byteLength) bytes = new Uint8Array(BLOCK_SIZE);
    const block = { bytes, users: 0 };
    this.#blocks.set(bytes.buffer, block);
    return block;
  }

  #leave(block: Block): void {
    if (--block.users === 0 && this.#spare.length < MOST_SPARE) this.#spare.push(block);
  }
}
