// The receiving part of a connection: a receiver of frames and messages, and the watch over an incomplete message. It
// is lent for the length of a chunk, or until a message that has begun is complete, as `Outgoing` is for sending.

import { Opcode, type Role } from '../constants.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Close } from '../frame/close-payload.ts';
import type { MemoryPool } from '../memory-pool.ts';
import type { Lending } from '../message/assembler.ts';
import { Receiver, type ReceiverEvents } from '../message/receiver.ts';
import { NOBODY } from '../pool.ts';
import type { Host } from '../ports.ts';
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
  takeRates(): PeerRates;
  takeOutgoing(): Outgoing;
  /** A Close frame of the peer arrives. Its code has not been judged. */
  closedByPeer(close: Close): void;
}

export class Incoming implements ReceiverEvents {
  readonly role: Role;
  readonly #receiver: Receiver;
  /** With compression it is never lent to another connection. */
  readonly #isLendable: boolean;
  #owner: IncomingOwner = NOBODY;
  /** Present while a message is unfinished. */
  #watch: MessageWatch | undefined;

  /** @param compression  present if permessage-deflate was agreed: it then serves only that connection */
  constructor(role: Role, { text, memory }: Host, pool: MemoryPool, compression?: MessageCompression) {
    this.role = role;
    this.#receiver = new Receiver(role, text, memory, pool, compression);
    this.#isLendable = compression === undefined;
  }

  /** From here on it belongs to `owner`. */
  serve(owner: IncomingOwner): void {
    this.#owner = owner;
    const { limits, textMessages, fragmentSizes } = owner.options;
    this.#receiver.serve(this, limits, owner.lending, textMessages === 'bytes', fragmentSizes);
    this.#receiver.count(owner.meter.received, owner.observers);
  }

  /** Lets go of its owner. Call it only when {@link endChunk} returns `true`. */
  release(): void {
    this.#owner = NOBODY;
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
    this.#receiver.receive(chunk, size);
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
    this.#watch.hold(this.#receiver.held);
    // Not while the chunk is decoded, since this connection may be one of those that fail.
    this.#owner.options.unfinishedBudget?.isExceeded();
    return false;
  }

  /** Ignores everything from here on, and lets go of what is held of a message. */
  discard(): void {
    this.#receiver.discard();
    this.#endWatch();
  }

  #endWatch(): void {
    this.#watch?.end();
    this.#watch = undefined;
  }

  // ── What the receiver has found ────────────────────────────────────────────────────────────────────────────────

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

  /** @returns whether the application gets it */
  #countMessage(data: string | Uint8Array, isBinary: boolean): boolean {
    const owner = this.#owner;
    owner.rates?.countMessage();
    owner.deadlines.active();
    this.#watch?.renew();
    const { isDelivering } = owner;
    noteReceived(owner, data, isBinary, isDelivering);
    return isDelivering;
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
