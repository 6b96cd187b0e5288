// Published messages on a connection that has nothing else to send. They leave at the end of the turn, in one write of
// memory that the subscribers share. Until then the connection keeps one reference and borrows nothing: with a thousand
// subscribers, what would be lent to each is more memory than a processor's caches hold. Whatever else is to be sent, or
// ends the connection, borrows as usual, and finds them in the outbox.

import type { MessageCompression } from '../extension/message-compression.ts';
import type { ByteCount } from '../message/outbox.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { SharedFrames } from '../message/shared-frames.ts';
import { LARGEST_SHARED } from '../message/waiting-frames.ts';
import type { Transport, TurnTask } from '../ports.ts';
import type { Noted } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing } from './outgoing.ts';

/** The connection that sends. Its turn ends with {@link writePublished}. */
export interface PublishedOwner extends TurnTask, Noted {
  readonly transport: Transport;
  readonly options: ConnectionOptions;
  readonly compression: MessageCompression | undefined;
  readonly count: ByteCount | undefined;
  readonly deadlines: { active(): void };
  readonly isOpen: boolean;
  /** Messages that were queued. */
  messagesSent: number;
  /** What it sends with at present. */
  readonly lent: Outgoing | undefined;
  /** The messages that wait for the end of the turn. Present only while nothing is lent to send with. */
  published: SharedFrames | undefined;
  /** What it sends with, lent now if need be; it takes `published` over. */
  takeOutgoing(): Outgoing;
  /** Fails it because of something that was thrown. */
  broken(exception: unknown): void;
}

/**
 * Has a message leave with those that were published in this turn, if that needs no look at policies or bounds.
 *
 * @returns whether it will, and is to be counted by the caller, for all connections together; if not, it is to be sent as usual
 */
export function publishTo(owner: PublishedOwner, message: PreparedMessage): boolean {
  if (owner.lent !== undefined || !owner.isOpen) return false;
  const { published, options, observers } = owner;
  if (observers.wantsFrames || observers.wantsMessages) return false;
  const { plain } = message;
  if (published === undefined) {
    if (options.role !== 'server' || owner.compression !== undefined || owner.transport.keepsBytes) return false;
    if (!isWithinBounds(options, plain.size)) return false;
    owner.published = plain;
    owner.host.scheduler.afterTurn(owner);
  } else {
    if (!isWithinBounds(options, published.size + plain.size)) return false;
    owner.published = published.followedBy(plain);
  }
  owner.count?.add(plain.size);
  owner.messagesSent++;
  // Without it, it is not asked when the last message was sent.
  if (options.idleTimeout > 0) owner.deadlines.active();
  return true;
}

function isWithinBounds({ highWaterMark, limits, queueBudget }: ConnectionOptions, size: number): boolean {
  if (size >= highWaterMark || size > LARGEST_SHARED || size > limits.maxQueuedBytes) return false;
  return queueBudget === undefined || queueBudget.used <= queueBudget.limit;
}

/**
 * At the end of the turn: writes what was published, if it was not taken over.
 *
 * @returns bytes that the transport has finished with
 */
export function writePublished(owner: PublishedOwner): number {
  const { published } = owner;
  if (published === undefined) return 0;
  const { size } = published;
  owner.published = undefined;
  let isTaken = false;
  try {
    isTaken = owner.transport.write(published.bytes);
  } catch (exception) {
    owner.count?.add(-size);
    owner.broken(exception);
    return 0;
  }
  owner.meter.sent.wire(size);
  if (isTaken) {
    owner.count?.add(-size);
    return size;
  }
  owner.takeOutgoing().outbox.addFlight(size);
  return 0;
}
