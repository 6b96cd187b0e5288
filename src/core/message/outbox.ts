// Bytes on their way out of one connection. Frames written while a chunk is processed, or in one turn, leave in one
// write at its end: one write a message is where the time of a WebSocket server goes. What a slow peer cannot take
// waits here, not in the transport, so that it can be counted and dropped.
//
//   reserve/commit ─▶ region ─┐
//   share ──────────▶ shared ─┤
//   append ─────────▶ pieces ─┴─ flush ─▶ transport ─ written() ─▶ sent callbacks
//                                  ▲ held back while the transport has IN_FLIGHT bytes to take

import type { WebSocketError } from '../errors.ts';
import type { Memory, Scheduler, Transport, TurnTask } from '../ports.ts';
import type { Arena } from './arena.ts';
import type { SharedFrames } from './shared-frames.ts';

/** Told once what became of a message: handed to the system, or not and why. */
export type SentCallback = (error?: WebSocketError) => void;

/** More than this waiting is written at once, not at the end of the turn: it bounds memory and keeps it in cache. */
const FLUSH_FROM = 32 * 1024;
/** Bytes given to a transport before it has taken the earlier ones. */
const IN_FLIGHT = 64 * 1024;
/** Several pieces of together this size are copied behind each other: cheaper than a vectored write. */
const GATHER_UP_TO = 16 * 1024;

interface Flight {
  readonly size: number;
  callbacks: SentCallback[] | undefined;
}

/** The outgoing bytes of one connection. */
export class Outbox implements TurnTask {
  readonly #transport: Transport;
  readonly #arena: Arena;
  readonly #memory: Memory;
  readonly #scheduler: Scheduler;
  /** Called when the last byte has been taken. */
  readonly #emptied: () => void;

  /** The region being written, `#block[#start, #end)`; no block: none. It comes after the pieces. */
  #block: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #pieces: Uint8Array[] | undefined;
  #piecesSize = 0;
  /** Frames that other connections send as well. They come after the pieces, in place of the region. */
  #shared: SharedFrames | undefined;
  #sharedSize = 0;
  /** For all that waits. */
  #callbacks: SentCallback[] | undefined;
  /** Writes that the transport has not finished, oldest first. */
  #flights: Flight[] | undefined;
  #inFlight = 0;
  /** Bytes ever added. */
  #total = 0;
  #isCorked = false;
  #isScheduled = false;
  #endsWhenFlushed = false;

  constructor(transport: Transport, arena: Arena, memory: Memory, scheduler: Scheduler, emptied: () => void) {
    this.#transport = transport;
    this.#arena = arena;
    this.#memory = memory;
    this.#scheduler = scheduler;
    this.#emptied = emptied;
  }

  /** Bytes that the transport has not finished with. */
  get size(): number {
    return this.waiting + this.#inFlight;
  }

  /** Bytes ever added. What has this much behind it in `total - size` has left. */
  get total(): number {
    return this.#total;
  }

  /** Bytes that the transport has ever finished with. */
  get taken(): number {
    return this.#total - this.size;
  }

  /** Bytes that the transport has not been given. */
  get waiting(): number {
    return this.#end - this.#start + this.#piecesSize + this.#sharedSize;
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
    this.#total += size;
    this.#added();
  }

  /** Adds bytes by reference: one frame, in one piece or two. They must not change until they have been sent. */
  append(bytes: Uint8Array, more?: Uint8Array): void {
    this.#makePieces();
    this.#addPiece(bytes);
    if (more !== undefined) this.#addPiece(more);
    this.#total += bytes.length + (more?.length ?? 0);
    this.#added();
  }

  /**
   * Adds frames that other connections send as well. As long as nothing of its own is to leave with them, a connection
   * only refers to them: no copy, no memory, no object.
   */
  share(frames: SharedFrames): void {
    const { size } = frames;
    const shared = this.#shared;
    if (size > GATHER_UP_TO) {
      this.#makePieces();
      this.#addPiece(frames.bytes);
    } else if (this.#block !== undefined) {
      const at = this.reserve(size);
      this.block.set(frames.bytes, at);
      this.commit(size);
      return;
    } else {
      if (shared === undefined) this.#shared = frames;
      else if (shared.size + size <= GATHER_UP_TO) this.#shared = shared.followedBy(frames);
      else {
        this.#addPiece(shared.bytes);
        this.#sharedSize -= shared.size;
        this.#shared = frames;
      }
      this.#sharedSize += size;
    }
    this.#total += size;
    this.#added();
  }

  /** `callback` is told what becomes of all that was added so far. */
  notify(callback: SentCallback): void {
    if (this.waiting > 0) {
      this.#callbacks ??= [];
      this.#callbacks.push(callback);
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
  }

  /** Gives the transport what it can take. */
  flush(): void {
    const size = this.waiting;
    if (size === 0) return;
    if (this.#inFlight >= IN_FLIGHT) {
      this.#leaveArena(); // the block is for those who can write
      return;
    }
    const isTaken = this.#write();
    this.#depart(size, isTaken);
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
    this.#tell(flight.callbacks, undefined);
    if (this.waiting > 0) this.flush();
    else if (this.#inFlight === 0) this.#emptied();
  }

  /** Drops what the transport has not been given, telling the senders. */
  drop(error: WebSocketError): void {
    this.#pieces = undefined;
    this.#piecesSize = 0;
    this.#shared = undefined;
    this.#sharedSize = 0;
    this.#closeRegion();
    this.#tell(this.#callbacks, error);
    this.#callbacks = undefined;
  }

  /** The transport is gone: nothing that is still here will be sent. */
  abandon(error: WebSocketError): void {
    const flights = this.#flights ?? [];
    this.#flights = undefined;
    this.#inFlight = 0;
    for (const flight of flights) this.#tell(flight.callbacks, error);
    this.drop(error);
  }

  /** @returns whether the transport is done with it */
  #write(): boolean {
    const transport = this.#transport;
    if (transport.keepsBytes) this.#leaveArena();
    if (this.#pieces === undefined) {
      const shared = this.#shared;
      if (shared === undefined) return this.#writeRegion();
      this.#shared = undefined;
      this.#sharedSize = 0;
      return transport.write(shared.bytes);
    }
    this.#makePieces();
    const pieces = this.#pieces;
    const size = this.#piecesSize;
    this.#pieces = undefined;
    this.#piecesSize = 0;
    if (pieces.length === 1) return transport.write(pieces[0]);
    if (size > GATHER_UP_TO || transport.keepsBytes) return transport.writeMany(pieces);
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
      this.#addPiece(bytes);
    }
    this.#closeRegion();
  }

  /** Opens a region with room for `size` bytes; what waits as shared frames moves in before them. */
  #open(size: number): void {
    const arena = this.#arena;
    const shared = this.#shared;
    this.#leaveArena();
    this.#shared = undefined;
    this.#sharedSize = 0;
    // The largest frames that are copied leave room in a block for the largest sequence of shared ones.
    arena.open(size + (shared?.size ?? 0));
    this.#block = arena.block;
    this.#start = this.#end = arena.tail;
    if (shared === undefined) return;
    this.#block.set(shared.bytes, this.#start);
    this.#end += shared.size;
    arena.tail = this.#end;
  }

  /** Makes pieces of all that waits. */
  #makePieces(): void {
    this.#leaveArena();
    if (this.#shared === undefined) return;
    this.#addPiece(this.#shared.bytes);
    this.#shared = undefined;
    this.#sharedSize = 0;
  }

  #addPiece(bytes: Uint8Array): void {
    this.#pieces ??= [];
    this.#pieces.push(bytes);
    this.#piecesSize += bytes.length;
  }

  /** Something was added: it leaves at the end of the chunk or turn, or now when it is much. */
  #added(): void {
    if (this.waiting >= FLUSH_FROM) this.flush();
    else if (!this.#isCorked && !this.#isScheduled) {
      this.#isScheduled = true;
      this.#scheduler.afterTurn(this);
    }
  }

  /** What was waiting has been written. */
  #depart(size: number, isTaken: boolean): void {
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (!isTaken) {
      this.#flights ??= [];
      this.#flights.push({ size, callbacks });
      this.#inFlight += size;
    } else if (this.#inFlight > 0) {
      // Taken, but behind writes that are not: told with the last of those.
      const last = this.#flights?.at(-1);
      if (last !== undefined && callbacks !== undefined) last.callbacks = [...(last.callbacks ?? []), ...callbacks];
    } else {
      this.#tell(callbacks, undefined);
      this.#emptied();
    }
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
