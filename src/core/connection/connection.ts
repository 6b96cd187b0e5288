// One WebSocket connection after its opening handshake, for both roles, without I/O: bytes and events of a transport
// come in, bytes and calls of handlers go out. Frames, messages and encoding live below; here is what holds them
// together: state (§7.1), control frames (§5.5), the closing handshake, failing, keep-alive and the queue bounds.

import { CloseCode, Opcode, type Role } from '../constants.ts';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { type Close, closePayload, fitCloseReason, isSendableCloseCode } from '../frame/close-payload.ts';
import type { MessageData } from '../message/message-data.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import type { Receiver } from '../message/receiver.ts';
import { controlPayload } from '../message/sender.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import { refuseArguments } from '../option-check.ts';
import type { Host, Transport, TransportEvents } from '../ports.ts';
import type { SignsOfLife } from './activity-limits.ts';
import type { CloseEvent } from './close-event.ts';
import { Deadlines, type DeadlinesOwner, type Due } from './deadlines.ts';
import type { ConnectionHandlers } from './handlers.ts';
import type { MessageQueue } from './message-queue.ts';
import { MessageWatch, type MessageWatchOwner } from './message-watch.ts';
import type { ConnectionOptions } from './options.ts';
import type { Outgoing, OutgoingOwner } from './outgoing.ts';
import type { QueueBudget, QueueHolder } from './queue-budget.ts';
import { Rate } from './rate.ts';
import { Reading } from './reading.ts';
import { Reports } from './reports.ts';
import type { SlowConsumerPolicy } from './slow-consumer.ts';
import { type ConnectionState, closeEvent, isDeaf } from './state.ts';
import { unexpectedError } from './unexpected.ts';
import type { UnfinishedBudget, UnfinishedHolder } from './unfinished-budget.ts';
import type { IncomingOwner, Workspace } from './workspace.ts';

const NO_PAYLOAD = new Uint8Array(0);
// One for all connections.
const OPEN: ConnectionState = { kind: 'open' };
const BETWEEN_MESSAGES: SignsOfLife['incoming'] = { frameProgress: 0, messageProgress: 0 };
const NOT_STOPPED: SignsOfLife['reading'] = { isPaused: false, isHeld: false };

/** What the parts of a connection need of it. */
interface PartsOwner extends IncomingOwner, OutgoingOwner, DeadlinesOwner, MessageWatchOwner {}

/**
 * An open WebSocket connection.
 *
 * The methods of `TransportEvents` (`received`, `written`, `ended`, `disconnected`) are for the transport alone.
 */
export class Connection implements TransportEvents, QueueHolder, UnfinishedHolder, AsyncIterable<string | Uint8Array> {
  /** Selected in the handshake; `''` when none was. */
  readonly subprotocol: string;

  /** A connection as its parts see it: one object, where closures would take half a kibibyte. */
  static readonly #Owner = class implements PartsOwner {
    readonly #of: Connection;

    constructor(of: Connection) {
      this.#of = of;
    }

    get host(): Host {
      return this.#of.#workspace.host;
    }
    get transport(): Transport {
      return this.#of.#transport;
    }
    get options(): ConnectionOptions {
      return this.#of.#options;
    }
    get compression(): MessageCompression | undefined {
      return this.#of.#compression;
    }
    get count(): QueueBudget | undefined {
      return this.#of.#options.queueBudget;
    }

    message(data: string | Uint8Array): void {
      this.#of.#message(data);
    }
    ping(payload: Uint8Array): void {
      this.#of.#ping(payload);
    }
    pong(payload: Uint8Array): void {
      this.#of.#pong(payload);
    }
    close(close: Close): void {
      this.#of.#close(close);
    }
    emptied(): void {
      this.#of.#emptied();
    }
    drained(): void {
      this.#of.#reports.drained();
    }
    timeIsUp(due: Due): void {
      this.#of.#timeIsUp(due);
    }
    stalled(): void {
      this.#of.#stalled();
    }
    hold(): void {
      this.#of.#takeReading().hold();
    }
    broken(exception: unknown): void {
      this.#of.#failBy(exception, false);
    }
    turnEnded(): void {
      this.#of.#settle();
    }
    get incoming(): SignsOfLife['incoming'] {
      return this.#of.#receiver ?? BETWEEN_MESSAGES;
    }
    get outgoing(): SignsOfLife['outgoing'] {
      const outbox = this.#of.#outgoing?.outbox;
      return { size: outbox?.size ?? 0, taken: this.#of.#transport.taken ?? this.#of.#taken + (outbox?.taken ?? 0) };
    }
    get reading(): SignsOfLife['reading'] {
      return this.#of.#reading ?? NOT_STOPPED;
    }
  };

  readonly #workspace: Workspace;
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #reports: Reports;
  readonly #deadlines: Deadlines;
  readonly #compression: MessageCompression | undefined;
  readonly #owner: PartsOwner;

  // What an idle connection does without. The first two are lent by the workspace, see `#settle`.
  #receiver: Receiver | undefined;
  #outgoing: Outgoing | undefined;
  #reading: Reading | undefined;
  #watch: MessageWatch | undefined;

  #state: ConnectionState = OPEN;
  /** Bytes that the transport had finished with when `#outgoing` was given back. */
  #taken = 0;
  /** The closing handshake took too long, and TCP was cut. */
  #hasTimedOut = false;
  /** The application has called `close()` or `terminate()`: it is told of nothing more but the end. */
  #isDone = false;
  /** Failing because of an exception: another one on the way ends it at once. */
  #isBroken = false;
  /** A Close frame of ours is in the outbox, or has left it. */
  #isCloseQueued = false;
  /** The first fragment of the message being sent was dropped, and the others with it. */
  #isSkipping = false;
  /** Where messages are counted. */
  #messageRate: Rate | undefined;
  /** Made for the first control frame. */
  #controlRate: Rate | undefined;

  /**
   * @param transport    carries this connection alone; the host delivers its events to the new object
   * @param compression  where permessage-deflate was agreed; it belongs to the connection
   */
  constructor(
    workspace: Workspace,
    transport: Transport,
    options: ConnectionOptions,
    handlers: ConnectionHandlers,
    subprotocol = '',
    compression?: MessageCompression,
  ) {
    this.subprotocol = subprotocol;
    this.#workspace = workspace;
    this.#transport = transport;
    this.#options = options;
    this.#compression = compression;
    this.#reports = new Reports(this, handlers, workspace.host);
    this.#owner = new Connection.#Owner(this);
    this.#deadlines = new Deadlines(this.#owner);
    const { maxMessagesPerSecond } = options.limits;
    if (maxMessagesPerSecond !== Infinity) this.#messageRate = new Rate(maxMessagesPerSecond, workspace.host.clock);
  }

  // ── For the application ────────────────────────────────────────────────────────────────────────────────────────

  get role(): Role {
    return this.#options.role;
  }

  /** What was agreed on, as in the response, e.g. `permessage-deflate; client_no_context_takeover`; `''` when nothing was. */
  get extensions(): string {
    return this.#compression?.description ?? '';
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Bytes queued here or in the transport, frame headers included. */
  get bufferedAmount(): number {
    return this.#outgoing?.size ?? 0;
  }

  /** Whether a Close frame of ours has been given to the transport. */
  get closeFrameSent(): boolean {
    return this.#isCloseQueued && this.#outgoing?.outbox.waiting === 0;
  }

  /** Resolves, never rejects, when the connection is closed. */
  get closed(): Promise<CloseEvent> {
    if (this.#state.kind === 'closed') return Promise.resolve(this.#state.event);
    return this.#reports.closed;
  }

  /**
   * Sends one message. Calls keep their order; what is sent in one turn leaves in one write. Where compression was
   * agreed, a message of `threshold` bytes or more is compressed during the call.
   *
   * @param data  Text (lone surrogates become U+FFFD) or bytes, which are copied during the call: you may change or transfer
   *              them as soon as it returns.
   * @param sent  Called once, later: without argument when the bytes were given to the system, with an error when the
   *              message was dropped.
   * @returns `false` when `highWaterMark` bytes or more are waiting: better wait for `drained()` or the `drain`
   *          handler; also when the connection is not open, and the message is dropped
   * @throws WebSocketError ERR_WS_DATA_TYPE (also for memory that was transferred), ERR_WS_FRAGMENT_OPEN, ERR_WS_OPTION
   */
  send(data: MessageData, sent?: SentCallback): boolean {
    if (sent !== undefined && typeof sent !== 'function') throw notACallback('send', sent);
    const outgoing = this.#admitted(sent, false);
    if (outgoing === undefined) return false;
    outgoing.sender.message(data);
    return this.#queued(outgoing, sent);
  }

  /**
   * Sends one fragment of a message (§5.4). Until the one with `fin: true`, `send` is refused. Fragments are never
   * compressed.
   *
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_KIND (text and binary mixed), ERR_WS_FRAGMENT_SURROGATE,
   *         ERR_WS_OPTION
   */
  sendFragment(data: MessageData, options: { readonly fin: boolean }, sent?: SentCallback): boolean {
    if (!isFragmentOptions(options)) {
      throw webSocketError(
        'ERR_WS_OPTION',
        'second argument of sendFragment',
        options,
        '{ fin: true } or { fin: false }',
      );
    }
    if (sent !== undefined && typeof sent !== 'function') throw notACallback('sendFragment', sent);
    if (this.#isSkipping)
      this.#tell(sent, webSocketError('ERR_WS_DROPPED', 'the beginning of its message was dropped'));
    const isBegun = this.#outgoing?.sender.isMessageOpen === true;
    const outgoing = this.#isSkipping ? undefined : this.#admitted(sent, isBegun);
    if (outgoing === undefined) {
      this.#isSkipping = !options.fin;
      return false;
    }
    outgoing.sender.fragment(data, options.fin);
    return this.#queued(outgoing, sent);
  }

  /**
   * Sends a Ping frame. The answer goes to the `pong` handler.
   *
   * @param payload  at most 125 bytes, in UTF-8 when text
   * @returns as `send`
   * @throws WebSocketError ERR_WS_PING_TOO_LARGE, ERR_WS_DATA_TYPE, ERR_WS_OPTION
   */
  ping(payload?: MessageData): boolean;
  ping(payload: MessageData = NO_PAYLOAD, ...rest: unknown[]): boolean {
    refuseArguments('ping', rest, 'the answer goes to the pong handler');
    return this.#sendControl(Opcode.ping, payload);
  }

  /** Sends a Pong frame that no ping asked for (§5.5.3). As {@link ping}. */
  pong(payload?: MessageData): boolean;
  pong(payload: MessageData = NO_PAYLOAD, ...rest: unknown[]): boolean {
    refuseArguments('pong', rest, 'nothing answers a pong');
    return this.#sendControl(Opcode.pong, payload);
  }

  /**
   * Starts the closing handshake (§7.1.2) after what was sent before. From this call on nothing of the peer is
   * delivered: no message, also none that waits to be pulled, no ping, no pong. What follows is `close`, and the answers
   * to earlier calls (`sent`, `drained()`, `drain`). Harmless when the connection is closing or closed.
   *
   * @param code    1000–1003, 1007–1014 or 3000–4999. Without one the Close frame is empty.
   * @param reason  at most 123 bytes of UTF-8; needs a code
   * @returns as {@link closed}
   * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG, ERR_WS_OPTION for a reason that is not
   *         a string
   */
  close(code?: number, reason?: string): Promise<CloseEvent>;
  close(code?: number, reason = '', ...rest: unknown[]): Promise<CloseEvent> {
    refuseArguments('close', rest, 'it returns a Promise');
    this.#startHandshake({ code, reason });
    this.#done();
    return this.closed;
  }

  /**
   * Drops the TCP connection at once, and with it what is queued. Nothing of the peer is delivered after it, as after
   * {@link close}. `close` reports 1006, unless a Close came before.
   */
  terminate(): void {
    if (this.#state.kind === 'closed') return;
    this.#done();
    if (this.#state.kind === 'open') this.#setFailed(webSocketError('ERR_WS_TERMINATED'));
    this.#destroy();
  }

  /**
   * Resolves when less than `highWaterMark` is waiting; after a `send` that answered `false`, when all has been given
   * to the system.
   *
   * @throws (rejects) WebSocketError ERR_WS_DROPPED when the connection closes before
   */
  drained(): Promise<void> {
    if (this.#state.kind === 'closed')
      return Promise.reject(webSocketError('ERR_WS_DROPPED', 'the connection is closed'));
    return this.#outgoing?.backpressure.wait() ?? Promise.resolve();
  }

  /**
   * Stops taking bytes from the peer; TCP then holds the peer back. Messages of the current chunk still come. A process stays
   * alive for a paused connection as for an open one.
   */
  pause(): void {
    if (this.#state.kind !== 'open') return;
    this.#takeReading().pause();
  }

  resume(): void {
    if (this.#reading?.resume() === true) this.#deadlines.resumed();
  }

  /**
   * Pulls messages: `for await (const message of connection)`. A slow loop pauses the peer. It ends with the
   * connection, and throws when that was not clean; leaving it early closes the connection (1000).
   *
   * @throws WebSocketError ERR_WS_ITERATING when a `message` handler takes the messages
   */
  [Symbol.asyncIterator](): AsyncIterator<string | Uint8Array, undefined> {
    return this.queueMessages();
  }

  // ── For the host ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Tells the application that it is open. Before the transport starts. */
  opened(): void {
    this.#reports.open();
  }

  /** Keeps messages for a reader from now on, instead of giving them to the handler. */
  queueMessages(): MessageQueue {
    return this.#reports.queueMessages();
  }

  /**
   * As {@link close}, where it is not the application of this connection that closes: what the peer sends until its
   * Close is still delivered.
   */
  goAway(code: number, reason: string): Promise<CloseEvent> {
    this.#startHandshake({ code, reason });
    return this.closed;
  }

  /**
   * Queues a message that other connections send as well. Inside of a fragmented message it waits for its last
   * fragment.
   *
   * @returns whether it was queued
   */
  sendPrepared(message: PreparedMessage): boolean {
    const outgoing = this.#admitted(undefined, false);
    if (outgoing === undefined) return false;
    // Of its own application's making, but for somebody else's messages: the others need not suffer.
    if (outgoing.sender.heldSize > this.#options.limits.maxQueuedBytes) return false;
    try {
      outgoing.sender.prepared(message);
    } catch (exception) {
      // Whoever publishes has others to send to.
      this.#failBy(exception, false);
      return false;
    }
    this.#queued(outgoing, undefined);
    return true;
  }

  get slowConsumer(): SlowConsumerPolicy {
    return this.#options.slowConsumer;
  }

  /** All queues of the server together are too long, and this is one of the longest. */
  shed(excess: number, budget: QueueBudget): void {
    if (this.#state.kind !== 'open') return;
    const error = this.#takeOutgoing().backpressure.shed(excess, budget);
    if (error !== undefined) this.#fail(error);
  }

  get unfinishedSize(): number {
    return this.#watch?.size ?? 0;
  }

  giveUpUnfinished({ used, limit }: UnfinishedBudget): void {
    this.#fail(webSocketError('ERR_WS_UNFINISHED_FULL', this.unfinishedSize, used, limit));
  }

  received(chunk: Uint8Array, size: number): void {
    if (isDeaf(this.#state)) return;
    this.#deadlines.heard(size);
    const { outbox } = this.#takeOutgoing();
    outbox.cork();
    try {
      this.#takeReceiver().push(chunk, size);
    } catch (exception) {
      this.#failBy(exception, true);
    } finally {
      outbox.uncork();
    }
    this.#settle();
  }

  written(): void {
    this.#outgoing?.outbox.written();
    this.#settle();
  }

  ended(): void {
    const state = this.#state;
    if (state.kind === 'open') this.#lose(webSocketError('ERR_WS_LOST', 'the peer ended TCP'));
    // §7.1.1: the client has waited for this; a peer that never sent a Close gets what is queued, then the same.
    else if (state.kind === 'closing') this.#takeOutgoing().outbox.end();
  }

  disconnected(error?: Error): void {
    if (this.#state.kind === 'closed') return;
    const cause = this.#hasTimedOut
      ? `no Close from the peer within closeTimeout, ${this.#options.closeTimeout} ms`
      : (error?.message ?? 'TCP was closed');
    if (this.#state.kind === 'open') {
      this.#setFailed(
        error === undefined ? webSocketError('ERR_WS_LOST', cause) : webSocketErrorFrom(error, 'ERR_WS_LOST', cause),
      );
    }
    // §7.1.4: clean is what had a Close in both directions; one that waits here, or in the transport, had not.
    const outgoing = this.#outgoing;
    const isAnswered = this.#isCloseQueued && outgoing?.outbox.size === 0;
    const event = closeEvent(this.#state, isAnswered, cause);
    this.#isCloseQueued = isAnswered;
    this.#state = { kind: 'closed', event };
    this.#deadlines.clear();
    try {
      this.#discard();
      outgoing?.abandon(webSocketError('ERR_WS_DROPPED', 'the connection is closed'));
      this.#compression?.close();
    } finally {
      this.#reports.close(event);
    }
  }

  // ── Receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  #message(data: string | Uint8Array): void {
    if (this.#messageRate?.exceeds() === true) {
      throw webSocketError('ERR_WS_TOO_MANY_MESSAGES', this.#options.limits.maxMessagesPerSecond);
    }
    this.#deadlines.active();
    this.#watch?.renew();
    if (!this.#isDone) this.#reports.message(data);
  }

  /** Pings and pongs have no other end than this: they cost us time, and pings an answer. */
  #countControl(): void {
    const { maxControlFramesPerSecond } = this.#options.limits;
    this.#controlRate ??= new Rate(maxControlFramesPerSecond, this.#workspace.host.clock);
    if (this.#controlRate.exceeds()) throw webSocketError('ERR_WS_TOO_MANY_CONTROL_FRAMES', maxControlFramesPerSecond);
  }

  #pong(payload: Uint8Array): void {
    this.#countControl();
    this.#deadlines.pong(payload);
    if (!this.#isDone) this.#reports.pong(payload);
  }

  #ping(payload: Uint8Array): void {
    this.#countControl();
    // §5.5.2: answered, unless a Close was received; after our own Close nothing may follow it (§5.5.1).
    if (this.#state.kind === 'open') {
      const { backpressure, sender } = this.#takeOutgoing();
      backpressure.countPong();
      sender.control(Opcode.pong, payload);
    }
    if (!this.#isDone) this.#reports.ping(payload);
  }

  /** §5.5.1: a Close that we did not ask for is answered with its own payload. */
  #close(received: Close): void {
    const { code } = received;
    if (code !== undefined && !isSendableCloseCode(code)) {
      this.#fail(webSocketError('ERR_WS_CLOSE_CODE', code), received.reason);
      return;
    }
    this.#discard();
    const state = this.#state;
    if (state.kind === 'closing' && state.startedBy === 'local') {
      this.#state = { ...state, received };
      this.#finishSending(state.sent);
    } else if (state.kind === 'open') {
      this.#state = { kind: 'closing', startedBy: 'peer', received };
      this.#reports.closing();
      this.#finishSending(received);
    }
  }

  /**
   * The peer reads no further message: what has begun is finished, the rest is dropped, and a Close is the last frame,
   * unless it has left already. Then TCP ends, by the server (§7.1.1) or when the client has waited long enough.
   */
  #finishSending(close: Close): void {
    const { outbox } = this.#takeOutgoing();
    outbox.flush();
    if (outbox.waiting > 0) {
      outbox.drop(webSocketError('ERR_WS_DROPPED', 'the peer closed the connection'));
      this.#isCloseQueued = false;
    }
    if (!this.#isCloseQueued) this.#queueClose(closePayload(close, this.#workspace.host.text));
    this.#startClosing(true);
    if (this.role === 'server') outbox.end();
  }

  /** Nothing more is read: what is held of a message is let go. */
  #discard(): void {
    this.#receiver?.discard();
    this.#endWatch();
  }

  /** A chunk has left a message that is not whole. */
  #watchMessage(receiver: Receiver): void {
    if (isDeaf(this.#state)) return;
    this.#watch ??= new MessageWatch(this.#owner);
    this.#watch.hold(receiver.held);
    // Now, and not while the chunk was decoded: this connection may be one of those that have to go.
    this.#options.unfinishedBudget?.isExceeded();
  }

  #endWatch(): void {
    this.#watch?.end();
    this.#watch = undefined;
  }

  #stalled(): void {
    // A closing handshake has a bound of its own.
    if (this.isOpen)
      this.#fail(webSocketError('ERR_WS_MESSAGE_TIMEOUT', this.unfinishedSize, this.#options.messageTimeout));
  }

  // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Where a message may be queued, or what follows of one. Where it may not, `sent` is told why. */
  #admitted(sent: SentCallback | undefined, isBegun: boolean): Outgoing | undefined {
    let error: WebSocketError | undefined;
    if (this.#state.kind === 'open') {
      const outgoing = this.#takeOutgoing();
      error = outgoing.backpressure.refusal(isBegun);
      // Where all queues together were full, this connection may be one of those that had to go.
      if (error === undefined && this.isOpen) return outgoing;
      if (error?.closeCode !== undefined) {
        this.#fail(error);
        error = undefined;
      }
    }
    this.#tell(sent, error ?? webSocketError('ERR_WS_DROPPED', 'the connection is not open'));
    return undefined;
  }

  #tell(sent: SentCallback | undefined, error: WebSocketError): void {
    if (sent === undefined) return;
    const callback = this.#reports.bind(sent);
    this.#workspace.host.scheduler.afterTurn({ endOfTurn: () => callback(error) });
  }

  /** The transport has taken everything. */
  #emptied(): void {
    this.#outgoing?.backpressure.emptied();
    if (this.#reading?.release() === true) this.#deadlines.resumed();
  }

  #queued({ backpressure, outbox }: Outgoing, sent: SentCallback | undefined): boolean {
    if (sent !== undefined) outbox.notify(this.#reports.bind(sent));
    this.#deadlines.active();
    return backpressure.mayGoOn();
  }

  #sendControl(opcode: number, data: MessageData): boolean {
    const payload = controlPayload(data, this.#workspace.host.text);
    const outgoing = this.#admitted(undefined, false);
    if (outgoing === undefined) return false;
    outgoing.sender.control(opcode, payload);
    return outgoing.backpressure.mayGoOn();
  }

  // ── What is lent ───────────────────────────────────────────────────────────────────────────────────────────────

  #takeReceiver(): Receiver {
    this.#receiver ??= this.#workspace.lendReceiver(this.#owner);
    return this.#receiver;
  }

  #takeOutgoing(): Outgoing {
    this.#outgoing ??= this.#workspace.lendOutgoing(this.#owner);
    return this.#outgoing;
  }

  #takeReading(): Reading {
    this.#reading ??= new Reading(this.#transport);
    return this.#reading;
  }

  /** At the end of a chunk, a turn, a write: gives back what holds nothing of this connection. */
  #settle(): void {
    const receiver = this.#receiver;
    if (receiver !== undefined) {
      if (!receiver.isBetweenMessages) this.#watchMessage(receiver);
      else if (this.#watch !== undefined) this.#endWatch();
      if (receiver.isIdle) {
        this.#receiver = undefined;
        this.#workspace.takeBackReceiver(receiver);
      }
    }
    const outgoing = this.#outgoing;
    if (outgoing === undefined || this.#state.kind === 'closed') return;
    this.#deadlines.sent(this.#taken + outgoing.outbox.taken);
    // One of a connection that is closing has its end in it.
    if (this.#state.kind !== 'open' || !outgoing.isIdle) return;
    this.#outgoing = undefined;
    this.#taken += outgoing.outbox.taken;
    this.#workspace.takeBackOutgoing(outgoing);
  }

  // ── Ending ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** §7.1.7 Fail the WebSocket Connection: one Close frame, one report, nothing read afterwards. */
  #fail(error: WebSocketError, peerReason = ''): void {
    if (this.#state.kind === 'closed' || this.#hasFailed) return;
    const { outbox } = this.#takeOutgoing();
    const { text } = this.#workspace.host;
    outbox.flush();
    if (this.#hasFailed) return; // by what that has thrown
    if (!this.closeFrameSent) {
      outbox.drop(webSocketError('ERR_WS_DROPPED', 'the connection failed'));
      const reason = fitCloseReason(error.message, text);
      this.#queueClose(closePayload({ code: error.closeCode, reason }, text));
    }
    this.#setFailed(error, peerReason);
    this.#startClosing(false);
    outbox.end();
  }

  get #hasFailed(): boolean {
    return this.#state.kind === 'closing' && this.#state.startedBy === 'failure';
  }

  /** An exception of neither peer nor application is the end of this connection, and of no other. */
  #failBy(exception: unknown, isIncoming: boolean): void {
    const error = unexpectedError(exception, isIncoming);
    const isAgain = this.#isBroken;
    this.#isBroken = !(exception instanceof WebSocketError);
    if (!isAgain) {
      try {
        this.#fail(error);
        return;
      } catch {
        // Not even a Close can be made.
      }
    }
    try {
      if (!isDeaf(this.#state)) this.#setFailed(error);
    } finally {
      this.#destroy();
    }
  }

  /** The application is done with the peer. */
  #done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#reports.discard();
  }

  /** §7.1.2. Harmless when the connection is open no more. */
  #startHandshake(sent: Close): void {
    const payload = closePayload(sent, this.#workspace.host.text);
    if (this.#state.kind !== 'open') return;
    this.#state = { kind: 'closing', startedBy: 'local', sent };
    this.#reports.closing();
    this.#queueClose(payload);
    this.#startClosing(true);
  }

  #queueClose(payload: Uint8Array): void {
    this.#isCloseQueued = true;
    this.#takeOutgoing().sender.control(Opcode.close, payload);
  }

  /** The peer is gone: there is nobody to send a Close to. */
  #lose(error: WebSocketError): void {
    this.#setFailed(error);
    this.#destroy();
  }

  #setFailed(error: WebSocketError, reason = ''): void {
    const wasOpen = this.#state.kind === 'open';
    this.#state = { kind: 'closing', startedBy: 'failure', error, reason };
    this.#discard();
    if (wasOpen) this.#reports.closing();
    // After a close() of its own the application waits for `close` alone, which tells the error as well.
    if (wasOpen) this.#reports.error(error);
  }

  /** From here on the end of TCP is waited for, but not for ever; and reading goes on, for the peer's Close. */
  #startClosing(isPatient: boolean): void {
    this.#deadlines.closing(isPatient);
    this.#reading?.resume();
    this.#reading?.release();
  }

  #timeIsUp(due: Due): void {
    if (due.kind === 'ping') this.#sendPing(due.payload);
    else if (due.kind === 'lost') this.#lose(due.error);
    else if (due.kind === 'close') void this.goAway(CloseCode.goingAway, due.reason);
    else {
      this.#hasTimedOut = true;
      this.#destroy();
    }
  }

  /** At once: the time for its answer begins when it has left. */
  #sendPing(payload: Uint8Array): void {
    const { outbox, sender } = this.#takeOutgoing();
    sender.control(Opcode.ping, payload);
    outbox.flush();
  }

  #destroy(): void {
    this.#deadlines.clear();
    this.#transport.destroy();
  }
}

function notACallback(call: string, given: unknown): WebSocketError {
  const position = call === 'send' ? 'second' : 'third';
  const expected = `a function that is told what became of the message, or undefined: text or binary is told by the data, and ${call} has no other options`;
  return webSocketError('ERR_WS_OPTION', `${position} argument of ${call}`, given, expected);
}

/** `{ fin }` and nothing else, without an object for each fragment. */
function isFragmentOptions(options: unknown): options is { readonly fin: boolean } {
  if (typeof options !== 'object' || options === null) return false;
  for (const name in options) if (name !== 'fin' && Object.hasOwn(options, name)) return false;
  return typeof (options as { fin?: unknown }).fin === 'boolean';
}
