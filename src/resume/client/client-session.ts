// A session over one connection after the other: the protocol's end (ClientEnd), and the attempts and waits of the reconnector,
// each told what the other has to know. A server without sessions makes it a series of plain connections.

import type { Buffer } from 'node:buffer';
import type { ClientConnection } from '../../client/client-connection.ts';
import type { ClientHandlers } from '../../client/options.ts';
import { isFinal, isFinalByRules } from '../../client/reconnect/finality.ts';
import type { ReconnectCause } from '../../client/reconnect/options.ts';
import type { ReconnectPorts } from '../../client/reconnect/ports.ts';
import { Reconnector } from '../../client/reconnect/reconnector.ts';
import { type OpenLinkStream, sendOverLink } from '../../core/connection/link-stream.ts';
import type { ConnectionOptions } from '../../core/connection/options.ts';
import { type WebSocketError, webSocketError } from '../../core/errors.ts';
import { MessageStream } from '../../core/message/message-stream.ts';
import type { SendOptions, SendStreamOptions } from '../../core/message/send-options.ts';
import { openSource, type StreamSource } from '../../core/message/stream-source.ts';
import type { Timer } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import { carrierOptions } from '../carrier-options.ts';
import { ClientEnd } from '../protocol/client-end.ts';
import type { Interrupted, Live } from '../protocol/client-events.ts';
import { ResumeCloseCode } from '../protocol/close-codes.ts';
import { isControl } from '../protocol/control.ts';
import type { EndHost, Link, Payload, Returned, SendOutcome } from '../protocol/ports.ts';
import { OutgoingMessages } from '../streams/outgoing-messages.ts';
import { ClientCarrier } from './carrier.ts';
import { selected } from './offer.ts';
import { ReceivedMessages } from './received-messages.ts';
import { Route } from './route.ts';
import type { ClientSessionEvents, ClientSessionSettings, SessionEnd } from './session-events.ts';

/** As of connections: time for a server that has ended the session to close its connection. */
const CLOSE_TIMEOUT = 5_000;

export class ClientSession {
  readonly reconnector: Reconnector;
  readonly #settings: ClientSessionSettings;
  readonly #events: ClientSessionEvents;
  readonly #host: EndHost;
  readonly #closeTimer: Timer;
  readonly #activityTimer: Timer;
  /** When bytes had last arrived on the current connection, as it was told to the end. */
  #lastActivity = 0;
  #end: ClientEnd;
  readonly #outgoing = new OutgoingMessages();
  readonly #received: ReceivedMessages;
  #link: Link | undefined;
  /** The connection that has no session. */
  #plain: ClientConnection | undefined;
  #wasPlain = false;
  #hasOpened = false;
  #isInterrupted = false;
  /** Whether the next silence is answered by an attempt at once. */
  #mayHurry = true;
  /** The end is being told of the close of a connection. */
  #isReporting = false;
  #lastCode = 1006;
  #after: number | undefined;
  readonly #route: Route;
  #closing: ClientConnection | undefined;
  /** How it has ended, until the connection is gone. */
  #ended: SessionEnd | undefined;
  #error: WebSocketError | undefined;

  constructor(settings: ClientSessionSettings, ports: ReconnectPorts, events: ClientSessionEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#route = new Route(settings.url, settings.allowedHosts, settings.options.beforeRedirect);
    const { clock } = ports;
    this.#host = { clock, random: settings.random, textSize: (text) => nodeHost.text.byteLength(text) };
    this.#closeTimer = clock.timer({ expired: () => this.#closing?.terminate() });
    this.#activityTimer = clock.timer({ expired: () => this.#lookForActivity() });
    this.#received = new ReceivedMessages(events.messages, settings.received, () => this.#end);
    this.#end = this.#newEnd();
    this.reconnector = new Reconnector(
      {
        url: () => this.#route.next(),
        headers: settings.headers,
        options: { ...settings.options, beforeRedirect: (redirect) => this.#route.mayRedirect(redirect) },
        setUp: (options, subprotocol) => this.#setUp(options, subprotocol),
        handlers: this.#handlers,
        reconnect: { ...settings.reconnect, isFinal: (cause) => this.#isFinal(cause) },
        after: () => this.#takeAfter(),
      },
      ports,
      {
        connecting: (attempt) => events.connecting(attempt),
        opened: (connection) => this.#opened(connection),
        lost: () => {},
        waiting: (delay, error) => events.waiting(delay, error),
        ended: (error) => this.#gaveUp(error),
        failed: (error) => events.failed(error),
      },
    );
  }

  /** Whether messages arrive now. */
  get isLive(): boolean {
    return this.#plain !== undefined || this.#end.state === 'live';
  }

  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** The session's id. */
  get id(): string | undefined {
    return this.#plain === undefined ? this.#end.id : undefined;
  }

  get bufferedAmount(): number {
    return this.#plain?.bufferedAmount ?? this.#end.bufferedAmount;
  }

  get isFull(): boolean {
    return this.#plain === undefined && this.#end.isFull;
  }

  /** @returns for a plain connection what its `send` returned, as `taken` or `full` */
  send(data: Payload, options: SendOptions | undefined): SendOutcome {
    if (this.#ended !== undefined) return 'ended';
    if (this.#plain === undefined) return this.#end.send(data, options);
    return this.#plain.send(data, options) ? 'taken' : 'full';
  }

  /**
   * Sends a message while its source is read.
   *
   * @param options  checked
   * @throws (rejects) WebSocketError as `sendStream` of a connection; ERR_WS_DROPPED if the session ends before the message has
   */
  async sendStream(source: StreamSource, options: SendStreamOptions): Promise<void> {
    if (this.#plain !== undefined) return this.#plain.sendStream(source, options);
    const begin: OpenLinkStream = (isBinary, gone) =>
      this.#ended === undefined ? this.#outgoing.begin(this.#end, isBinary, gone) : undefined;
    return sendOverLink(begin, nodeHost, openSource(source), options);
  }

  get isPlain(): boolean {
    return this.#plain !== undefined;
  }

  /** Asks now whether the connection lives. */
  check(): void {
    this.#end.check();
  }

  close(code: number, reason: string): void {
    if (this.#plain === undefined) this.#end.close(code, reason);
    else this.#finish({ code, reason, error: undefined, returned: [] }, () => void this.#plain?.close(code, reason));
  }

  terminate(error?: WebSocketError): void {
    this.#error ??= error;
    if (this.#plain === undefined) this.#end.terminate();
    else this.#finish({ code: 1006, reason: '', error, returned: [] }, () => this.#plain?.terminate());
  }

  #gaveUp(error: WebSocketError): void {
    this.terminate(error);
  }

  #newEnd(): ClientEnd {
    const events = this.#events;
    return new ClientEnd(this.#settings.protocol, this.#host, {
      message: (delivery) => this.#received.take(delivery),
      live: (live) => this.#live(live),
      interrupted: (interruption) => this.#interrupted(interruption),
      expired: (expiry) => {
        this.#outgoing.giveUp('the session is gone');
        this.#received.end(() => webSocketError('ERR_WS_MESSAGE_CUT', `the session is gone (${expiry.why})`));
        events.expired(expiry);
      },
      plain: (first, queued) => this.#becomePlain(first, queued),
      writable: () => events.writable(),
      roomMade: () => this.#outgoing.roomMade(),
      flushed: () => events.flushed(),
      closed: ({ code, reason, returned }) =>
        this.#finish({ code: this.#error === undefined ? code : this.#lastCode, reason, error: this.#error, returned }),
    });
  }

  readonly #handlers: ClientHandlers = {
    message: (connection, data: string | Buffer | MessageStream, isBinary, fragments) => {
      if (connection === this.#plain) return this.#plainMessage(data, isBinary);
      if (data instanceof MessageStream) return undefined; // only plain connections give any
      // A control message in several frames could be cut anywhere on its way.
      if (fragments !== undefined && typeof data === 'string' && isControl(data)) {
        void connection.close(ResumeCloseCode.PROTOCOL, 'a control message came in fragments');
      } else if (connection === this.reconnector.connection) this.#link?.received(data);
      return undefined;
    },
    close: (connection, { code, reason }) => {
      if (connection === this.#closing) this.#gone();
      else if (connection === this.#plain) this.#plainLost(code, reason);
      else if (connection === this.reconnector.connection) {
        this.#isReporting = true;
        this.#link?.closed(code, reason);
        this.#isReporting = false;
      }
    },
    drain: (connection) => {
      if (connection === this.#plain) this.#events.writable();
    },
  };

  #opened(connection: ClientConnection): void {
    if (this.#end.state === 'closed' || this.#end.state === 'plain') this.#end = this.#newEnd();
    const { isResumable } = selected(connection.subprotocol);
    this.#link = this.#end.opened(new ClientCarrier(connection), isResumable ? 'resumable' : 'plain');
  }

  /** The connection below a session carries its parts; a plain one, the application's messages. */
  #setUp(options: ConnectionOptions, subprotocol: string): ConnectionOptions {
    return selected(subprotocol).isResumable ? carrierOptions(options, this.#settings.protocol.limits) : options;
  }

  /** Bytes of a message that is not complete are a sign of life, too: a part may take longer than an answer may. */
  #lookForActivity(): void {
    const { connection } = this.reconnector;
    if (connection === undefined || this.#end.state !== 'live') return;
    const { lastActivity } = connection;
    if (lastActivity !== this.#lastActivity) this.#link?.alive();
    this.#lastActivity = lastActivity;
    this.#activityTimer.set(this.#settings.protocol.answerTimeout / 4);
  }

  #live(live: Live): void {
    this.#mayHurry = true;
    this.#outgoing.roomMade();
    this.#lastActivity = 0;
    this.#lookForActivity();
    this.#carried(live.isResumed ? 'resumed' : 'new', live);
  }

  /** Messages go both ways now. */
  #carried(how: 'resumed' | 'new', live: Live | undefined): void {
    const isFirst = !this.#hasOpened;
    this.#hasOpened = true;
    this.#isInterrupted = false;
    if (!isFirst && this.#wasPlain) this.#events.expired('plain');
    this.#wasPlain = live === undefined;
    this.#events.live(isFirst ? 'first' : how, live);
  }

  #becomePlain(first: Payload | undefined, queued: readonly Returned[]): void {
    const { connection } = this.reconnector;
    if (connection === undefined) return;
    this.#plain = connection;
    this.#outgoing.giveUp('the server has no sessions; call sendStream again');
    this.#carried('new', undefined);
    const whole = queued.filter(({ isIncomplete }) => !isIncomplete);
    for (const { data, attachment } of whole) connection.send(data, attachment as SendOptions | undefined);
    if (first !== undefined) void this.#plainMessage(first, typeof first !== 'string');
  }

  /** Nothing of it is acknowledged. @returns what resolves when the application is done with it */
  #plainMessage(data: Payload | MessageStream, isBinary: boolean): Promise<void> | undefined {
    const { messages } = this.#events;
    return data instanceof MessageStream ? messages.stream(data) : messages.message(data, isBinary);
  }

  #plainLost(code: number, reason: string): void {
    this.#plain = undefined;
    this.#end = this.#newEnd();
    this.#tellInterrupted(code, reason);
  }

  #interrupted({ code, reason, after, url }: Interrupted): void {
    this.#after = after;
    const { connection } = this.reconnector;
    if (url !== undefined && connection !== undefined) this.#route.lead(connection.url, url);
    this.#tellInterrupted(code, reason);
    // The reconnector hears of a closed connection itself. From a silent one nothing is to be expected.
    if (this.#isReporting || code !== ResumeCloseCode.SILENT) return;
    const hurry = this.#mayHurry;
    this.#mayHurry = false;
    this.reconnector.abandon(webSocketError('ERR_WS_CLOSED', code, reason), hurry ? 0 : undefined);
  }

  #tellInterrupted(code: number, reason: string): void {
    this.#lastCode = code;
    this.#activityTimer.clear();
    if (this.#isInterrupted || !this.#hasOpened) return;
    this.#isInterrupted = true;
    this.#events.interrupted(code, reason);
  }

  #takeAfter(): number | undefined {
    const after = this.#after;
    this.#after = undefined;
    return after;
  }

  /** The close of a connection does not decide on its session; the protocol does. */
  #isFinal(cause: ReconnectCause): boolean {
    const { reconnect } = this.#settings;
    const failed = (error: unknown): void => this.#events.failed(error);
    return isFinal(cause, reconnect, failed, () => {
      if (cause.event === undefined || this.#wasPlain) return isFinalByRules(cause, reconnect);
      return reconnect.finalCloseCodes?.includes(cause.event.code) ?? false;
    });
  }

  #finish(end: SessionEnd, farewell: () => void = () => {}): void {
    if (this.#ended !== undefined) return;
    this.#ended = end;
    this.#outgoing.giveUp('the session is over');
    this.#received.end(() => webSocketError('ERR_WS_MESSAGE_CUT', 'the session is over'));
    this.#activityTimer.clear();
    const connection = this.reconnector.stop();
    farewell();
    this.#closing = connection;
    if (connection === undefined || connection.state.kind === 'closed') this.#gone();
    // One that we close has its own time, which begins when all that was sent has left.
    else if (connection.isOpen) this.#closeTimer.set(this.#settings.options.closeTimeout ?? CLOSE_TIMEOUT);
  }

  #gone(): void {
    this.#closeTimer.clear();
    this.#closing = undefined;
    this.#plain = undefined;
    if (this.#ended !== undefined) this.#events.ended(this.#ended);
  }
}
