// The frames of one connection that its transport has not been given, in the order in which they leave. They wait in
// three forms. Bytes in the queue come first; behind them are either shared frames or the region, never both.
//
//   append ─────────▶ queue    pieces of memory of their own: large frames, and what had to leave the arena
//   share ──────────▶ shared   frames that other connections send too: only a reference is kept
//   reserve, commit ▶ region   small frames, written into the arena directly after each other

import type { Memory, Transport } from '../ports.ts';
import type { Arena } from './arena.ts';
import { FrameQueue } from './frame-queue.ts';
import type { QueueMemory } from './queue-memory.ts';
import { Region } from './region.ts';
import type { SharedFrames } from './shared-frames.ts';

/** Bytes given to a transport in one write, unless one frame is larger: it can neither drop nor overtake what it has. */
const LARGEST_WRITE = 256 * 1024;
/** Several pieces of together so many bytes are copied after each other, which is cheaper than a vectored write. */
const GATHER_UP_TO = 16 * 1024;
/** Bytes of the longest sequence of shared frames that is kept as such. */
export const LARGEST_SHARED = GATHER_UP_TO;

export class WaitingFrames {
  readonly #memory: Memory;
  readonly #queued: QueueMemory;
  readonly #region: Region;
  #queue: FrameQueue | undefined;
  #shared: SharedFrames | undefined;
  /** Of the last write, if the transport has not finished with it. */
  #leaving: readonly Uint8Array[] | undefined;
  #size = 0;

  constructor(arena: Arena, memory: Memory) {
    this.#memory = memory;
    this.#queued = arena.queued;
    this.#region = new Region(arena);
  }

  /** Bytes of all of them. */
  get size(): number {
    return this.#size;
  }

  /** Bytes after the message that was dropped last; all of them where none was. */
  get untouched(): number {
    return this.#size - (this.#queue === undefined ? 0 : this.#queue.kept);
  }

  /**
   * Makes room for `size` bytes right behind what is here.
   *
   * @returns where to write in {@link block}; `commit` then keeps what was written
   */
  reserve(size: number): number {
    const region = this.#region;
    if (!region.hasRoom(size)) this.#open(size);
    return region.end;
  }

  /** Where `reserve` made room. */
  get block(): Uint8Array {
    return this.#region.block;
  }

  /** Keeps `size` bytes written at the place that `reserve` gave. */
  commit(size: number): void {
    this.#region.grow(size);
    this.#size += size;
  }

  /** Adds one whole frame in memory of ours, which must not change any more. */
  append(frame: Uint8Array): void {
    this.queueAll();
    this.#push(frame);
    this.#size += frame.length;
  }

  /** Adds shared frames. It only refers to them until frames of its own are to leave in the same write. */
  share(frames: SharedFrames): void {
    const { size } = frames;
    const shared = this.#shared;
    if (size > GATHER_UP_TO) {
      this.queueAll();
      this.#push(frames.bytes);
    } else if (this.#region.isOpen) {
      const at = this.reserve(size);
      this.block.set(frames.bytes, at);
      this.#region.grow(size);
    } else if (shared === undefined) {
      this.#shared = frames;
    } else if (shared.size + size <= GATHER_UP_TO) {
      this.#shared = shared.followedBy(frames);
    } else {
      this.#pushShared(shared);
      this.#shared = frames;
    }
    this.#size += size;
  }

  /** Moves the region's bytes to memory of their own: others can write into the arena. */
  leaveArena(): void {
    const region = this.#region;
    if (!region.isOpen) return;
    if (!region.isEmpty && this.#queue?.pushCopy(region.bytes) !== true) this.#push(region.copy(this.#memory));
    region.close();
  }

  /** Moves all of them into the queue. */
  queueAll(): void {
    this.leaveArena();
    const shared = this.#shared;
    if (shared === undefined) return;
    this.#shared = undefined;
    this.#pushShared(shared);
  }

  /**
   * Gives the first of them to `transport`, in one write.
   *
   * @param keepsBytes  whether the transport is expected to refer to them after the call
   * @returns whether the transport is done with them
   */
  write(transport: Transport, keepsBytes: boolean): boolean {
    // A write that is not finished keeps a whole block. A peer that does not read may keep one, not one for each message
    // of ten bytes and each pong that its pings ask for.
    if (keepsBytes) this.leaveArena();
    const queue = this.#queue;
    if (queue !== undefined && queue.size > 0) return this.#writeQueue(queue, transport, keepsBytes);
    const shared = this.#shared;
    if (shared === undefined) return this.#writeRegion(transport);
    this.#shared = undefined;
    this.#size = 0;
    return transport.write(shared.bytes);
  }

  #writeQueue(queue: FrameQueue, transport: Transport, keepsBytes: boolean): boolean {
    this.queueAll();
    const { size } = queue;
    const pieces = queue.take(LARGEST_WRITE);
    this.#size = queue.size;
    if (pieces.length === 1 || size > GATHER_UP_TO || keepsBytes) {
      const isTaken = pieces.length === 1 ? transport.write(pieces[0]) : transport.writeMany(pieces);
      if (isTaken) this.release(pieces);
      else this.#leaving = pieces;
      return isTaken;
    }
    const at = this.reserve(size);
    let end = at;
    for (const piece of pieces) {
      this.block.set(piece, end);
      end += piece.length;
    }
    this.#region.grow(size);
    this.release(pieces);
    return this.#writeRegion(transport);
  }

  /** What the last write referred to of the queue, where the transport has not finished with it. It is forgotten here. */
  takeLeaving(): readonly Uint8Array[] | undefined {
    const leaving = this.#leaving;
    this.#leaving = undefined;
    return leaving;
  }

  /** The transport has finished with what {@link takeLeaving} told. */
  release(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#queued.release(piece);
  }

  /** Only to a transport that is not expected to keep bytes. */
  #writeRegion(transport: Transport): boolean {
    const region = this.#region;
    const isTaken = transport.write(region.bytes);
    if (isTaken || transport.copiesBytes === true) region.close();
    else region.retire();
    this.#size = 0;
    return isTaken;
  }

  /**
   * Drops the oldest message that is one frame. Control frames and fragments stay.
   *
   * @returns its bytes; 0 when there is none
   */
  dropMessage(): number {
    this.queueAll();
    const size = this.#queue === undefined ? 0 : this.#queue.dropMessage();
    this.#size -= size;
    return size;
  }

  /** Drops all of them. */
  clear(): void {
    this.#queue?.clear();
    this.#queue = undefined;
    this.#shared = undefined;
    this.#region.close();
    this.#size = 0;
  }

  /** Opens a region with room for `size` bytes. Shared frames move into it, before them. */
  #open(size: number): void {
    const shared = this.#shared;
    const region = this.#region;
    this.leaveArena();
    // The largest frames that are copied leave room in a block for the largest sequence of shared ones.
    region.open(size + (shared === undefined ? 0 : shared.size));
    if (shared === undefined) return;
    this.#shared = undefined;
    region.block.set(shared.bytes, region.end);
    region.grow(shared.size);
  }

  #pushShared({ bytes }: SharedFrames): void {
    if (this.#queue?.pushCopy(bytes) !== true) this.#push(bytes);
  }

  #push(bytes: Uint8Array): void {
    this.#queue ??= new FrameQueue(this.#queued);
    this.#queue.push(bytes);
  }
}
