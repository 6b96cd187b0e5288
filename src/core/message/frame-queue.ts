// Whole frames that wait for a transport, in order, as pieces of memory. A piece holds one frame or several. There is no
// record of single frames: to find one again, its header is read, which we wrote ourselves.
//
//   kept ── frames that stay, though messages behind them were dropped
//   list ── taken: [0, head)   half walked over: list[head], after `offset`   not looked at: the rest

import { FIN_BIT, OPCODE_BITS, Opcode } from '../constants.ts';
import { frameSize } from '../frame/encoder.ts';
import { LARGEST_COPY, type QueueMemory } from './queue-memory.ts';

/** How many used pieces stay at the start of the list before it is cut. */
const CUT_FROM = 512;
/** From so many waiting bytes on, frames are copied into memory that is used again: their peer hardly reads. */
const COPY_FROM = 256 * 1024;
const NOTHING = new Uint8Array(0);

/** A queue whose cost for each frame does not grow with its length. */
export class FrameQueue {
  readonly #memory: QueueMemory;
  #list: Uint8Array[] = [];
  #head = 0;
  #offset = 0;
  #kept: Uint8Array[] = [];
  #keptSize = 0;
  #size = 0;

  constructor(memory: QueueMemory) {
    this.#memory = memory;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of frames that stay in front of the place where the last message was dropped. */
  get kept(): number {
    return this.#keptSize;
  }

  /** @param piece  whole frames */
  push(piece: Uint8Array): void {
    this.#list.push(piece);
    this.#size += piece.length;
  }

  /**
   * As {@link push}, of a copy, if that is better.
   *
   * @param piece  whole frames. Given again in a row, as the same object, they must not have changed
   * @returns whether they were added
   */
  pushCopy(piece: Uint8Array): boolean {
    if (this.#size < COPY_FROM || piece.length > LARGEST_COPY) return false;
    const list = this.#list;
    const last = list.at(-1);
    const copy = this.#memory.append(piece, last);
    if (copy.buffer === last?.buffer && copy.byteOffset === last.byteOffset) list[list.length - 1] = copy;
    else list.push(copy);
    this.#size += piece.length;
    return true;
  }

  /**
   * Takes whole frames from the front: at least one, and no more than `limit` bytes if there are several. Release those
   * of the queue's memory when nobody refers to them any more.
   */
  take(limit: number): Uint8Array[] {
    return this.#size <= limit ? this.#takeAll() : this.#takeSome(limit);
  }

  /**
   * Drops the oldest message that is one frame. Control frames stay, and fragments, of which others may have left.
   *
   * @returns its size; 0 when there is none
   */
  dropMessage(): number {
    while (this.#head < this.#list.length) {
      const piece = this.#list[this.#head];
      const start = this.#offset;
      const size = frameSize(piece, start);
      const first = piece[start];
      const isMessage = first >= FIN_BIT && isDataStart(first);
      if (!isMessage) this.#keep(piece, start, size);
      if (this.#pass(piece, start + size)) this.#memory.release(piece);
      if (isMessage) {
        this.#size -= size;
        return size;
      }
    }
    return 0;
  }

  /** Drops all of them. */
  clear(): void {
    for (const piece of this.#list) this.#memory.release(piece);
    this.#reset();
  }

  #reset(): void {
    this.#list = [];
    this.#head = this.#offset = 0;
    this.#kept = [];
    this.#keptSize = this.#size = 0;
  }

  #takeAll(): Uint8Array[] {
    this.#trim();
    const kept = this.#kept;
    const list = this.#head === 0 ? this.#list : this.#list.slice(this.#head);
    this.#reset();
    return kept.length === 0 ? list : kept.concat(list);
  }

  #takeSome(limit: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let room = limit;
    const take = (list: readonly Uint8Array[], at: number): boolean => {
      const piece = list[at];
      if (piece.length > room && taken.length > 0) return false;
      room -= piece.length;
      taken.push(piece);
      return true;
    };
    let kept = 0;
    while (kept < this.#kept.length && take(this.#kept, kept)) kept++;
    this.#kept.splice(0, kept);
    this.#keptSize -= limit - room;
    if (this.#kept.length === 0) {
      this.#trim();
      while (this.#head < this.#list.length && take(this.#list, this.#head)) {
        const piece = this.#list[this.#head];
        this.#pass(piece, piece.length);
      }
    }
    this.#size -= limit - room;
    return taken;
  }

  /** Cuts off what has been walked over of a piece. */
  #trim(): void {
    if (this.#offset === 0) return;
    this.#list[this.#head] = this.#list[this.#head].subarray(this.#offset);
    this.#offset = 0;
  }

  #keep(piece: Uint8Array, start: number, size: number): void {
    this.#keptSize += size;
    // Copied where it would hold the memory of messages around it.
    const isAlone = size === piece.length && !this.#memory.has(piece);
    this.#kept.push(isAlone ? piece : new Uint8Array(piece.subarray(start, start + size)));
  }

  /** Goes on to `end`, within a piece or behind it. @returns whether behind it */
  #pass(piece: Uint8Array, end: number): boolean {
    if (end < piece.length) {
      this.#offset = end;
      return false;
    }
    this.#offset = 0;
    this.#list[this.#head++] = NOTHING;
    if (this.#head === this.#list.length) {
      this.#list = [];
      this.#head = 0;
    } else if (this.#head >= CUT_FROM && this.#head * 2 >= this.#list.length) {
      this.#list.splice(0, this.#head);
      this.#head = 0;
    }
    return true;
  }
}

function isDataStart(first: number): boolean {
  const opcode = first & OPCODE_BITS;
  return opcode === Opcode.text || opcode === Opcode.binary;
}
