// Bytes on their way out of one connection. Frames written while a chunk is processed, or in one turn, leave in one
// write at its end: one write a message is where the time of a WebSocket server goes. What a slow peer cannot take
// waits here, not in the transport, so that it can be counted and dropped.
//
//   reserve/commit ─▶ region ─┐
//   share ──────────▶ shared ─┤
//   append ─────────▶ frames ─┴─ flush ─▶ transport ─ written() ─▶ sent callbacks
//                                  ▲ held back while the transport has IN_FLIGHT bytes to take

import type { WebSocketError } from '../errors.ts';
import { NOBODY } from '../pool.ts';
import type { Memory, Scheduler, Transport, TurnTask } from '../ports.ts';
import type { Arena } from './arena.ts';
import { FrameQueue } from './frame-queue.ts';
import { type SentCallback, SentCallbacks } from './sent-callbacks.ts';
import type { SharedFrames } from './shared-frames.ts';

/** More than this waiting is written at once, not at the end of the turn: it bounds memory and keeps it in cache. */
const FLUSH_FROM = 32 * 1024;
/** Bytes given to a transport before it has taken the earlier ones. */
const IN_FLIGHT = 64 * 1024;
/** Given to a transport in one write, unless one frame is larger: what it has can neither be dropped nor overtaken. */
const LARGEST_WRITE = 256 * 1024;
/** Several pieces of together this size are copied behind each other: cheaper than a vectored write. */
const GATHER_UP_TO = 16 * 1024;

interface Flight {
  readonly size: number;
  callbacks: SentCallback[] | undefined;
}

/** Where the bytes that wait in several outboxes are counted together. */
export interface ByteCount {
  add(bytes: number): void;
}

/** Whose bytes they are. */
export interface OutboxOwner {
  readonly transport: Transport;
  /** Told each change of `size`. */
  readonly count: ByteCount | undefined;
  /** The last byte has been taken. */
  emptied(): void;
  /** What was left to the end of the turn has been done. The last thing that is done in it. */
  turnEnded(): void;
  /** Something has been thrown that nobody who sends has to do with: nothing more can be sent. */
  broken(exception: unknown): void;
}

/** The outgoing bytes of one connection at a time. */
export class Outbox implements TurnTask {
  readonly #arena: Arena;
  readonly #memory: Memory;
  readonly #scheduler: Scheduler;
  #owner: OutboxOwner = NOBODY;
  // Its own, at hand for each frame.
  #transport: Transport = NOBODY;
  #count: ByteCount | undefined;

  /** The region being written, `#block[#start, #end)`; no block: none. It comes after the frames. */
  #block: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #frames: FrameQueue | undefined;
  /** Frames that other connections send as well. They come after the frames, in place of the region. */
  #shared: SharedFrames | undefined;
  #sharedSize = 0;
  /** For all that waits. */
  #callbacks: SentCallbacks | undefined;
  /** Writes that the transport has not finished, oldest first. */
  #flights: Flight[] | undefined;
  #inFlight = 0;
  /** Bytes ever added, those that were dropped included. */
  #added = 0;
  #dropped = 0;
  #isCorked = false;
  #isScheduled = false;
  #endsWhenFlushed = false;

  constructor(arena: Arena, memory: Memory, scheduler: Scheduler) {
    this.#arena = arena;
    this.#memory = memory;
    this.#scheduler = scheduler;
  }

  /** From here on its bytes are those of `owner`; only while it is idle, and before the first one. */
  serve(owner: OutboxOwner): void {
    this.#owner = owner;
    this.#transport = owner.transport;
    this.#count = owner.count;
  }

  /** Lets go of its owner. Only while it `isIdle`. */
  release(): void {
    this.#owner = NOBODY;
    this.#transport = NOBODY;
    this.#count = undefined;
    this.#added = 0;
    this.#dropped = 0;
  }

  /** Whether nothing is here, and nothing of this turn is left to be done. */
  get isIdle(): boolean {
    return !this.#isScheduled && !this.#isCorked && this.waiting === 0 && this.#inFlight === 0;
  }

  /** Bytes that the transport has not finished with. */
  get size(): number {
    return this.waiting + this.#inFlight;
  }

  /** Bytes ever added, without those that were dropped. What had this much before it has left when `taken` is more. */
  get total(): number {
    return this.#added - this.#dropped;
  }

  /** Bytes that the transport has ever finished with. */
  get taken(): number {
    return this.total - this.size;
  }

  /** Bytes that the transport has not been given. */
  get waiting(): number {
    return this.#end - this.#start + this.#sharedSize + (this.#frames === undefined ? 0 : this.#frames.size);
  }

  /** Whether the transport has bytes that it has not finished with. */
  get isInFlight(): boolean {
    return this.#inFlight > 0;
  }

  /**
   * Makes room for `size` bytes right behind what is here.
   *
   * @returns where to write in `block`; what was written is then kept by `commit`
   */
  reserve(size: number): number {
    const arena = this.#arena;
    if (this.#block === undefined || this.#block !== arena.block || this.#end !== arena.tail || !arena.hasRoom(size)) {
      this.#open(size);
    }
    return this.#end;
  }

  /** Where `reserve` made room. */
  get block(): Uint8Array {
    return this.#block as Uint8Array;
  }

  /** Keeps `size` bytes written at the place that `reserve` gave. */
  commit(size: number): void {
    this.#end += size;
    this.#arena.tail = this.#end;
    this.#grown(size);
  }

  /** Adds one whole frame in memory of ours, which must not change any more. */
  append(frame: Uint8Array): void {
    this.#queueAll();
    this.#queue(frame);
    this.#grown(frame.length);
  }

  /** Whether bytes that are written now leave at once, behind all that was added. */
  get isClear(): boolean {
    if (this.#transport.keepsBytes || this.#endsWhenFlushed) return false;
    if (this.waiting > 0) this.flush();
    return this.waiting === 0 && this.#inFlight === 0;
  }

  /**
   * Adds bytes that leave at once: of one frame, which begins while it `isClear`.
   *
   * @returns whether they have been taken; otherwise the transport refers to them
   */
  writeNow(bytes: Uint8Array): boolean {
    const size = bytes.length;
    this.#added += size;
    const isTaken = this.#transport.write(bytes);
    if (!isTaken) {
      this.#count?.add(size);
      this.#takeOff(size, undefined);
    }
    return isTaken;
  }

  /** The rest of a frame that has begun to leave cannot be had: nothing may be sent any more. */
  cut(): void {
    this.#transport.destroy();
  }

  /**
   * Adds frames that other connections send as well. As long as nothing of its own is to leave with them, a connection
   * only refers to them: no copy, no memory, no object.
   */
  share(frames: SharedFrames): void {
    const { size } = frames;
    const shared = this.#shared;
    if (size > GATHER_UP_TO) {
      this.#queueAll();
      this.#queue(frames.bytes);
    } else if (this.#block !== undefined) {
      const at = this.reserve(size);
      this.block.set(frames.bytes, at);
      this.commit(size);
      return;
    } else {
      if (shared === undefined) this.#shared = frames;
      else if (shared.size + size <= GATHER_UP_TO) this.#shared = shared.followedBy(frames);
      else {
        this.#queue(shared.bytes);
        this.#sharedSize -= shared.size;
        this.#shared = frames;
      }
      this.#sharedSize += size;
    }
    this.#grown(size);
  }

  /** `callback` is told what becomes of all that was added so far. */
  notify(callback: SentCallback): void {
    if (this.waiting > 0) {
      this.#callbacks ??= new SentCallbacks();
      this.#callbacks.add(callback, this.#added);
      return;
    }
    // It has been written by now: told with the write that it is in, or soon.
    const last = this.#flights?.at(-1);
    if (last === undefined) this.#tell([callback], undefined);
    else last.callbacks = [...(last.callbacks ?? []), callback];
  }

  /** Holds what is added until `uncork`. */
  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.flush();
  }

  endOfTurn(): void {
    this.#isScheduled = false;
    this.flush();
    this.#owner.turnEnded();
  }

  /** Gives the transport what it can take. What is thrown meanwhile concerns nobody who sends. */
  flush(): void {
    if (this.waiting === 0) return;
    try {
      this.#flush();
    } catch (exception) {
      this.#owner.broken(exception);
    }
  }

  #flush(): void {
    let before = this.waiting;
    while (before > 0) {
      if (this.#inFlight >= IN_FLIGHT) {
        this.#leaveArena(); // the block is for those who can write
        return;
      }
      const isTaken = this.#write();
      const after = this.waiting;
      this.#depart(before - after, isTaken);
      before = after;
    }
    if (this.#endsWhenFlushed) this.#transport.end();
  }

  /** Ends the transport's outgoing direction after all that was added. */
  end(): void {
    if (this.#endsWhenFlushed) return;
    this.#endsWhenFlushed = true;
    if (this.waiting === 0) this.#transport.end();
    else this.flush();
  }

  /** The transport has finished a write that it had answered `false`. */
  written(): void {
    const flight = this.#flights?.shift();
    if (flight === undefined) return;
    this.#inFlight -= flight.size;
    this.#count?.add(-flight.size);
    this.#tell(flight.callbacks, undefined);
    if (this.waiting > 0) this.flush();
    else if (this.#inFlight === 0) this.#owner.emptied();
  }

  /** Drops what the transport has not been given, telling the senders. */
  drop(error: WebSocketError): void {
    const { waiting } = this;
    this.#dropped += waiting;
    this.#count?.add(-waiting);
    this.#frames = undefined;
    this.#shared = undefined;
    this.#sharedSize = 0;
    this.#closeRegion();
    this.#tell(this.#callbacks?.takeAll(), error);
    this.#callbacks = undefined;
  }

  /**
   * Drops messages that the transport has not been given, the oldest first, until no more than `limit` bytes are here
   * or no message is. Control frames and fragments stay.
   *
   * @param error    for the senders
   * @param dropped  told for each message how many bytes it had, and how many are behind it
   */
  dropOldest(limit: number, error: WebSocketError, dropped: (size: number, behind: number) => void): void {
    this.#queueAll();
    const frames = this.#frames;
    if (frames === undefined) return;
    const callbacks: SentCallback[] = [];
    while (this.size > limit) {
      const size = frames.dropMessage();
      if (size === 0) break;
      this.#dropped += size;
      this.#count?.add(-size);
      const callback = this.#callbacks?.takeAt(this.#added - frames.untouched);
      if (callback !== undefined) callbacks.push(callback);
      dropped(size, frames.untouched);
    }
    if (callbacks.length > 0) this.#tell(callbacks, error);
  }

  /** The transport is gone: nothing that is still here will be sent. */
  abandon(error: WebSocketError): void {
    const flights = this.#flights ?? [];
    this.#flights = undefined;
    this.#count?.add(-this.#inFlight);
    this.#inFlight = 0;
    for (const flight of flights) this.#tell(flight.callbacks, error);
    this.drop(error);
  }

  /** @returns whether the transport is done with it */
  #write(): boolean {
    const transport = this.#transport;
    // One write that is not finished keeps a whole block. A peer that does not read may keep one, not one for each
    // message of ten bytes and each pong that its pings ask for.
    if (transport.keepsBytes || this.#inFlight > 0) this.#leaveArena();
    const frames = this.#frames;
    if (frames === undefined || frames.size === 0) {
      const shared = this.#shared;
      if (shared === undefined) return this.#writeRegion();
      this.#shared = undefined;
      this.#sharedSize = 0;
      return transport.write(shared.bytes);
    }
    this.#queueAll();
    const { size } = frames;
    const pieces = frames.take(LARGEST_WRITE);
    if (pieces.length === 1) return transport.write(pieces[0]);
    if (size > GATHER_UP_TO || transport.keepsBytes || this.#inFlight > 0) return transport.writeMany(pieces);
    let at = this.reserve(size);
    for (const piece of pieces) {
      this.block.set(piece, at);
      at += piece.length;
    }
    this.#end = at;
    this.#arena.tail = at;
    return this.#writeRegion();
  }

  #writeRegion(): boolean {
    const block = this.block;
    const isTaken = this.#transport.write(block.subarray(this.#start, this.#end));
    if (!isTaken) this.#arena.retire(block);
    this.#closeRegion();
    return isTaken;
  }

  /** Ends the region: its bytes have been written, moved or dropped. */
  #closeRegion(): void {
    if (this.#block === undefined) return;
    this.#arena.close(this.#block);
    this.#block = undefined;
    this.#start = this.#end = 0;
  }

  /** Moves the region's bytes to memory of their own. */
  #leaveArena(): void {
    const block = this.#block;
    if (block === undefined) return;
    const size = this.#end - this.#start;
    if (size > 0) {
      const bytes = this.#memory.allocate(size);
      bytes.set(block.subarray(this.#start, this.#end));
      this.#queue(bytes);
    }
    this.#closeRegion();
  }

  /** Opens a region with room for `size` bytes; what waits as shared frames moves in before them. */
  #open(size: number): void {
    const arena = this.#arena;
    const shared = this.#shared;
    this.#leaveArena();
    // The largest frames that are copied leave room in a block for the largest sequence of shared ones.
    arena.open(size + (shared?.size ?? 0));
    this.#shared = undefined;
    this.#sharedSize = 0;
    this.#block = arena.block;
    this.#start = this.#end = arena.tail;
    if (shared === undefined) return;
    this.#block.set(shared.bytes, this.#start);
    this.#end += shared.size;
    arena.tail = this.#end;
  }

  /** Moves all that waits into the queue. */
  #queueAll(): void {
    this.#leaveArena();
    const shared = this.#shared;
    if (shared === undefined) return;
    this.#shared = undefined;
    this.#sharedSize = 0;
    this.#queue(shared.bytes);
  }

  #queue(bytes: Uint8Array): void {
    this.#frames ??= new FrameQueue();
    this.#frames.push(bytes);
  }

  /** Something was added: it leaves at the end of the chunk or turn, or now when it is much. */
  #grown(size: number): void {
    this.#added += size;
    if (this.#count !== undefined) this.#count.add(size);
    if (this.waiting >= FLUSH_FROM) this.flush();
    if (this.#isCorked || this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scheduler.afterTurn(this);
  }

  /** The first `size` bytes of what waited have been written. */
  #depart(size: number, isTaken: boolean): void {
    const callbacks = this.#callbacks === undefined ? undefined : this.#takeCallbacks(this.#callbacks);
    if (isTaken) this.#count?.add(-size);
    if (!isTaken) this.#takeOff(size, callbacks);
    else if (this.#inFlight > 0) {
      // Taken, but behind writes that are not: told with the last of those.
      const last = this.#flights?.at(-1);
      if (last !== undefined && callbacks !== undefined) last.callbacks = [...(last.callbacks ?? []), ...callbacks];
    } else {
      this.#tell(callbacks, undefined);
      if (this.waiting === 0) this.#owner.emptied();
    }
  }

  /** The transport has not finished with a write. */
  #takeOff(size: number, callbacks: SentCallback[] | undefined): void {
    this.#flights ??= [];
    this.#flights.push({ size, callbacks });
    this.#inFlight += size;
  }

  /** Those of what has just been written. */
  #takeCallbacks(callbacks: SentCallbacks): SentCallback[] | undefined {
    const frames = this.#frames;
    if (frames === undefined || frames.size === 0) return callbacks.takeAll();
    // Frames that were kept back from a drop are told of when the last of them has left.
    return frames.untouched < frames.size ? undefined : callbacks.takeUntil(this.#added - frames.size);
  }

  #tell(callbacks: SentCallback[] | undefined, error: WebSocketError | undefined): void {
    if (callbacks === undefined) return;
    const scheduler = this.#scheduler;
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
}
