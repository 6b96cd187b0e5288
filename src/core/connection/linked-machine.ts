// The machine of a connection that a link carries (link.ts): its state, its closing and its handlers are those of any
// connection, but it has no transport, and what is sent goes to the link as messages, not as frames.

import { webSocketError } from '../errors.ts';
import type { Close } from '../frame/close-payload.ts';
import type { MessageStream } from '../message/message-stream.ts';
import { Meter } from '../meter.ts';
import type { Transport } from '../ports.ts';
import type { CloseEvent } from './close-event.ts';
import type { Due } from './deadlines.ts';
import type { ConnectionHandlers } from './handlers.ts';
import type { ConnectionLink } from './link.ts';
import { ConnectionMachine } from './machine.ts';
import type { ConnectionOptions } from './options.ts';
import type { QueueBudget } from './queue-budget.ts';
import type { Workspace } from './workspace.ts';

/** Of machines without their own transport. */
const UNASKED = new Meter();

export class LinkedMachine<Peer> extends ConnectionMachine<Peer> {
  readonly #link: ConnectionLink;

  /** @param options  without a heartbeat, which belongs to the connections below, and without compression */
  constructor(
    workspace: Workspace,
    link: ConnectionLink,
    options: ConnectionOptions,
    handlers: ConnectionHandlers<Peer>,
  ) {
    // Frames and bytes are those of the connections below, which are counted and observed.
    const own = { heartbeat: undefined, compression: undefined, meter: UNASKED, observers: undefined };
    super(workspace, new LinkTransport(link), { ...options, ...own }, handlers);
    this.#link = link;
  }

  override get link(): ConnectionLink {
    return this.#link;
  }

  /**
   * A message of the peer's.
   *
   * @returns what resolves when the application has handled it; `undefined` if it has already
   */
  deliver(data: string | Uint8Array, isBinary: boolean): Promise<void> | undefined {
    if (!this.isDelivering) return undefined;
    this.deadlines.active();
    this.messagesReceived++;
    return this.reports.linkReceived(data, isBinary);
  }

  /** A message that is read while it comes. @returns as {@link deliver} */
  deliverStream(message: MessageStream): Promise<void> | undefined {
    if (!this.isDelivering) {
      message.cancel();
      return undefined;
    }
    this.deadlines.active();
    this.messagesReceived++;
    return this.reports.streamReceived(message);
  }

  /** The peer has ended it permanently, or answers our end. */
  endedByPeer(close: Close): void {
    this.closedByPeer(close);
  }

  override get bufferedAmount(): number {
    return this.#link.bufferedAmount;
  }

  override get heardAt(): number {
    return this.#link.traffic.heardAt;
  }

  override get receivedSize(): number {
    return this.#link.traffic.received;
  }

  override get sentSize(): number {
    return this.#link.traffic.sent;
  }

  override whenDrained(): Promise<void> {
    if (this.stage === 'closed') return Promise.reject(webSocketError('ERR_WS_DROPPED', 'the connection is closed'));
    return this.#link.whenDrained();
  }

  override closeByApplication(code: number | undefined, reason: string): Promise<CloseEvent> {
    const wasOpen = this.isOpen;
    const closed = super.closeByApplication(code, reason);
    if (wasOpen) this.#link.close(code, reason);
    return closed;
  }

  override goAway(code: number, reason: string): Promise<CloseEvent> {
    if (this.isOpen) this.#link.goAway(code, reason);
    return this.closed;
  }

  /** It closes as the link has: the host goes away, and nothing more comes of the peer. */
  leave(code: number, reason: string): void {
    void super.goAway(code, reason);
  }

  override timeIsUp(due: Due): void {
    // Its idle time or its life is over, wherever its peer is.
    if (due.kind === 'close') void this.closeByApplication(1001, due.reason);
    else super.timeIsUp(due);
  }

  /** What it holds is counted by the link; its connections below shed by themselves. */
  override shed(_excess: number, _budget: QueueBudget): void {}
}

/** Takes the Close frame, which means nothing here, and tells the link of the end. */
class LinkTransport implements Transport {
  readonly keepsBytes = true;
  readonly #link: ConnectionLink;

  constructor(link: ConnectionLink) {
    this.#link = link;
  }

  write(): boolean {
    return true;
  }

  writeMany(): boolean {
    return true;
  }

  end(): void {
    this.#link.destroy();
  }

  destroy(): void {
    this.#link.destroy();
  }

  pause(): void {
    this.#link.pause();
  }

  resume(): void {
    this.#link.resume();
  }
}
