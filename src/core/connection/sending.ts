// Sending on one connection: whether something may be queued at all, what its sender is told, and whether more may
// follow. The encoding is in core/message; the bounds are in backpressure.ts.

import { Opcode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { MessageData } from '../message/message-data.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { FragmentOptions, SendOptions } from '../message/send-options.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { Deadlines } from './deadlines.ts';
import type { ConnectionLink } from './link.ts';
import { type Noted, notePrepared, noteSent } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing } from './outgoing.ts';

/** The connection that sends. */
export interface SendingOwner extends Noted {
  readonly options: ConnectionOptions;
  readonly deadlines: Deadlines;
  readonly reports: { bind(callback: SentCallback): (error?: WebSocketError) => void };
  readonly isOpen: boolean;
  /** Sends in its place, where it has no transport of its own. */
  readonly link: ConnectionLink | undefined;
  /** What it sends with at present. */
  readonly lent: Outgoing | undefined;
  /** What it sends with, lent now if need be. */
  takeOutgoing(): Outgoing;
  /** Fails the connection (RFC 6455 §7.1.7). */
  fail(error: WebSocketError): void;
  /** Fails it because of something that was thrown. */
  broken(exception: unknown): void;
}

/** See `Connection.send`. */
export function sendMessage(owner: SendingOwner, data: MessageData, sent: SentCallback | undefined): boolean {
  if (owner.link !== undefined) return owner.link.send(data, undefined, sent);
  const outgoing = admitted(owner, sent, false);
  if (outgoing === undefined) return false;
  outgoing.sender.queueMessage(data);
  noteSent(owner, data);
  return queued(owner, outgoing, sent);
}

/** See `Connection.send`, with options. */
export function sendMessageAs(
  owner: SendingOwner,
  data: MessageData,
  options: SendOptions,
  sent: SentCallback | undefined,
): boolean {
  if (owner.link !== undefined) return owner.link.send(data, options, sent);
  const outgoing = admitted(owner, sent, false);
  if (outgoing === undefined) return false;
  outgoing.sender.queueMessageAs(data, options);
  noteSent(owner, data, options.binary);
  return queued(owner, outgoing, sent);
}

/** See `Connection.sendFragment`. */
export function sendFragment(
  owner: SendingOwner,
  data: MessageData,
  options: FragmentOptions,
  sent: SentCallback | undefined,
): boolean {
  if (owner.link !== undefined) return owner.link.sendFragment(data, options, sent);
  const isFinal = options.fin;
  if (owner.lent?.isSkipping === true) {
    owner.lent.isSkipping = !isFinal;
    tell(owner, sent, webSocketError('ERR_WS_DROPPED', 'the beginning of its message was dropped'));
    return false;
  }
  const outgoing = admitted(owner, sent, owner.lent?.sender.isMessageOpen === true);
  if (outgoing === undefined) {
    if (owner.lent !== undefined) owner.lent.isSkipping = !isFinal;
    return false;
  }
  outgoing.sender.queueFragment(data, options);
  if (isFinal) owner.accounts.messagesSent(owner.account, 1);
  return queued(owner, outgoing, sent);
}

/** Sends a Ping or Pong frame. @returns as `Connection.send` */
export function sendControl(
  owner: SendingOwner,
  opcode: number,
  payload: Uint8Array,
  sent: SentCallback | undefined,
): boolean {
  if (owner.link !== undefined) return owner.link.sendControl(opcode, payload, sent);
  const outgoing = admitted(owner, sent, false);
  if (outgoing === undefined) return false;
  outgoing.sender.queueControl(opcode, payload);
  if (sent !== undefined) outgoing.outbox.notify(owner.reports.bind(sent));
  return outgoing.backpressure.mayGoOn();
}

/** Sends a Ping frame of the keep-alive, at once: the time for its answer begins when it has left. */
export function sendPing(owner: SendingOwner, payload: Uint8Array): void {
  const { outbox, sender } = owner.takeOutgoing();
  sender.queueControl(Opcode.ping, payload);
  outbox.flush();
}

/**
 * Queues a message that other connections send as well. Within a fragmented message it waits for the last fragment.
 *
 * @returns whether it was queued
 */
export function sendPrepared(owner: SendingOwner, message: PreparedMessage): boolean {
  if (owner.link !== undefined) return owner.link.publish(message);
  const outgoing = admitted(owner, undefined, false);
  if (outgoing === undefined) return false;
  // The connection's own fragments hold up messages of the publisher, which must not pile up without bound.
  if (outgoing.sender.heldSize > owner.options.limits.maxQueuedBytes) return false;
  try {
    outgoing.sender.queuePrepared(message);
  } catch (exception) {
    owner.broken(exception); // the publisher has others to send to
    return false;
  }
  notePrepared(owner, message);
  queued(owner, outgoing, undefined);
  return true;
}

/** See `Connection.sendShared`. */
export function sendShared(
  owner: SendingOwner,
  message: PreparedMessage,
  mayCompress: boolean,
  sent: SentCallback | undefined,
): boolean {
  if (owner.link !== undefined) return owner.link.sendShared(message, mayCompress, sent);
  const outgoing = admitted(owner, sent, false);
  if (outgoing === undefined) return false;
  const { maxQueuedBytes } = owner.options.limits;
  if (outgoing.sender.heldSize > maxQueuedBytes) {
    const reason = 'too many shared messages wait for the end of a fragmented one';
    tell(owner, sent, webSocketError('ERR_WS_DROPPED', reason));
    return false;
  }
  outgoing.sender.queuePrepared(message, mayCompress);
  notePrepared(owner, message);
  return queued(owner, outgoing, sent);
}

/**
 * Where a message may be queued, by state and bounds. If it may not, `sent` is told why.
 *
 * @param isBegun  it is a fragment of a message that has begun
 */
function admitted(owner: SendingOwner, sent: SentCallback | undefined, isBegun: boolean): Outgoing | undefined {
  let error: WebSocketError | undefined;
  if (owner.isOpen) {
    const outgoing = owner.takeOutgoing();
    error = outgoing.backpressure.refusal(isBegun);
    // If all queues together were full, this connection may be one of those that had to go.
    if (error === undefined && owner.isOpen) return outgoing;
    if (error?.closeCode !== undefined) {
      owner.fail(error);
      error = undefined;
    }
  }
  tell(owner, sent, error ?? webSocketError('ERR_WS_DROPPED', 'the connection is not open'));
  return undefined;
}

/** @returns whether more may follow at once */
function queued(owner: SendingOwner, { backpressure, outbox }: Outgoing, sent: SentCallback | undefined): boolean {
  if (sent !== undefined) outbox.notify(owner.reports.bind(sent));
  owner.deadlines.active();
  return backpressure.mayGoOn();
}

function tell(owner: SendingOwner, sent: SentCallback | undefined, error: WebSocketError): void {
  if (sent === undefined) return;
  const callback = owner.reports.bind(sent);
  owner.host.scheduler.afterTurn({ endOfTurn: () => callback(error) });
}
