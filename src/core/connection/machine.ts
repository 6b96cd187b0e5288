// One WebSocket connection after its opening handshake, for both roles, without I/O: what the transport, timers, budgets
// and the parts of a connection know. Bytes and events of a transport come in; bytes and calls of handlers go out. The
// application holds a `Connection`, which is the face of this. Closing is in closing.ts, receiving in incoming.ts,
// sending in sending.ts; this joins them, and decides what is lent and given back.

import { CloseCode } from '../constants.ts';
import { type WebSocketError, webSocketError } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import type { Close } from '../frame/close-payload.ts';
import type { Lending } from '../message/assembler.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { SharedFrames } from '../message/shared-frames.ts';
import type { Meter } from '../meter.ts';
import { NO_OBSERVERS, type Observers } from '../observer.ts';
import type { Host, Transport, TransportEvents } from '../ports.ts';
import type { AccountOf, Accounts } from './accounts.ts';
import type { SignsOfLife } from './activity-limits.ts';
import type { CloseEvent } from './close-event.ts';
import { Closing, type ClosingOwner } from './closing.ts';
import type { Stage } from './closing-table.ts';
import { Deadlines, type DeadlinesOwner, type Due } from './deadlines.ts';
import type { ConnectionHandlers } from './handlers.ts';
import type { Incoming, IncomingOwner } from './incoming.ts';
import type { ConnectionLink } from './link.ts';
import { noteDrain, noteFrame, noteOpen, noteRoundTrip, noteSlow } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing, OutgoingOwner } from './outgoing.ts';
import { type PublishedOwner, publishTo, writePublished } from './published.ts';
import type { QueueBudget, QueueHolder } from './queue-budget.ts';
import { PeerRates } from './rate.ts';
import { Reading } from './reading.ts';
import { Reports, type ReportsOwner } from './reports.ts';
import { type SendingOwner, sendPing, sendPrepared } from './sending.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';
import { type ConnectionState, failureOf, OPEN } from './state.ts';
import type { UnfinishedBudget, UnfinishedHolder } from './unfinished-budget.ts';
import type { Workspace } from './workspace.ts';

const BETWEEN_MESSAGES: SignsOfLife['incoming'] = { frameProgress: 0, messageProgress: 0 };
/** Bytes that are kept as a small integer. */
const LARGEST = 2 ** 30;
const NOT_STOPPED: SignsOfLife['reading'] = { isPaused: false, isHeld: false };

/** Make its face (`Peer`, which handlers are given) before anything else happens, and then start the transport with it. */
export class ConnectionMachine<Peer>
  implements
    TransportEvents,
    IncomingOwner,
    SendingOwner,
    OutgoingOwner,
    PublishedOwner,
    DeadlinesOwner,
    ClosingOwner,
    ReportsOwner<Peer>,
    QueueHolder,
    UnfinishedHolder
{
  peer!: Peer; // set by the face
  readonly transport: Transport;
  readonly options: ConnectionOptions;
  /** Where permessage-deflate was agreed. */
  readonly compression: MessageCompression | undefined;
  readonly reports: Reports<Peer>;
  readonly deadlines: Deadlines;
  readonly #workspace: Workspace;
  account: AccountOf;
  messagesSent = 0;
  messagesReceived = 0;
  /** Bytes received, without those in the account. */
  #received = 0;
  /** When bytes have last arrived; see `Accounts.tenths`. */
  #heardAt: number;

  // What an idle connection does without. The first two are lent by the workspace, see `#giveBackIdle`.
  #incoming: Incoming | undefined;
  #outgoing: Outgoing | undefined;
  #reading: Reading | undefined;
  #rates: PeerRates | undefined;
  /** Made by the first event of the end. */
  #closing: Closing | undefined;
  published: SharedFrames | undefined;
  /** Bytes that the transport has finished with, without those of `#outgoing`. */
  #taken = 0;

  /**
   * @param transport    carries only this connection
   * @param compression  where permessage-deflate was agreed; it belongs to the connection
   */
  constructor(
    workspace: Workspace,
    transport: Transport,
    options: ConnectionOptions,
    handlers: ConnectionHandlers<Peer>,
    compression?: MessageCompression,
  ) {
    this.#workspace = workspace;
    this.transport = transport;
    this.options = options;
    this.compression = compression;
    this.account = workspace.accounts.open();
    this.#heardAt = workspace.accounts.tenths;
    this.meter.opened();
    this.reports = new Reports(this, handlers);
    this.deadlines = new Deadlines(this);
    if (options.limits.maxMessagesPerSecond !== Infinity) this.takeRates();
  }

  get host(): Host {
    return this.#workspace.host;
  }

  get meter(): Meter {
    return this.options.meter ?? this.#workspace.meter;
  }

  get observers(): Observers<unknown> {
    return this.options.observers ?? NO_OBSERVERS;
  }

  get accounts(): Accounts {
    return this.#workspace.accounts;
  }

  /** What carries it instead of one transport: see linked-machine.ts. */
  get link(): ConnectionLink | undefined {
    return undefined;
  }

  // ── Called by the transport ────────────────────────────────────────────────────────────────────────────────────

  received(chunk: Uint8Array, size: number): void {
    this.#heard(size);
    if (this.isDeaf) return;
    this.deadlines.heard(size);
    const { outbox } = this.takeOutgoing();
    outbox.cork();
    try {
      this.#takeIncoming().read(chunk, size);
    } catch (exception) {
      this.#end().failedBy(exception, true);
    } finally {
      outbox.uncork();
    }
    this.#giveBackIdle();
  }

  written(): void {
    this.#outgoing?.outbox.written();
    this.#outgoing?.backlog?.written();
    this.#giveBackIdle();
  }

  ended(): void {
    this.#end().tcpEnded();
  }

  disconnected(error?: Error): void {
    this.#end().tcpGone(error);
  }

  // ── Called by what it receives with ────────────────────────────────────────────────────────────────────────────

  closedByPeer(close: Close): void {
    this.#end().closedByPeer(close);
  }

  /** Messages that wait to be pulled are always the application's. */
  get lending(): Lending | undefined {
    return this.reports.hasMessageHandler ? this.options.lending : undefined;
  }

  get rates(): PeerRates | undefined {
    return this.#rates;
  }

  takeRates(): PeerRates {
    this.#rates ??= new PeerRates(this.options.limits, this.host.clock);
    return this.#rates;
  }

  /** A message makes no progress. A closing handshake has its own bound. */
  stalled(): void {
    if (!this.isOpen) return;
    this.fail(webSocketError('ERR_WS_MESSAGE_TIMEOUT', this.unfinishedSize, this.options.messageTimeout));
  }

  holdReading(): void {
    this.#takeReading().fill();
  }

  goOnReading(): void {
    if (this.isDeaf) return;
    const { outbox } = this.takeOutgoing();
    outbox.cork();
    try {
      if (this.#incoming?.goOn() === true && this.#reading?.makeRoom() === true) this.deadlines.resumed();
    } catch (exception) {
      this.#end().failedBy(exception, true);
    } finally {
      outbox.uncork();
    }
    this.#giveBackIdle();
  }

  // ── Called by what it sends with ───────────────────────────────────────────────────────────────────────────────

  get count(): QueueBudget | undefined {
    return this.options.queueBudget;
  }

  emptied(): void {
    this.#outgoing?.backpressure.emptied();
    if (this.#reading?.release() === true) this.deadlines.resumed();
  }

  drained(): void {
    noteDrain(this);
    this.reports.drained();
  }

  hold(): void {
    const reading = this.#takeReading();
    if (!reading.isHeld) noteSlow(this, 'pause');
    reading.hold();
  }

  frameQueued(first: number, payload: Uint8Array): void {
    noteFrame(this, 'sent', first, payload.length, payload);
  }

  turnEnded(): void {
    this.#giveBackIdle();
  }

  streamSent(): void {
    this.messagesSent++;
    this.deadlines.active();
  }

  endOfTurn(): void {
    this.#taken += writePublished(this);
    if (this.isOpen) this.deadlines.sent(this.#taken);
  }

  broken(exception: unknown): void {
    this.#end().failedBy(exception, false);
  }

  // ── Called by deadlines ────────────────────────────────────────────────────────────────────────────────────────

  timeIsUp(due: Due): void {
    if (due.kind === 'ping') sendPing(this, due.payload);
    else if (due.kind === 'lost') this.#end().lost(due.error);
    else if (due.kind === 'close') void this.goAway(CloseCode.goingAway, due.reason);
    else this.#end().timedOut();
  }

  ponged(time: number): void {
    noteRoundTrip(this, time);
  }

  get incoming(): SignsOfLife['incoming'] {
    return this.#incoming?.progress ?? BETWEEN_MESSAGES;
  }

  get outgoing(): SignsOfLife['outgoing'] {
    const outbox = this.#outgoing?.outbox;
    const size = outbox?.size ?? this.published?.size ?? 0;
    return { size, taken: this.transport.taken ?? this.#taken + (outbox?.taken ?? 0) };
  }

  get reading(): SignsOfLife['reading'] {
    return this.#reading ?? NOT_STOPPED;
  }

  // ── Called by its reports ──────────────────────────────────────────────────────────────────────────────────────

  opening(): void {
    noteOpen(this);
  }

  // ── Called by the budgets of a server ──────────────────────────────────────────────────────────────────────────

  get slowConsumer(): SlowConsumerPolicy {
    return this.options.slowConsumer;
  }

  get bufferedAmount(): number {
    return this.#outgoing?.size ?? this.published?.size ?? 0;
  }

  #heard(size: number): void {
    const { accounts } = this.#workspace;
    this.meter.received.wire(size);
    this.#heardAt = accounts.tenths;
    this.#received += size;
    if (this.#received < LARGEST) return;
    accounts.received(this.account, this.#received);
    this.#received = 0;
  }

  /** Milliseconds since the epoch. */
  get heardAt(): number {
    return this.accounts.timeOf(this.#heardAt);
  }

  get receivedSize(): number {
    return this.#received + this.accounts.read(this.account).bytesReceived;
  }

  /** Bytes that the transport has finished with. */
  get sentSize(): number {
    return this.#taken + (this.#outgoing?.outbox.taken ?? 0);
  }

  shed(excess: number, budget: QueueBudget): void {
    if (!this.isOpen) return;
    const error = this.takeOutgoing().backpressure.shed(excess, budget);
    if (error !== undefined) this.fail(error);
  }

  get unfinishedSize(): number {
    return this.#incoming?.unfinishedSize ?? 0;
  }

  giveUpUnfinished({ used, limit }: UnfinishedBudget): void {
    this.fail(webSocketError('ERR_WS_UNFINISHED_FULL', this.unfinishedSize, used, limit));
  }

  // ── Called by the host, and by the face for the application ────────────────────────────────────────────────────

  /** See {@link sendPrepared}. */
  sendPrepared(message: PreparedMessage): boolean {
    if (!publishTo(this, message)) return sendPrepared(this, message);
    message.published++;
    return true;
  }

  /** See `Connection.drained`. */
  whenDrained(): Promise<void> {
    if (this.stage === 'closed') {
      return Promise.reject(webSocketError('ERR_WS_DROPPED', 'the connection is closed'));
    }
    return this.#outgoing?.backpressure.wait() ?? Promise.resolve();
  }

  /** See `Connection.pause`. */
  pause(): void {
    if (this.isOpen) this.#takeReading().pause();
  }

  /** See `Connection.resume`. */
  resume(): void {
    if (this.#reading?.resume() === true) this.deadlines.resumed();
  }

  /** See `Connection.close`. */
  closeByApplication(code: number | undefined, reason: string): Promise<CloseEvent> {
    this.#end().closedByApplication({ code, reason });
    return this.closed;
  }

  /** Closes as the application would, but what the peer sends until its Close frame is still delivered. */
  goAway(code: number, reason: string): Promise<CloseEvent> {
    this.#end().closedByHost({ code, reason });
    return this.closed;
  }

  /** Gives the transport what would leave at the end of the turn: somebody else is about to end or to use the transport. */
  flush(): void {
    if (this.published !== undefined) this.takeOutgoing();
    this.#outgoing?.outbox.flush();
  }

  /** See `Connection.terminate`. */
  terminate(): void {
    this.#end().terminated();
  }

  /** See `Connection.closed`. */
  get closed(): Promise<CloseEvent> {
    const { state } = this;
    return state.kind === 'closed' ? Promise.resolve(state.event) : this.reports.closed;
  }

  // ── Ending ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get stage(): Stage {
    return this.#closing?.stage ?? 'open';
  }

  get state(): ConnectionState {
    return this.#closing?.state ?? OPEN;
  }

  get isOpen(): boolean {
    return this.#closing === undefined || this.#closing.isOpen;
  }

  get isDelivering(): boolean {
    return this.#closing === undefined || this.#closing.isDelivering;
  }

  get isDeaf(): boolean {
    return this.#closing?.isDeaf === true;
  }

  fail(error: WebSocketError): void {
    this.#end().failed(error);
  }

  stopReceiving(): void {
    this.#incoming?.discard(() => {
      const { state } = this;
      const error = failureOf(state);
      return error ?? webSocketError('ERR_WS_MESSAGE_CUT', 'the peer closed the connection');
    });
  }

  stopDelivering(): void {
    this.reports.discard();
    this.#incoming?.dropParts(() => webSocketError('ERR_WS_MESSAGE_CUT', 'this end closed the connection'));
  }

  readOn(): void {
    this.#reading?.resume();
    this.#reading?.release();
    // Nothing is kept for a reader any more: what still comes is read and ignored, so that TCP ends in order.
    if (this.isDeaf) this.#reading?.makeRoom();
  }

  #end(): Closing {
    if (this.published !== undefined) this.takeOutgoing(); // whatever ends it decides on them
    this.#closing ??= new Closing(this);
    return this.#closing;
  }

  // ── What is lent ───────────────────────────────────────────────────────────────────────────────────────────────

  get lent(): Outgoing | undefined {
    return this.#outgoing;
  }

  takeOutgoing(): Outgoing {
    this.#outgoing ??= this.#workspace.lendOutgoing(this);
    return this.#outgoing;
  }

  #takeIncoming(): Incoming {
    this.#incoming ??= this.#workspace.lendIncoming(this);
    return this.#incoming;
  }

  #takeReading(): Reading {
    this.#reading ??= new Reading(this.transport);
    return this.#reading;
  }

  /** At the end of a chunk, a turn or a write: gives back the parts that hold no data of this connection. */
  #giveBackIdle(): void {
    const incoming = this.#incoming;
    if (incoming?.endChunk() === true) {
      this.#incoming = undefined;
      this.#workspace.takeBackIncoming(incoming);
    }
    const outgoing = this.#outgoing;
    if (outgoing === undefined || this.stage === 'closed') return;
    this.deadlines.sent(this.#taken + outgoing.outbox.taken);
    // One of a connection that is closing has its end in it.
    if (!this.isOpen || !outgoing.isIdle) {
      outgoing.watch(this.observers);
      return;
    }
    this.#outgoing = undefined;
    this.#taken += outgoing.outbox.taken;
    this.#workspace.takeBackOutgoing(outgoing);
  }
}
