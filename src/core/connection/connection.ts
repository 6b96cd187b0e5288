// One WebSocket connection after its opening handshake, for both roles, without I/O: bytes and events of a transport
// come in, bytes and calls of handlers go out. Frames, messages and encoding live below; here is what holds them
// together: state (§7.1), control frames (§5.5), the closing handshake, failing, keep-alive and the queue bounds.

import { CloseCode, Opcode, type Role } from '../constants.ts';
import { WebSocketError, webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageCompression } from '../extension/message-compression.ts';
import { type Close, closePayload, fitCloseReason, isSendableCloseCode } from '../frame/close-payload.ts';
import type { MessageData } from '../message/message-data.ts';
import { Outbox, type OutboxEvents } from '../message/outbox.ts';
import type { PreparedMessage } from '../message/prepared-message.ts';
import { Receiver, type ReceiverEvents } from '../message/receiver.ts';
import { controlPayload, Sender } from '../message/sender.ts';
import type { SentCallback } from '../message/sent-callbacks.ts';
import type { Host, Transport, TransportEvents } from '../ports.ts';
import { Backpressure, type BackpressureEvents } from './backpressure.ts';
import { type DeadlineEvents, Deadlines, type Due } from './deadlines.ts';
import type { MessageQueue } from './message-queue.ts';
import type { CloseEvent, ConnectionHandlers, ConnectionOptions, SlowConsumerPolicy } from './options.ts';
import type { Debtor, QueueBudget } from './queue-budget.ts';
import { Rate } from './rate.ts';
import { Reading } from './reading.ts';
import { Reports } from './reports.ts';
import { type ConnectionState, closeEvent } from './state.ts';
import type { Workspace } from './workspace.ts';

const NO_PAYLOAD = new Uint8Array(0);
/** One for all connections. */
const OPEN: ConnectionState = { kind: 'open' };

/**
 * An open WebSocket connection.
 *
 * The methods of `TransportEvents` (`received`, `written`, `ended`, `disconnected`) are for the transport alone.
 */
export class Connection implements TransportEvents, Debtor, AsyncIterable<string | Uint8Array> {
  readonly role: Role;
  /** Selected in the handshake; `''` when none was. */
  readonly subprotocol: string;
  /** What was agreed on, as in the response, e.g. `permessage-deflate; client_no_context_takeover`; `''` when nothing was. */
  readonly extensions: string;

  /** What the parts of a connection report to: one object, where closures would take half a kibibyte. */
  static readonly #Events = class implements ReceiverEvents, OutboxEvents, BackpressureEvents, DeadlineEvents {
    readonly #of: Connection;

    constructor(of: Connection) {
      this.#of = of;
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
    get incoming(): Receiver {
      return this.#of.#receiver;
    }
    get outgoing(): Outbox {
      return this.#of.#outbox;
    }
    get reading(): Reading {
      return this.#of.#reading;
    }
  };

  readonly #host: Host;
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #reports: Reports;
  readonly #receiver: Receiver;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #backpressure: Backpressure;
  readonly #reading: Reading;
  readonly #deadlines: Deadlines;
  readonly #compression: MessageCompression | undefined;

  #state: ConnectionState = OPEN;
  /** The closing handshake took too long, and TCP was cut. */
  #hasTimedOut = false;
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
    const { host, arena, maskingKeys } = workspace;
    this.role = options.role;
    this.subprotocol = subprotocol;
    this.extensions = compression?.description ?? '';
    this.#compression = compression;
    this.#host = host;
    this.#transport = transport;
    this.#options = options;
    this.#reports = new Reports(this, handlers, host);
    const events = new Connection.#Events(this);
    this.#receiver = new Receiver(options.role, events, options.limits, host.text, host.memory, compression);
    const { memory, scheduler } = host;
    this.#outbox = new Outbox(transport, arena, memory, scheduler, events, options.queueBudget);
    this.#reading = new Reading(transport);
    this.#backpressure = new Backpressure(this.#outbox, options, this.#reading, scheduler, events);
    this.#sender = new Sender(options.role, this.#outbox, maskingKeys, host.text, host.memory, compression);
    this.#deadlines = new Deadlines(events, options, host.clock);
    const { maxMessagesPerSecond } = options.limits;
    if (maxMessagesPerSecond !== Infinity) this.#messageRate = new Rate(maxMessagesPerSecond, host.clock);
  }

  // ── For the application ────────────────────────────────────────────────────────────────────────────────────────

  get state(): ConnectionState {
    return this.#state;
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Bytes queued here or in the transport, frame headers included. */
  get bufferedAmount(): number {
    return this.#outbox.size + this.#sender.heldSize;
  }

  /** Whether a Close frame of ours has been given to the transport. */
  get closeFrameSent(): boolean {
    return this.#isCloseQueued && this.#outbox.waiting === 0;
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
   * @param data  Text (lone surrogates become U+FFFD) or bytes. Binary data of up to 16 KiB is copied during the call;
   *              larger data must not be changed until `sent` is called (a client always copies).
   * @param sent  Called once, later: without argument when the bytes were given to the system, with an error when the
   *              message was dropped.
   * @returns `false` when `highWaterMark` bytes or more are waiting: better wait for `drained()` or the `drain`
   *          handler; also when the connection is not open, and the message is dropped
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_OPEN
   */
  send(data: MessageData, sent?: SentCallback): boolean {
    if (!this.#maySend(sent, false)) return false;
    this.#sender.message(data);
    return this.#queued(sent);
  }

  /**
   * Sends one fragment of a message (§5.4). Until the one with `fin: true`, `send` is refused. Fragments are never
   * compressed.
   *
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_FRAGMENT_KIND (text and binary mixed), ERR_WS_FRAGMENT_SURROGATE
   */
  sendFragment(data: MessageData, options: { readonly fin: boolean }, sent?: SentCallback): boolean {
    if (this.#isSkipping)
      this.#tell(sent, webSocketError('ERR_WS_DROPPED', 'the beginning of its message was dropped'));
    if (this.#isSkipping || !this.#maySend(sent, this.#sender.isMessageOpen)) {
      this.#isSkipping = !options.fin;
      return false;
    }
    this.#sender.fragment(data, options.fin);
    return this.#queued(sent);
  }

  /**
   * Sends a Ping frame. The answer goes to the `pong` handler.
   *
   * @param payload  at most 125 bytes, in UTF-8 when text
   * @returns as `send`
   * @throws WebSocketError ERR_WS_PING_TOO_LARGE, ERR_WS_DATA_TYPE
   */
  ping(payload: MessageData = NO_PAYLOAD): boolean {
    return this.#sendControl(Opcode.ping, payload);
  }

  /** Sends a Pong frame that no ping asked for (§5.5.3). As {@link ping}. */
  pong(payload: MessageData = NO_PAYLOAD): boolean {
    return this.#sendControl(Opcode.pong, payload);
  }

  /**
   * Starts the closing handshake (§7.1.2) after what was sent before. Messages of the peer keep coming until its
   * Close frame does. Harmless when the connection is closing or closed.
   *
   * @param code    1000–1003, 1007–1014 or 3000–4999. Without one the Close frame is empty.
   * @param reason  at most 123 bytes of UTF-8; needs a code
   * @returns as {@link closed}
   * @throws WebSocketError ERR_WS_SEND_CLOSE_CODE, ERR_WS_CLOSE_REASON_TOO_LONG
   */
  close(code?: number, reason = ''): Promise<CloseEvent> {
    const sent = { code, reason };
    const payload = closePayload(sent, this.#host.text);
    if (this.#state.kind === 'open') {
      this.#state = { kind: 'closing', startedBy: 'local', sent };
      this.#reports.closing();
      this.#queueClose(payload);
      this.#startClosing();
    }
    return this.closed;
  }

  /** Drops the TCP connection at once, and with it what is queued. `close` reports 1006, unless a Close came before. */
  terminate(): void {
    if (this.#state.kind === 'closed') return;
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
    return this.#backpressure.wait();
  }

  /** Stops taking bytes from the peer, who is held back by TCP. Messages of the current chunk still come. */
  pause(): void {
    if (this.#state.kind !== 'open') return;
    this.#reading.pause();
  }

  resume(): void {
    if (this.#reading.resume()) this.#deadlines.resumed();
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

  /** Keeps messages for a reader from now on, instead of giving them to the handler. */
  queueMessages(): MessageQueue {
    return this.#reports.queueMessages();
  }

  /**
   * Queues a message that other connections send as well. Inside of a fragmented message it waits for its last
   * fragment.
   *
   * @returns whether it was queued
   */
  sendPrepared(message: PreparedMessage): boolean {
    if (!this.#maySend(undefined, false)) return false;
    // Of its own application's making, but for somebody else's messages: the others need not suffer.
    if (this.#sender.heldSize > this.#options.limits.maxQueuedBytes) return false;
    this.#sender.prepared(message);
    this.#queued(undefined);
    return true;
  }

  get slowConsumer(): SlowConsumerPolicy {
    return this.#options.slowConsumer;
  }

  /** All queues of the server together are too long, and this is one of the longest. */
  pay(excess: number, budget: QueueBudget): void {
    if (this.#state.kind !== 'open') return;
    const error = this.#backpressure.pay(excess, budget);
    if (error !== undefined) this.#fail(error);
  }

  received(chunk: Uint8Array, size: number): void {
    const receiver = this.#receiver;
    if (receiver.isDiscarding) return;
    this.#outbox.cork();
    try {
      receiver.push(chunk, size);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.#fail(error);
    } finally {
      this.#outbox.uncork();
    }
  }

  written(): void {
    // A peer that is slow but reads is given its time: any progress starts the closing deadline again.
    if (this.#state.kind === 'closing') this.#deadlines.closing();
    this.#outbox.written();
  }

  ended(): void {
    const state = this.#state;
    if (state.kind === 'open') this.#lose(webSocketError('ERR_WS_LOST', 'the peer ended TCP'));
    // §7.1.1: the client has waited for this; a peer that never sent a Close gets what is queued, then the same.
    else if (state.kind === 'closing') this.#outbox.end();
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
    const isAnswered = this.#isCloseQueued && this.#outbox.size === 0;
    const event = closeEvent(this.#state, isAnswered, cause);
    this.#isCloseQueued = isAnswered;
    this.#state = { kind: 'closed', event };
    this.#deadlines.clear();
    this.#receiver.discard();
    const dropped = webSocketError('ERR_WS_DROPPED', 'the connection is closed');
    this.#outbox.abandon(dropped);
    this.#compression?.close();
    this.#backpressure.end(dropped);
    this.#reports.close(event);
  }

  // ── Receiving ──────────────────────────────────────────────────────────────────────────────────────────────────

  #message(data: string | Uint8Array): void {
    if (this.#messageRate?.exceeds() === true) {
      throw webSocketError('ERR_WS_TOO_MANY_MESSAGES', this.#options.limits.maxMessagesPerSecond);
    }
    this.#deadlines.active();
    this.#reports.message(data);
  }

  /** Pings and pongs have no other end than this: they cost us time, and pings an answer. */
  #countControl(): void {
    const { maxControlFramesPerSecond } = this.#options.limits;
    this.#controlRate ??= new Rate(maxControlFramesPerSecond, this.#host.clock);
    if (this.#controlRate.exceeds()) throw webSocketError('ERR_WS_TOO_MANY_CONTROL_FRAMES', maxControlFramesPerSecond);
  }

  #pong(payload: Uint8Array): void {
    this.#countControl();
    this.#deadlines.pong();
    this.#reports.pong(payload);
  }

  #ping(payload: Uint8Array): void {
    this.#countControl();
    // §5.5.2: answered, unless a Close was received; after our own Close nothing may follow it (§5.5.1).
    if (this.#state.kind === 'open') {
      this.#backpressure.countPong();
      this.#sender.control(Opcode.pong, payload);
    }
    this.#reports.ping(payload);
  }

  /** §5.5.1: a Close that we did not ask for is answered with its own payload. */
  #close(received: Close): void {
    const { code } = received;
    if (code !== undefined && !isSendableCloseCode(code)) {
      this.#fail(webSocketError('ERR_WS_CLOSE_CODE', code), received.reason);
      return;
    }
    this.#receiver.discard();
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
    this.#outbox.flush();
    if (this.#outbox.waiting > 0) {
      this.#outbox.drop(webSocketError('ERR_WS_DROPPED', 'the peer closed the connection'));
      this.#isCloseQueued = false;
    }
    if (!this.#isCloseQueued) this.#queueClose(closePayload(close, this.#host.text));
    this.#startClosing();
    if (this.role === 'server') this.#outbox.end();
  }

  // ── Sending ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether a message may be queued, or what follows of one; otherwise `sent` is told why not. */
  #maySend(sent: SentCallback | undefined, isBegun: boolean): boolean {
    let error: WebSocketError | undefined;
    if (this.#state.kind === 'open') {
      error = this.#backpressure.refusal(isBegun);
      // Where all queues together were full, this connection may be one of those that had to go.
      if (error === undefined && this.isOpen) return true;
      if (error?.closeCode !== undefined) {
        this.#fail(error);
        error = undefined;
      }
    }
    this.#tell(sent, error ?? webSocketError('ERR_WS_DROPPED', 'the connection is not open'));
    return false;
  }

  #tell(sent: SentCallback | undefined, error: WebSocketError): void {
    if (sent === undefined) return;
    this.#host.scheduler.afterTurn({ endOfTurn: () => this.#reports.call(() => sent(error)) });
  }

  /** The transport has taken everything. */
  #emptied(): void {
    this.#backpressure.emptied();
    if (this.#reading.release()) this.#deadlines.resumed();
  }

  #queued(sent: SentCallback | undefined): boolean {
    if (sent !== undefined) this.#outbox.notify(sent);
    this.#deadlines.active();
    return this.#backpressure.mayGoOn();
  }

  #sendControl(opcode: number, data: MessageData): boolean {
    const payload = controlPayload(data, this.#host.text);
    if (!this.#maySend(undefined, false)) return false;
    this.#sender.control(opcode, payload);
    return this.#backpressure.mayGoOn();
  }

  // ── Ending ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** §7.1.7 Fail the WebSocket Connection: one Close frame, one report, nothing read afterwards. */
  #fail(error: WebSocketError, peerReason = ''): void {
    const state = this.#state;
    if (state.kind === 'closed' || (state.kind === 'closing' && state.startedBy === 'failure')) return;
    this.#outbox.flush();
    if (!this.closeFrameSent) {
      this.#outbox.drop(webSocketError('ERR_WS_DROPPED', 'the connection failed'));
      const reason = fitCloseReason(error.message, this.#host.text);
      this.#queueClose(closePayload({ code: error.closeCode, reason }, this.#host.text));
    }
    this.#setFailed(error, peerReason);
    this.#startClosing();
    this.#outbox.end();
  }

  #queueClose(payload: Uint8Array): void {
    this.#isCloseQueued = true;
    this.#sender.control(Opcode.close, payload);
  }

  /** The peer is gone: there is nobody to send a Close to. */
  #lose(error: WebSocketError): void {
    this.#setFailed(error);
    this.#destroy();
  }

  #setFailed(error: WebSocketError, reason = ''): void {
    const wasOpen = this.#state.kind === 'open';
    this.#state = { kind: 'closing', startedBy: 'failure', error, reason };
    this.#receiver.discard();
    if (wasOpen) this.#reports.closing();
    // After a close() of its own the application waits for `close` alone, which tells the error as well.
    if (wasOpen) this.#reports.error(error);
  }

  /** From here on the end of TCP is waited for, but not for ever; and reading goes on, for the peer's Close. */
  #startClosing(): void {
    this.#deadlines.closing();
    this.#reading.resume();
    this.#reading.release();
  }

  #timeIsUp(due: Due): void {
    if (due.kind === 'ping') this.#sender.control(Opcode.ping, due.payload);
    else if (due.kind === 'lost') this.#lose(due.error);
    else if (due.kind === 'close') void this.close(CloseCode.goingAway, due.reason);
    else {
      this.#hasTimedOut = true;
      this.#destroy();
    }
  }

  #destroy(): void {
    this.#deadlines.clear();
    this.#transport.destroy();
  }
}
