// What a connection needs to send: an encoder, the bytes that wait, their bounds. It takes half a kibibyte, and most
// connections have nothing to send most of the time. So it is lent, from the first byte that is queued to the end of the
// turn in which the last one is taken.

import type { WebSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Arena } from '../message/arena.ts';
import type { MaskingKeys } from '../message/masking-keys.ts';
import { Outbox, type OutboxOwner } from '../message/outbox.ts';
import type { Scratch } from '../message/scratch.ts';
import { Sender } from '../message/sender.ts';
import type { SharedFrames } from '../message/shared-frames.ts';
import type { Meter } from '../meter.ts';
import type { Observers } from '../observer.ts';
import type { Host } from '../ports.ts';
import type { Backlog, BacklogOwner } from './backlog.ts';
import { Backpressure, type BackpressureOwner } from './backpressure.ts';

/** The connection that sends. */
export interface OutgoingOwner extends OutboxOwner, BackpressureOwner {
  /** Present if permessage-deflate was agreed. */
  readonly compression: MessageCompression | undefined;
  readonly meter: Meter;
  readonly observers: Observers<unknown>;
  /** See `PublishedOwner`. */
  published: SharedFrames | undefined;
}

export class Outgoing implements BacklogOwner {
  readonly outbox: Outbox;
  readonly backpressure: Backpressure;
  readonly sender: Sender;
  /** The first fragment of the message being sent was dropped, and the others will be. */
  isSkipping = false;
  /** Present while a message takes more than one turn to send. */
  backlog: Backlog | undefined;
  /** Whether observers want messages. */
  isWatched = false;

  constructor({ memory, scheduler, text }: Host, arena: Arena, maskingKeys: MaskingKeys, scratch: Scratch) {
    this.outbox = new Outbox(arena, memory, scheduler);
    this.backpressure = new Backpressure(this.outbox, scheduler);
    this.sender = new Sender(this.outbox, maskingKeys, text, memory, scratch);
  }

  /** From here on it belongs to `owner`. */
  serve(owner: OutgoingOwner): void {
    const { sent } = owner.meter;
    this.outbox.serve(owner, sent);
    this.backpressure.serve(owner);
    this.sender.serve(owner.options.role, owner.compression);
    this.sender.count(sent);
    this.watch(owner.observers);
  }

  /** From here on it tells these. */
  watch({ wantsFrames, wantsMessages }: Observers<unknown>): void {
    this.sender.isWatched = wantsFrames;
    this.isWatched = wantsMessages;
  }

  /** Whether it holds nothing of its owner, and has nothing left to do. */
  get isIdle(): boolean {
    if (this.backlog !== undefined) return false;
    return this.outbox.isIdle && this.backpressure.isIdle && !this.sender.isMessageOpen && !this.isSkipping;
  }

  /** Bytes that wait, in the outbox, before it, or for the end of a fragmented message. */
  get size(): number {
    return this.outbox.size + this.sender.heldSize + this.backpressure.held;
  }

  /** The transport is gone. The callbacks of the messages that are still here learn that these will not be sent. */
  abandon(error: WebSocketError): void {
    this.outbox.abandon(error);
    this.backlog?.dropAll(error);
    this.backpressure.end(error);
  }

  /** Drops all messages that the transport has not been given, and tells their senders why. */
  drop(error: WebSocketError): void {
    this.outbox.drop(error);
    this.backlog?.dropAll(error);
  }

  /** Lets go of its owner. Call it only while it `isIdle`. */
  release(): void {
    this.outbox.release();
    this.backpressure.release();
    this.sender.release();
  }
}
