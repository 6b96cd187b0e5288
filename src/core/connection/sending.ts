// Sending on one connection: whether something may be queued at all, what its sender is told, and whether more may
// follow. The encoding is in core/message; the bounds are in backpressure.ts.

import { Opcode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { MessageData } from '../message/message-data.ts';
import type { ByteCount } from '../message/outbox.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { FragmentOptions, SendOptions, SendStreamOptions } from '../message/send-options.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import { type OpenSource, openSource } from '../message/stream-source.ts';
import { Backlog, type Entry } from './backlog.ts';
import type { Deadlines } from './deadlines.ts';
import { HeldMessage, HeldPrepared, isLong, isLongShared, type Told } from './held-message.ts';
import type { ConnectionLink } from './link.ts';
import { sendOverLink } from './link-stream.ts';
import { type Noted, notePrepared, noteSent, noteSlow } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing } from './outgoing.ts';
import { StreamSending } from './stream-sending.ts';

/** The connection that sends. */
export interface SendingOwner extends Noted {
  readonly options: ConnectionOptions;
  readonly deadlines: Deadlines;
  readonly reports: { bind(callback: SentCallback): (error?: WebSocketError) => void };
  readonly isOpen: boolean;
  /** Present if permessage-deflate was agreed. */
  readonly compression: MessageCompression | undefined;
  /** Is told each change of the bytes that wait. */
  readonly count: ByteCount | undefined;
  /** Messages that were queued. */
  messagesSent: number;
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
  /** The work at the end of a turn is done. */
  turnEnded(): void;
  /** A message of `sendStream` has been queued to its end. */
  streamSent(): void;
}

const NO_OPTIONS: SendOptions = {};

/** See `Connection.send`. */
export function sendMessage(owner: SendingOwner, data: MessageData, sent: SentCallback | undefined): boolean {
  if (owner.link !== undefined) return owner.link.send(data, undefined, sent);
  const outgoing = admitted(owner, sent, false);
  if (outgoing === undefined) return false;
  if (mustWait(owner, outgoing, data, NO_OPTIONS)) return sendLater(owner, outgoing, data, NO_OPTIONS, sent);
  outgoing.sender.queueMessage(data);
  if (outgoing.isWatched) noteSent(owner, data);
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
  if (mustWait(owner, outgoing, data, options)) return sendLater(owner, outgoing, data, options, sent);
  outgoing.sender.queueMessageAs(data, options);
  if (outgoing.isWatched) noteSent(owner, data, options.binary);
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
  if (owner.lent?.backlog !== undefined) {
    if (owner.lent.backlog.hasStream) throw webSocketError('ERR_WS_STREAM_OPEN');
    owner.lent.backlog.catchUp();
  }
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
  if (!isFinal) owner.messagesSent--; // it is not a message yet
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
  if (mustWaitShared(owner, outgoing, message, true)) {
    const isHeld = hold(owner, outgoing, (told) => new HeldPrepared(owner, outgoing, message, true, told), undefined);
    if (isHeld) noteHeld(owner, () => notePrepared(owner, message));
    return isHeld;
  }
  // The connection's own fragments hold up messages of the publisher, which must not pile up without bound.
  if (outgoing.sender.heldSize > owner.options.limits.maxQueuedBytes) return false;
  try {
    outgoing.sender.queuePrepared(message);
  } catch (exception) {
    owner.broken(exception); // the publisher has others to send to
    return false;
  }
  if (outgoing.isWatched) notePrepared(owner, message);
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
  if (mustWaitShared(owner, outgoing, message, mayCompress)) {
    const entry = (told: Told): Entry => new HeldPrepared(owner, outgoing, message, mayCompress, told);
    if (!hold(owner, outgoing, entry, sent)) return false;
    noteHeld(owner, () => notePrepared(owner, message));
    return outgoing.backpressure.mayGoOn();
  }
  const { maxQueuedBytes } = owner.options.limits;
  if (outgoing.sender.heldSize > maxQueuedBytes) {
    const reason = 'too many shared messages wait for the end of a fragmented one';
    tell(owner, sent, webSocketError('ERR_WS_DROPPED', reason));
    return false;
  }
  outgoing.sender.queuePrepared(message, mayCompress);
  if (outgoing.isWatched) notePrepared(owner, message);
  return queued(owner, outgoing, sent);
}

/**
 * See `Connection.sendStream`.
 *
 * @param options  checked
 * @throws WebSocketError ERR_WS_STREAM_SOURCE, ERR_WS_STREAM_USED, ERR_WS_FRAGMENT_OPEN
 */
export function sendStream(owner: SendingOwner, given: unknown, options: SendStreamOptions): Promise<void> {
  const { lent } = owner;
  if (lent?.backlog === undefined && lent?.sender.isMessageOpen === true) throw webSocketError('ERR_WS_FRAGMENT_OPEN');
  const source = openSource(given);
  if (owner.link !== undefined) return sendOverLink(owner.link.openStream, owner.host, source, options);
  if (options.signal?.aborted === true) {
    source.cancel(options.signal.reason);
    return Promise.reject(options.signal.reason);
  }
  const outgoing = admitted(owner, undefined, false);
  if (outgoing === undefined) {
    const error = webSocketError('ERR_WS_DROPPED', 'the connection is not open');
    source.cancel(error);
    return Promise.reject(error);
  }
  return startStream(owner, outgoing, source, options);
}

function startStream(
  owner: SendingOwner,
  outgoing: Outgoing,
  source: OpenSource,
  { binary, compress, signal }: SendStreamOptions,
): Promise<void> {
  const compression = compress === false ? undefined : owner.compression;
  const sending = new StreamSending(owner, outgoing, source, { isBinary: binary, compression });
  backlogOf(owner, outgoing).add(sending);
  const { promise } = sending;
  if (signal === undefined) return promise;
  const abort = (): void => sending.abort(signal.reason);
  signal.addEventListener('abort', abort);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

/** Whether a message has to wait behind others, or is deflated in pieces. */
function mustWait(owner: SendingOwner, outgoing: Outgoing, data: MessageData, options: SendOptions): boolean {
  if (outgoing.backlog !== undefined) return true;
  return owner.compression !== undefined && !outgoing.sender.isMessageOpen && isLong(data, owner.compression, options);
}

function mustWaitShared(
  { compression }: SendingOwner,
  outgoing: Outgoing,
  message: PreparedMessage,
  mayCompress: boolean,
): boolean {
  if (outgoing.backlog !== undefined) return true;
  return compression !== undefined && isLongShared(message, compression, mayCompress, outgoing);
}

function sendLater(
  owner: SendingOwner,
  outgoing: Outgoing,
  data: MessageData,
  options: SendOptions,
  sent: SentCallback | undefined,
): boolean {
  if (!hold(owner, outgoing, (told) => new HeldMessage(owner, outgoing, data, options, told), sent)) return false;
  noteHeld(owner, () => noteSent(owner, data, options.binary));
  owner.deadlines.active();
  return outgoing.backpressure.mayGoOn();
}

/** A message waits behind others: it counts as queued. */
function noteHeld(owner: SendingOwner, note: () => void): void {
  owner.messagesSent++;
  if (owner.observers.wantsMessages) note();
}

/** @returns whether the entry was taken. If not, `sent` is told why, or the connection fails */
function hold(
  owner: SendingOwner,
  outgoing: Outgoing,
  entryOf: (told: Told) => Entry,
  sent: SentCallback | undefined,
): boolean {
  const { slowConsumer, limits } = owner.options;
  const { maxQueuedBytes } = limits;
  const waits = (): number => outgoing.backlog?.size ?? 0;
  // What is only slow to be deflated does not count against a peer.
  if (waits() > maxQueuedBytes) outgoing.backlog?.catchUp();
  if (waits() > maxQueuedBytes && slowConsumer === 'drop-oldest') {
    const error = webSocketError(
      'ERR_WS_SLOW_CONSUMER_DROPPED',
      slowConsumer,
      waits(),
      'maxQueuedBytes',
      maxQueuedBytes,
    );
    outgoing.backlog?.dropOldest(maxQueuedBytes, error, () => noteSlow(owner, 'drop-oldest'));
  }
  if (waits() > maxQueuedBytes) {
    if (slowConsumer === 'drop-newest') {
      noteSlow(owner, 'drop-newest');
      tell(
        owner,
        sent,
        webSocketError('ERR_WS_SLOW_CONSUMER_DROPPED', slowConsumer, waits(), 'maxQueuedBytes', maxQueuedBytes),
      );
    } else {
      noteSlow(owner, 'close');
      tell(owner, sent, webSocketError('ERR_WS_DROPPED', 'the connection failed'));
      owner.fail(webSocketError('ERR_WS_SLOW_CONSUMER', waits(), maxQueuedBytes));
    }
    return false;
  }
  const entry = entryOf(sent && owner.reports.bind(sent));
  backlogOf(owner, outgoing).add(entry);
  return true;
}

function backlogOf(owner: SendingOwner, outgoing: Outgoing): Backlog {
  return outgoing.backlog ?? new Backlog(outgoing, owner.count, owner.host.scheduler, () => owner.turnEnded());
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
  owner.messagesSent++;
  if (sent !== undefined) outbox.notify(owner.reports.bind(sent));
  owner.deadlines.active();
  return backpressure.mayGoOn();
}

function tell(owner: SendingOwner, sent: SentCallback | undefined, error: WebSocketError): void {
  if (sent === undefined) return;
  const callback = owner.reports.bind(sent);
  owner.host.scheduler.afterTurn({ endOfTurn: () => callback(error) });
}
