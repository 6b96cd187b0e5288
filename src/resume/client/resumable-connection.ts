// A client that resumes, as the application holds it: one object for the life of a session, over as many connections as that
// takes.

import type { Buffer } from 'node:buffer';
import type { ClientConnection } from '../../client/client-connection.ts';
import type { NetworkHints } from '../../client/reconnect/options.ts';
import type { HandlerResult } from '../../core/connection/handlers.ts';
import { streamSchema } from '../../core/connection/option-rows.ts';
import { readSendOptions } from '../../core/connection/send-arguments.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import { closePayload } from '../../core/frame/close-payload.ts';
import type { MessageData } from '../../core/message/message-data.ts';
import type { SendOptions, SendStreamOptions } from '../../core/message/send-options.ts';
import type { StreamSource } from '../../core/message/stream-source.ts';
import { readOptions, refuseArguments } from '../../core/option-check.ts';
import { nodeHost } from '../../node/environment.ts';
import { callApplication } from '../../node/handlers.ts';
import { nodeText } from '../../node/text.ts';
import type { Expired } from '../protocol/client-events.ts';
import { ApplicationMessages } from './application-messages.ts';
import type { ClientSession } from './client-session.ts';
import { payloadOf, returnedMessage } from './messages.ts';
import { selected } from './offer.ts';
import type { ClientSessionEvents, SessionEnd } from './session-events.ts';
import { listen } from './surroundings.ts';
import type { ResumableEnd, Resumed, SessionExpiry } from './told.ts';

/**
 * Where a client that resumes is. `connecting`: it has never been open. `open`: messages go both ways. `interrupted`: it
 * waits for another connection. `closed`: nothing follows.
 */
export type ResumableState = 'connecting' | 'open' | 'interrupted' | 'closed';

/**
 * Handlers of a client that resumes. All are optional, and read once. They are called with their object as `this`, in the
 * `AsyncLocalStorage` context of the call of `connect`.
 */
export interface ResumeClientHandlers<Data = string | Buffer> {
  /** There is a session, or a plain connection to a server without sessions. Called once. */
  open?(connection: ResumableConnection): HandlerResult;
  /**
   * A message. It is acknowledged when this has returned, and the promise that it returns has settled; with
   * `resume.ack: 'receipt'` before it is called. Binary data belongs to the application. Without this handler messages
   * wait to be pulled: `for await (const message of connection)`.
   *
   * With `streamAbove` a large one is a `MessageStream` that is read while it arrives: its parts are acknowledged when there
   * was room for them, and the last one as the whole of a message.
   */
  message?(connection: ResumableConnection, data: Data, isBinary: boolean): HandlerResult;
  /** The connection below is gone. The session goes on: `send` keeps messages for the next connection. */
  interrupted?(
    connection: ResumableConnection,
    interruption: { readonly code: number; readonly reason: string },
  ): HandlerResult;
  /** Another connection carries the session, and nothing is lost but what `lost` names. */
  resumed?(connection: ResumableConnection, resumption: Resumed): HandlerResult;
  /** The session is gone. A new one begins, for what is sent from now on; or `close` follows (`resume.onExpiry`). */
  expired?(connection: ResumableConnection, expiry: SessionExpiry): HandlerResult;
  /** There is room for messages again, after a `send` that answered `false`. */
  drain?(connection: ResumableConnection): HandlerResult;
  /** The end. Called once, as the last of the handlers. */
  close?(connection: ResumableConnection, end: ResumableEnd): HandlerResult;
  /** An attempt to connect begins. @param attempt  1, 2, 3 …; it begins anew after a stable connection */
  connecting?(attempt: number): HandlerResult;
  /** Another attempt follows. @param delay  milliseconds until then. @param error  why it is needed */
  waiting?(delay: number, error: WebSocketError): HandlerResult;
  /**
   * Another handler threw `error`, or answered a promise that was rejected with it. The message counts as handled, and the
   * session goes on. Without this handler, exceptions are uncaught and rejections are unhandled.
   */
  failed?(error: unknown, connection: ResumableConnection): HandlerResult;
}

/** What a client that resumes is made of. */
export interface ResumableParts {
  /** Bound to their object. */
  readonly handlers: ResumeClientHandlers;
  readonly signal: AbortSignal | undefined;
  readonly network: NetworkHints | undefined;
  session(events: ClientSessionEvents): ClientSession;
}

/** Makes a client that resumes, and begins. */
export let resumableConnection: (parts: ResumableParts) => ResumableConnection;

/**
 * A client that resumes: `connect(url, { resume: true })` returns it at once.
 *
 * It stays the same over breaks and deploys: each message arrives once and in order, or the application hears what is lost.
 * Each method may be called at any time, even within handlers and after the end.
 *
 * @typeParam Message  what `for await` gives: with `streamAbove`, `MessageStream` as well
 */
export class ResumableConnection<Message = string | Buffer> implements AsyncIterable<Message> {
  readonly #session: ClientSession;
  readonly #handlers: ResumeClientHandlers;
  readonly #context = nodeHost.contexts.capture();
  readonly #messages: ApplicationMessages;
  /** As its handlers have it. */
  readonly #self = this as unknown as ResumableConnection;
  #rooms: (() => void)[] = [];
  #answers: (() => void)[] = [];
  #resolveEnd!: (end: ResumableEnd) => void;
  readonly #closed = new Promise<ResumableEnd>((resolve) => {
    this.#resolveEnd = resolve;
  });
  readonly #unsubscribe: () => void;

  static {
    resumableConnection = (parts) => new ResumableConnection(parts);
  }

  private constructor({ handlers, signal, network, session }: ResumableParts) {
    this.#handlers = handlers;
    const { message } = handlers;
    this.#messages = new ApplicationMessages(
      message && ((data, isBinary) => message(this.#self, data as string | Buffer, isBinary)),
      this.#report,
    );
    this.#session = session({
      connecting: (attempt) => this.#tell(() => handlers.connecting?.(attempt)),
      waiting: (delay, error) => this.#tell(() => handlers.waiting?.(delay, error)),
      live: (how, live) => {
        if (how === 'first') this.#tell(() => handlers.open?.(this.#self));
        if (how !== 'resumed' || live === undefined) return;
        const { lost, isOrphan } = live;
        this.#tell(() => handlers.resumed?.(this.#self, { lost, isOrphan }));
      },
      messages: this.#messages,
      interrupted: (code, reason) => this.#tell(() => handlers.interrupted?.(this.#self, { code, reason })),
      expired: (expiry) => this.#expired(expiry),
      writable: () => this.#writable(),
      flushed: () => release(this.#answers),
      ended: (end) => this.#ended(end),
      failed: (error) => this.#tell(() => rethrow(error)),
    });
    this.#unsubscribe = listen(signal, network, {
      aborted: (reason) => this.#session.terminate(webSocketErrorFrom(reason, 'ERR_WS_ABORTED')),
      networkWas: (isOnline) => this.#session.reconnector.networkIs(isOnline),
      networkIs: (isOnline) => (isOnline ? this.online() : this.offline()),
    });
    this.#session.reconnector.start();
  }

  /** Where it is: `'connecting'`, `'open'`, `'interrupted'` or `'closed'`. */
  get state(): ResumableState {
    const session = this.#session;
    if (session.hasEnded) return 'closed';
    if (session.isLive) return 'open';
    return session.hasOpened ? 'interrupted' : 'connecting';
  }

  /**
   * The id of the session, for logs: it is not secret. `undefined` before the first session, and on a connection to a
   * server without sessions.
   */
  get sessionId(): string | undefined {
    return this.#session.id;
  }

  /** The connection that carries the session now. Do not send on it, and do not close it. */
  get connection(): ClientConnection | undefined {
    return this.#session.reconnector.connection;
  }

  /** The subprotocol that the current connection has agreed on; `''` if there is none. */
  get subprotocol(): string {
    return selected(this.connection?.subprotocol ?? '').name;
  }

  /** Bytes of messages that wait, or that the server has not acknowledged. */
  get bufferedAmount(): number {
    return this.#session.bufferedAmount;
  }

  /** Resolves when it has ended, with what the `close` handler is told. It never rejects. */
  get closed(): Promise<ResumableEnd> {
    return this.#closed;
  }

  /**
   * Sends one message: now, or when there is a connection again.
   *
   * @param data     Text or bytes. Bytes are copied during the call. A large message goes in parts.
   * @param options  As for {@link Connection.send}. `compress` has no effect on a message that goes in parts.
   * @returns `true`; `false` if you should stop until {@link drained} resolves, and after the end, when the message is not
   *          taken.
   * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8, ERR_WS_OPTION; ERR_WS_DROPPED if the message is not taken,
   *         since more than `resume.maxQueuedBytes` would wait, or since it is larger than the server takes.
   */
  send(data: MessageData, options?: SendOptions): boolean;
  send(data: MessageData, options?: SendOptions, ...rest: unknown[]): boolean {
    refuseArguments('send', rest, 'acknowledged() tells when the server has handled everything');
    const given = options === undefined ? undefined : readSendOptions(options);
    const session = this.#session;
    const outcome = session.send(
      payloadOf(data, given),
      given?.compress === undefined ? undefined : { compress: given.compress },
    );
    if (outcome === 'taken') return !session.isFull;
    if (outcome === 'ended' || session.isPlain) return false;
    const why =
      outcome === 'full'
        ? `${session.bufferedAmount} bytes wait or are not acknowledged (resume.maxQueuedBytes)`
        : 'it is larger than the server takes';
    throw webSocketError('ERR_WS_DROPPED', why);
  }

  /**
   * Sends one message while its source is read. It goes in parts; the source is pulled as the server acknowledges them, and waits
   * while there is no connection. Messages that you send meanwhile wait for its end.
   *
   * If the source fails, the server drops what it has of the message, and the session goes on.
   *
   * @param source   As for {@link Connection.sendStream}.
   * @param options  As for {@link Connection.sendStream}. `compress` has no effect.
   * @returns resolves when all of the message was taken, as by {@link send}.
   * @throws (rejects) WebSocketError ERR_WS_STREAM_SOURCE, ERR_WS_STREAM_USED, ERR_WS_OPTION; ERR_WS_SEND_STREAM with what the source
   *         has thrown as `cause`; ERR_WS_DROPPED if the session ends before, if it turns out that the server has no sessions, and
   *         if the message becomes larger than the server takes; the reason of `signal`.
   */
  sendStream(source: StreamSource, options?: SendStreamOptions): Promise<void>;
  async sendStream(source: StreamSource, options?: SendStreamOptions, ...rest: unknown[]): Promise<void> {
    refuseArguments('sendStream', rest, 'it returns a Promise');
    await this.#session.sendStream(source, readOptions(streamSchema, options));
  }

  /** Resolves when there is room for messages: at once, or when the server has acknowledged enough, or at the end. */
  drained(): Promise<void> {
    if (this.state === 'closed' || !this.#session.isFull)
      return this.connection?.drained().catch(ignore) ?? Promise.resolve();
    return new Promise((resolve) => {
      this.#rooms.push(resolve);
    });
  }

  /**
   * Waits until the server has handled everything that was sent.
   *
   * @returns `true`; `false` if the session ended, or was lost before that. On a plain connection it never resolves with
   *          `true`: nothing is acknowledged.
   */
  async acknowledged(): Promise<boolean> {
    if (this.#session.bufferedAmount === 0 && !this.#session.hasEnded && !this.#session.isPlain) return true;
    if (this.#session.hasEnded) return false;
    const { id } = this.#session;
    await new Promise<void>((resolve) => {
      this.#answers.push(resolve);
    });
    return !this.#session.hasEnded && (id === undefined || this.#session.id === id);
  }

  /** Says that there is a network: a wait ends at once, and an open connection is asked whether it lives. */
  online(): void {
    this.#session.reconnector.networkIs(true);
    this.#session.check();
  }

  /** Says that there is no network: a wait does not end before {@link online}. */
  offline(): void {
    this.#session.reconnector.networkIs(false);
  }

  /**
   * Ends the session, when everything sent before has left.
   *
   * Without a connection it ends at once. `unsent` of the result has the messages that the server did not acknowledge.
   *
   * @param code    As for {@link Connection.close}. Default 1000.
   * @param reason  As for {@link Connection.close}.
   * @returns as {@link closed}.
   * @throws WebSocketError as {@link Connection.close}.
   */
  close(code?: number, reason?: string): Promise<ResumableEnd>;
  close(code = 1000, reason = '', ...rest: unknown[]): Promise<ResumableEnd> {
    refuseArguments('close', rest, 'it returns a Promise');
    closePayload({ code, reason }, nodeText);
    this.#session.close(code, reason);
    return this.#closed;
  }

  /** Ends it at once. The server keeps the session for its time, since it hears nothing of it. */
  terminate(): Promise<ResumableEnd> {
    this.#session.terminate();
    return this.#closed;
  }

  /**
   * Pulls messages: `for await (const message of connection)`. A message is acknowledged when the next one is asked for. If
   * you leave the loop early, the session is closed with 1000.
   *
   * @throws WebSocketError ERR_WS_ITERATING if a `message` handler takes the messages; the error that the client has given
   *         up with.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void> {
    const messages = this.#messages.pull();
    try {
      yield* messages as AsyncGenerator<Message, void>;
    } finally {
      if (this.state !== 'closed') void this.close(1000);
    }
  }

  #expired(expiry: Expired | 'plain'): void {
    release(this.#answers);
    const { why, lost, returned } =
      expiry === 'plain' ? { why: 'plain' as const, lost: undefined, returned: [] } : expiry;
    const unsent = returned.map(returnedMessage);
    const told: SessionExpiry = { why, lost, incomplete: unsent.some(({ isIncomplete }) => isIncomplete), unsent };
    this.#tell(() => this.#handlers.expired?.(this.#self, told));
  }

  #writable(): void {
    release(this.#rooms);
    this.#tell(() => this.#handlers.drain?.(this.#self));
  }

  #ended({ code, reason, error, returned }: SessionEnd): void {
    this.#tell(this.#unsubscribe);
    const unsent = returned.map(returnedMessage);
    const end: ResumableEnd = error === undefined ? { code, reason, unsent } : { code, reason, error, unsent };
    release(this.#rooms);
    release(this.#answers);
    this.#messages.end(error);
    this.#tell(() => this.#handlers.close?.(this.#self, end));
    this.#resolveEnd(end);
  }

  get #report(): ((error: unknown) => unknown) | undefined {
    const { failed } = this.#handlers;
    return failed && ((error) => failed(error, this.#self));
  }

  #tell(handler: () => unknown): void {
    nodeHost.contexts.run(this.#context, () => callApplication(handler, this.#report));
  }
}

function release(waiters: (() => void)[]): void {
  for (const resolve of waiters.splice(0)) resolve();
}

function ignore(): void {}

function rethrow(reason: unknown): never {
  throw reason;
}
