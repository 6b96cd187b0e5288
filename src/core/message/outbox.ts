// Bytes on their way out of one connection. Frames that are written while a chunk is processed leave in one write at its
// end; all others leave at the end of the turn. One write for each message is where the time of a WebSocket server goes.
// What a slow peer cannot take waits here, not in the transport, so that it can be counted and dropped.
//
//   reserve/commit ─┐
//   share ──────────┼─▶ WaitingFrames ─ flush ─▶ transport ─ written() ─▶ sent callbacks
//   append ─────────┘                     ▲ held back while the transport has IN_FLIGHT bytes to take (Flights)

import { type WebSocketError, webSocketErrorFrom } from '../errors.ts';
import { NOBODY } from '../pool.ts';
import type { Memory, Scheduler, Transport, TurnTask } from '../ports.ts';
import { type TrafficCounts, UNASKED } from '../traffic-counts.ts';
import type { Arena } from './arena.ts';
import { Flights } from './flights.ts';
import { callSent, type SentCallback, SentCallbacks } from './sent-callbacks.ts';
import type { SharedFrames } from './shared-frames.ts';
import { WaitingFrames } from './waiting-frames.ts';

/** From so many waiting bytes on they are written at once, not at the end of the turn: memory stays bounded and in cache. */
const FLUSH_FROM = 32 * 1024;
/** Bytes given to a transport before it has taken the earlier ones. */
const IN_FLIGHT = 64 * 1024;

/** Where the bytes of several outboxes are counted together. */
export interface ByteCount {
  add(bytes: number): void;
}

/** The connection that an outbox serves. */
export interface OutboxOwner {
  readonly transport: Transport;
  /** Is told each change of `size`. */
  readonly count: ByteCount | undefined;
  /** The last byte has been taken. */
  emptied(): void;
  /** Everything that was left to the end of the turn is done. The outbox does nothing after this call. */
  turnEnded(): void;
  /** A frame is queued, and observers want frames. */
  frameQueued?(first: number, payload: Uint8Array): void;
  /** The transport has thrown. This does not concern the caller of `send`: nothing more can be sent. */
  broken(exception: unknown): void;
}

/** The outgoing bytes of one connection at a time. */
export class Outbox implements TurnTask {
  readonly #scheduler: Scheduler;
  readonly #frames: WaitingFrames;
  readonly #flights = new Flights();
  #owner: OutboxOwner = NOBODY;
  // Of the owner, kept at hand because each frame needs them.
  #transport: Transport = NOBODY;
  #count: ByteCount | undefined;
  #sent: TrafficCounts = UNASKED;

  /** Of the messages that wait. */
  #callbacks: SentCallbacks | undefined;
  /** Bytes ever added, those that were dropped included. */
  #added = 0;
  #dropped = 0;
  #isCorked = false;
  #isScheduled = false;
  /** The transport is being given bytes. */
  #isFlushing = false;
  #endsWhenFlushed = false;
  /** The transport has thrown: what it was given is lost, and so is what is still being sent. */
  #loss: WebSocketError | undefined;

  constructor(arena: Arena, memory: Memory, scheduler: Scheduler) {
    this.#frames = new WaitingFrames(arena, memory);
    this.#scheduler = scheduler;
  }

  /**
   * From here on its bytes are those of `owner`. Only before the first one, and while it `isIdle`.
   *
   * @param sent  where bytes are counted that transports are given
   */
  serve(owner: OutboxOwner, sent = UNASKED): void {
    this.#owner = owner;
    if (this.#sent !== sent) this.#sent = sent;
    this.#transport = owner.transport;
    this.#count = owner.count;
  }

  /** Lets go of its owner. Only while it `isIdle`. */
  release(): void {
    this.#owner = NOBODY;
    this.#transport = NOBODY;
    this.#count = undefined;
    this.#loss = undefined;
    this.#added = 0;
    this.#dropped = 0;
  }

  /** Whether it has no bytes, and nothing left to do in this turn. */
  get isIdle(): boolean {
    return !this.#isScheduled && !this.#isCorked && !this.#isFlushing && this.waiting === 0 && !this.isInFlight;
  }

  /** Bytes that the transport has not finished with. */
  get size(): number {
    return this.waiting + this.#flights.size;
  }

  /**
   * Bytes ever added, without those that were dropped. To know when a message has left, note the total before it: it has
   * left when `taken` is more than that.
   */
  get total(): number {
    return this.#added - this.#dropped;
  }

  /** Bytes that the transport has ever finished with. */
  get taken(): number {
    return this.total - this.size;
  }

  /** Bytes that the transport has not been given. */
  get waiting(): number {
    return this.#frames.size;
  }

  /** Whether the transport has bytes that it has not finished with. */
  get isInFlight(): boolean {
    return this.#flights.size > 0;
  }

  /**
   * Makes room for `size` bytes right behind what is here.
   *
   * @param size  bytes, `LARGEST_REGION` at most
   * @returns where to write in `block`; `commit` then keeps what was written
   */
  reserve(size: number): number {
    return this.#frames.reserve(size);
  }

  /** Where `reserve` made room. */
  get block(): Uint8Array {
    return this.#frames.block;
  }

  /** Keeps `size` bytes written at the place that `reserve` gave. */
  commit(size: number): void {
    this.#frames.commit(size);
    this.#grown(size);
  }

  /** Adds one whole frame in memory of ours, which must not change any more. */
  append(frame: Uint8Array): void {
    this.#frames.append(frame);
    this.#grown(frame.length);
  }

  /**
   * Adds frames that other connections send too. While it has no frames of its own that leave with them, it only
   * refers to them: no copy, no memory, no object.
   */
  share(frames: SharedFrames): void {
    this.#frames.share(frames);
    this.#grown(frames.size);
  }

  /** As {@link share}, for the frames that its owner has published, and counted, before this was lent to it. */
  takeOver(owner: { published: SharedFrames | undefined }): void {
    const frames = owner.published as SharedFrames;
    owner.published = undefined;
    this.#count?.add(-frames.size);
    this.share(frames);
  }

  /** Whether bytes that are written now leave at once, after everything that was added. */
  get isClear(): boolean {
    if (this.#transport.keepsBytes || this.#endsWhenFlushed) return false;
    if (this.waiting > 0) this.flush();
    return this.size === 0;
  }

  /**
   * Adds bytes that leave at once, all of one frame. Only for a frame that began while it `isClear`.
   *
   * @returns whether their memory may be used again; if not, the transport refers to it
   */
  writeNow(bytes: Uint8Array): boolean {
    if (this.#loss !== undefined) return true; // the rest of what was lost
    const size = bytes.length;
    const transport = this.#transport;
    const isCopied = transport.copiesBytes === true && !transport.keepsBytes;
    this.#added += size;
    this.#sent.wire(size);
    let isTaken: boolean;
    try {
      isTaken = transport.write(bytes);
    } catch (exception) {
      this.#dropped += size;
      this.#lose(exception);
      this.#owner.broken(exception);
      return true;
    }
    if (!isTaken) {
      this.#count?.add(size);
      this.#flights.add(size, undefined);
    }
    return isTaken || isCopied;
  }

  /** As {@link writeNow}, as far as the system takes it during the call: @returns number of bytes. It refers to none. */
  writeSome(header: Uint8Array, payload: Uint8Array): number {
    let taken: number;
    try {
      taken = this.#transport.writeSome?.(header, payload) ?? 0;
    } catch (exception) {
      this.#lose(exception);
      this.#owner.broken(exception);
      return header.length + payload.length;
    }
    this.#added += taken;
    this.#sent.wire(taken);
    return taken;
  }

  /** Bytes that were counted, and given to the transport, without this. It has not finished with them. */
  addFlight(size: number): void {
    this.#added += size;
    this.#flights.add(size, undefined);
  }

  /** A frame has been added, or will be, and observers want frames. */
  frameSeen(first: number, payload: Uint8Array): void {
    // Writing it may have ended the connection.
    (this.#owner as OutboxOwner | undefined)?.frameQueued?.(first, payload);
  }

  /** Gives up the transport: the rest of a frame that has begun to leave cannot be had. */
  cut(): void {
    this.#transport.destroy();
  }

  /** `callback` is told what becomes of everything that was added so far. */
  notify(callback: SentCallback): void {
    if (this.#loss !== undefined) {
      callSent(this.#scheduler, [callback], this.#loss);
    } else if (this.waiting > 0) {
      this.#callbacks ??= new SentCallbacks();
      this.#callbacks.add(callback, this.#added);
    } else if (!this.#flights.addToNewest([callback])) {
      callSent(this.#scheduler, [callback], undefined);
    }
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

  /** Gives the transport what it can take. Exceptions go to the owner, not to the caller. */
  flush(): void {
    if (this.waiting === 0 || this.#isFlushing) return;
    this.#isFlushing = true;
    try {
      this.#flush();
      this.#isFlushing = false;
    } catch (exception) {
      this.#isFlushing = false; // what follows sends a Close frame
      this.#owner.broken(exception);
    }
  }

  #flush(): void {
    const frames = this.#frames;
    const transport = this.#transport;
    let before = frames.size;
    while (before > 0) {
      if (this.#flights.size >= IN_FLIGHT) {
        frames.leaveArena(); // the block is for connections that can write
        return;
      }
      const { total } = this;
      let isTaken: boolean;
      try {
        isTaken = frames.write(transport, transport.keepsBytes || this.isInFlight);
      } catch (exception) {
        const gone = before + this.total - total - frames.size;
        this.#dropped += gone;
        this.#count?.add(-gone);
        this.#lose(exception);
        throw exception;
      }
      const after = frames.size;
      // A transport in memory may deliver during the write, and the answer of the peer, too: more may be here now.
      this.#depart(before + this.total - total - after, isTaken);
      before = after;
    }
    if (this.#endsWhenFlushed) transport.end();
  }

  /** Ends the transport's outgoing direction after everything that was added. */
  end(): void {
    if (this.#endsWhenFlushed) return;
    this.#endsWhenFlushed = true;
    if (this.waiting === 0) this.#transport.end();
    else this.flush();
  }

  /** The transport has finished a write that it had answered `false`. */
  written(): void {
    const flight = this.#flights.finish();
    if (flight === undefined) return;
    if (flight.pieces !== undefined) this.#frames.release(flight.pieces);
    this.#count?.add(-flight.size);
    callSent(this.#scheduler, flight.callbacks, undefined);
    if (this.waiting > 0) this.flush();
    else if (!this.isInFlight) this.#owner.emptied();
  }

  /** Drops what the transport has not been given, and tells its senders why. */
  drop(error: WebSocketError): void {
    const { waiting } = this;
    this.#dropped += waiting;
    this.#count?.add(-waiting);
    this.#frames.clear();
    const callbacks = this.#callbacks?.takeAll();
    this.#callbacks = undefined;
    callSent(this.#scheduler, callbacks, error);
  }

  /** Nobody knows how much of a write has left that has thrown: nothing behind it may follow but a Close frame. */
  #lose(exception: unknown): void {
    this.#loss = webSocketErrorFrom(exception, 'ERR_WS_DROPPED', 'the transport has failed');
    this.drop(this.#loss);
  }

  /**
   * Drops messages that the transport has not been given, the oldest first, until no more than `limit` bytes are here
   * or no message is left. Control frames and fragments stay.
   *
   * @param error    for the senders of the dropped messages
   * @param dropped  called for each dropped message with its bytes, and with the bytes behind it
   */
  dropOldest(limit: number, error: WebSocketError, dropped: (size: number, behind: number) => void): void {
    const frames = this.#frames;
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
    if (callbacks.length > 0) callSent(this.#scheduler, callbacks, error);
  }

  /** The transport is gone: nothing that is still here will be sent. */
  abandon(error: WebSocketError): void {
    this.#count?.add(-this.#flights.size);
    for (const { callbacks } of this.#flights.takeAll()) callSent(this.#scheduler, callbacks, error);
    this.drop(error);
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
    this.#sent.wire(size);
    const callbacks = this.#callbacks === undefined ? undefined : this.#takeCallbacks(this.#callbacks);
    if (!isTaken) {
      this.#flights.add(size, callbacks, this.#frames.takeLeaving());
      return;
    }
    this.#count?.add(-size);
    // Bytes that were taken behind writes that are not finished count as sent with the last of those.
    if (!this.isInFlight) {
      callSent(this.#scheduler, callbacks, undefined);
      if (this.waiting === 0) this.#owner.emptied();
    } else if (callbacks !== undefined) {
      this.#flights.addToNewest(callbacks);
    }
  }

  /** Those of the messages that have just been written. */
  #takeCallbacks(callbacks: SentCallbacks): SentCallback[] | undefined {
    const { size, untouched } = this.#frames;
    if (size === 0) return callbacks.takeAll();
    // Callbacks of frames that stayed when others were dropped are called when the last of those frames has left.
    return untouched < size ? undefined : callbacks.takeUntil(this.#added - size);
  }
}
