// The receiving part of a connection: a receiver of frames and messages, and the watch over an incomplete message. It
// is lent for the length of a chunk, or until a message that has begun is complete, as `Outgoing` is for sending.

import { Opcode, type Role } from '../constants.ts';
import type { WebSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Close } from '../frame/close-payload.ts';
import type { MemoryPool } from '../memory-pool.ts';
import type { Lending } from '../message/assembler.ts';
import { MessageStream } from '../message/message-stream.ts';
import { type MessageSink, PartQueue, type PartSource } from '../message/part-queue.ts';
import { Receiver, type ReceiverEvents } from '../message/receiver.ts';
import { NOBODY } from '../pool.ts';
import type { Host, Job } from '../ports.ts';
import type { SignsOfLife } from './activity-limits.ts';
import type { Deadlines } from './deadlines.ts';
import { MessageWatch, type MessageWatchOwner } from './message-watch.ts';
import { type Noted, noteFrame, noteReceived } from './noting.ts';
import type { Outgoing } from './outgoing.ts';
import type { PeerRates } from './rate.ts';

/** What the application is told of the peer's messages and control frames. */
interface IncomingReports {
  messageReceived(data: string | Uint8Array, isBinary: boolean, fragments?: readonly number[]): void;
  lentReceived(data: Uint8Array, isBinary: boolean, fragments?: readonly number[]): Promise<void> | undefined;
  streamReceived(stream: MessageStream): void;
  pingReceived(payload: Uint8Array): void;
  pongReceived(payload: Uint8Array): void;
}

/** The connection that receives. */
export interface IncomingOwner extends MessageWatchOwner, Noted {
  /** Present if permessage-deflate was agreed. */
  readonly compression: MessageCompression | undefined;
  readonly deadlines: Deadlines;
  readonly reports: IncomingReports;
  /** How it lends binary messages. Absent: they are the application's. */
  readonly lending: Lending | undefined;
  readonly isOpen: boolean;
  /** Whether the application is told what the peer sends. */
  readonly isDelivering: boolean;
  /** Whether nothing is read any more. */
  readonly isDeaf: boolean;
  /** Absent if messages are not counted and no control frame has arrived. */
  readonly rates: PeerRates | undefined;
  /** Complete messages of the peer. */
  messagesReceived: number;
  takeRates(): PeerRates;
  takeOutgoing(): Outgoing;
  /** A Close frame of the peer arrives. Its code has not been judged. */
  closedByPeer(close: Close): void;
  /** Nothing more is to be read before {@link goOnReading}: the reader of a message in parts has fallen behind. */
  holdReading(): void;
  /** There is room again: {@link Incoming.goOn} reads the bytes that are held, and then the transport may go on. */
  goOnReading(): void;
}

export class Incoming implements ReceiverEvents, PartSource, Job {
  readonly role: Role;
  readonly #receiver: Receiver;
  /** With compression it is never lent to another connection. */
  readonly #isLendable: boolean;
  readonly #host: Host;
  #owner: IncomingOwner = NOBODY;
  /** Present while a message is unfinished. */
  #watch: MessageWatch | undefined;
  /** The last message that was given in parts. */
  #parts: PartQueue | undefined;
  /** What has been read of the transport, and waits until there is room. */
  #rest: Uint8Array | undefined;
  #isScheduled = false;
  /** Whether observers want messages. */
  #isWatched = false;

  /** @param compression  present if permessage-deflate was agreed: it then serves only that connection */
  constructor(role: Role, host: Host, pool: MemoryPool, compression?: MessageCompression) {
    const { text, memory } = host;
    this.role = role;
    this.#host = host;
    this.#receiver = new Receiver(role, text, memory, pool, compression);
    this.#isLendable = compression === undefined;
  }

  /** From here on it belongs to `owner`. */
  serve(owner: IncomingOwner): void {
    this.#owner = owner;
    const { limits, textMessages, fragmentSizes, streaming } = owner.options;
    const keepsBytes = textMessages === 'bytes';
    if (streaming === undefined) this.#receiver.serve(this, limits, owner.lending, keepsBytes, fragmentSizes);
    else {
      this.#receiver.serve(this, streaming.limits, owner.lending, keepsBytes, fragmentSizes, streaming.from);
    }
    this.#receiver.count(owner.meter.received);
  }

  /** Lets go of its owner. Call it only when {@link endChunk} returns `true`. */
  release(): void {
    this.#owner = NOBODY;
    this.#parts = undefined;
    this.#receiver.release();
  }

  /** How much of a frame and a message has arrived. */
  get progress(): SignsOfLife['incoming'] {
    return this.#receiver;
  }

  /** Bytes that are kept of an incomplete message. */
  get unfinishedSize(): number {
    return this.#watch?.size ?? 0;
  }

  /**
   * Takes the next bytes, the first `size` of `chunk`. They are modified, and not kept beyond the call.
   *
   * @throws WebSocketError of the protocol family; nothing may be read after it
   */
  read(chunk: Uint8Array, size: number): void {
    if (this.#rest !== undefined) {
      this.#keep(chunk, 0, size); // the transport was pausing
      return;
    }
    const { wantsFrames, wantsMessages } = this.#owner.observers;
    if (this.#receiver.isWatched !== wantsFrames) this.#receiver.isWatched = wantsFrames;
    this.#isWatched = wantsMessages;
    const used = this.#receiver.receive(chunk, size);
    if (!this.#receiver.isHeld) return;
    if (used < size) this.#keep(chunk, used, size);
    this.#owner.holdReading();
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const before = this.#rest;
    const beforeSize = before?.length ?? 0;
    const rest = this.#host.memory.allocate(beforeSize + end - start);
    if (before !== undefined) rest.set(before);
    rest.set(chunk.subarray(start, end), beforeSize);
    this.#rest = rest;
  }

  /**
   * Reads what waited for room, as far as there is some.
   *
   * @returns whether all of it was read, so that the transport may go on
   * @throws WebSocketError as {@link read}
   */
  goOn(): boolean {
    if (this.#parts?.isFull === true) return false;
    const receiver = this.#receiver;
    receiver.goOn();
    const rest = this.#rest;
    if (rest !== undefined && !receiver.isHeld) {
      const used = receiver.receive(rest, rest.length);
      this.#rest = receiver.isHeld && used < rest.length ? rest.subarray(used) : undefined;
    }
    return !receiver.isHeld;
  }

  // ── Called by a message that is given in parts ─────────────────────────────────────────────────────────────────

  hold(): void {
    this.#receiver.hold();
  }

  /** The reader made room. The next parts and messages come in a later turn, not during its call. */
  roomMade(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#host.scheduler.inLaterTurn(this);
  }

  nextPiece(): void {
    this.#isScheduled = false;
    if (this.#owner !== NOBODY) this.#owner.goOnReading();
  }

  /** The application gets nothing more of the message that is given in parts. The rest of it is read and dropped. */
  dropParts(reason: () => WebSocketError): void {
    this.#parts?.drop(reason);
  }

  /**
   * Call it at the end of a chunk: it watches a message that is unfinished.
   *
   * @returns whether it holds nothing of its owner, and may be lent to another one
   */
  endChunk(): boolean {
    if (this.#receiver.isBetweenMessages) {
      if (this.#watch !== undefined) this.#endWatch();
      return this.#isLendable;
    }
    if (this.#owner.isDeaf) return false;
    this.#watch ??= new MessageWatch(this.#owner);
    this.#watch.hold(this.#receiver.held + (this.#rest?.length ?? 0));
    // Not while the chunk is decoded, since this connection may be one of those that fail.
    this.#owner.options.unfinishedBudget?.isExceeded();
    return false;
  }

  /**
   * Ignores everything from here on, and lets go of what is held of a message.
   *
   * @param reason  why, for the reader of a message that is given in parts
   */
  discard(reason: () => WebSocketError): void {
    this.#receiver.discard();
    this.#rest = undefined;
    this.#endWatch();
    this.#parts?.fail(reason);
  }

  #endWatch(): void {
    this.#watch?.end();
    this.#watch = undefined;
  }

  // ── What the receiver has found ────────────────────────────────────────────────────────────────────────────────

  turnIsOver(): void {
    this.hold();
    this.roomMade();
  }

  frameSeen(first: number, size: number, payload: Uint8Array): void {
    noteFrame(this.#owner, 'received', first, size, payload);
  }

  messageReceived(data: string | Uint8Array, isBinary: boolean, fragments?: readonly number[]): void {
    const { reports } = this.#owner;
    if (this.#countMessage(data, isBinary)) reports.messageReceived(data, isBinary, fragments);
  }

  lentReceived(data: Uint8Array, isBinary: boolean, fragments?: readonly number[]): Promise<void> | undefined {
    const { reports } = this.#owner;
    return this.#countMessage(data, isBinary) ? reports.lentReceived(data, isBinary, fragments) : undefined;
  }

  streamBegun(isBinary: boolean): MessageSink {
    const { options, reports } = this.#owner;
    const { text, memory } = this.#host;
    const isGiven = this.#count();
    const parts = new PartQueue(this, isBinary, options.textMessages === 'strings', text, memory);
    this.#parts = parts;
    if (isGiven) reports.streamReceived(new MessageStream(parts, options.limits.maxMessageSize));
    else parts.drop();
    return parts;
  }

  /** @returns whether the application gets it */
  #countMessage(data: string | Uint8Array, isBinary: boolean): boolean {
    const isGiven = this.#count();
    if (this.#isWatched && isGiven) noteReceived(this.#owner, data, isBinary);
    return isGiven;
  }

  #count(): boolean {
    const owner = this.#owner;
    owner.rates?.countMessage();
    owner.deadlines.active();
    this.#watch?.renew();
    owner.messagesReceived++;
    return owner.isDelivering;
  }

  pingReceived(payload: Uint8Array): void {
    const owner = this.#owner;
    owner.takeRates().countControlFrame();
    // RFC 6455 §5.5.2: answered, unless a Close frame was received. Nothing may follow our own (§5.5.1).
    if (owner.isOpen && owner.options.autoPong) {
      const { backpressure, sender } = owner.takeOutgoing();
      backpressure.countPong();
      sender.queueControl(Opcode.pong, payload);
    }
    if (owner.isDelivering) owner.reports.pingReceived(payload);
  }

  pongReceived(payload: Uint8Array): void {
    const owner = this.#owner;
    owner.takeRates().countControlFrame();
    owner.deadlines.pong(payload);
    if (owner.isDelivering) owner.reports.pongReceived(payload);
  }

  closeReceived(close: Close): void {
    this.#owner.meter.closeReceived(close.code);
    this.#owner.closedByPeer(close);
  }
}
