// A client that comes back, as the application holds it: one object whose connection changes.

import type { CloseEvent } from '../../core/connection/close-event.ts';
import { checkSent, readSendOptions } from '../../core/connection/send-arguments.ts';
import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import { closePayload } from '../../core/frame/close-payload.ts';
import type { MessageData } from '../../core/message/message-data.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import type { SentCallback } from '../../core/message/sent-callbacks.ts';
import { refuseArguments } from '../../core/option-check.ts';
import type { Context } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import { callApplication } from '../../node/handlers.ts';
import { nodeText } from '../../node/text.ts';
import { offAbort, onAbort } from '../abort-listeners.ts';
import type { ClientConnection } from '../client-connection.ts';
import { parseTarget } from '../target.ts';
import { readReconnectOptions } from './option-rows.ts';
import type { ReconnectHandlers, ReconnectOptions, ReconnectUrl, UnsentMessage } from './options.ts';
import { ClientOutbox, type WaitingMessage, waitingMessage } from './outbox.ts';
import { nodeReconnectPorts, type ReconnectPorts } from './ports.ts';
import { Reconnector, type ReconnectState } from './reconnector.ts';

/** How a client that comes back has ended. */
export interface ReconnectEnd {
  /** Why it gave up; absent after `close()` and `terminate()`. */
  readonly error?: WebSocketError | undefined;
  /** How its last connection ended, if `close()` or `terminate()` ended one; otherwise absent. */
  readonly event?: CloseEvent | undefined;
  /** Messages that still waited for a connection, in the order of their `send`. */
  readonly unsent: readonly UnsentMessage[];
}

/** Makes a client that comes back, and begins. */
export let connectAgain: (
  url: ReconnectUrl,
  options: ReconnectOptions,
  ports?: ReconnectPorts,
) => ReconnectingConnection;

/**
 * A client that comes back: `connect(url, { reconnect: true })` returns it at once.
 *
 * Its {@link connection} is another one after each break. Each method may be called at any time, even within handlers and
 * after the end.
 */
export class ReconnectingConnection {
  readonly #reconnector: Reconnector;
  readonly #outbox: ClientOutbox;
  readonly #handlers: ReconnectHandlers;
  readonly #context = nodeHost.contexts.capture();
  readonly #waiters: { resolve(connection: ClientConnection): void; reject(error: WebSocketError): void }[] = [];
  #flushed = true;
  #end: ReconnectEnd | undefined;
  #resolveEnd!: (end: ReconnectEnd) => void;
  readonly #closed = new Promise<ReconnectEnd>((resolve) => {
    this.#resolveEnd = resolve;
  });
  #unsubscribe: () => void = () => {};

  static {
    connectAgain = (url, options, ports = nodeReconnectPorts) => new ReconnectingConnection(url, options, ports);
  }

  /** @throws WebSocketError ERR_WS_URL, ERR_WS_OPTION */
  private constructor(url: ReconnectUrl, options: ReconnectOptions, ports: ReconnectPorts) {
    const { headers, handlers = {}, reconnect, signal, ...given } = readReconnectOptions(options);
    const settings = reconnect === true ? {} : reconnect;
    // A mistake in it would otherwise be a failed attempt, again and again.
    if (typeof url !== 'function') parseTarget(url);
    const fixed = typeof url === 'function' ? undefined : String(url);
    this.#handlers = handlers;
    this.#outbox = new ClientOutbox(settings.outbox);
    const { connecting: _, waiting: __, gaveUp: ___, ...ofConnections } = handlers;
    this.#reconnector = new Reconnector(
      {
        url: fixed === undefined ? (url as () => string | URL) : () => fixed,
        headers,
        options: given,
        handlers: ofConnections,
        reconnect: settings,
      },
      ports,
      {
        connecting: (attempt) => this.#tell(handlers.connecting && (() => handlers.connecting?.(attempt))),
        opened: (connection) => this.#opened(connection),
        lost: () => {},
        waiting: (delay, error) => this.#tell(handlers.waiting && (() => handlers.waiting?.(delay, error))),
        ended: (error) => this.#gaveUp(error),
        failed: (error) => this.#tell(() => rethrow(error)),
      },
    );
    this.#listen(signal, settings.network);
    if (this.#end === undefined) this.#reconnector.start();
  }

  #listen(signal: AbortSignal | undefined, network: NonNullable<ReconnectNetwork> | undefined): void {
    if (network?.isOnline?.() === false) this.offline();
    const stop = network?.subscribe?.((isOnline) => this.#reconnector.networkIs(isOnline));
    const aborted = (): void => this.#reconnector.giveUp(webSocketErrorFrom(signal?.reason, 'ERR_WS_ABORTED'));
    this.#unsubscribe = () => {
      if (signal !== undefined) offAbort(signal, aborted);
      if (typeof stop === 'function') this.#tell(stop);
    };
    if (signal === undefined) return;
    if (signal.aborted) queueMicrotask(aborted);
    else onAbort(signal, aborted);
  }

  /** Where the client is: `'connecting'`, `'open'`, `'waiting'` or `'closed'`. */
  get state(): ReconnectState {
    return this.#reconnector.state;
  }

  /** The open connection; `undefined` while there is none. */
  get connection(): ClientConnection | undefined {
    return this.#reconnector.connection;
  }

  /** Attempts since the last stable connection, the one that is on its way or has led to the connection included. */
  get attempts(): number {
    return this.#reconnector.attempts;
  }

  /** Messages that wait for a connection. */
  get waitingMessages(): number {
    return this.#outbox.length;
  }

  /** Bytes that wait to be sent: those of messages that wait for a connection, and `bufferedAmount` of the open one. */
  get bufferedAmount(): number {
    return this.#outbox.bytes + (this.connection?.bufferedAmount ?? 0);
  }

  /** Resolves when the client has ended, for whatever reason. It never rejects. */
  get closed(): Promise<ReconnectEnd> {
    return this.#closed;
  }

  /**
   * Waits for a connection.
   *
   * @returns the open connection, or the next one, before its first message
   * @throws (rejects) WebSocketError: what `gaveUp` is told, or ERR_WS_DROPPED after `close()`
   */
  opened(): Promise<ClientConnection> {
    const { connection } = this;
    if (connection !== undefined) return Promise.resolve(connection);
    if (this.#end !== undefined) return Promise.reject(endError(this.#end));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /**
   * Sends one message: over the open connection, as its `send` does, or later.
   *
   * While no connection is open, messages wait in the outbox (`reconnect.outbox`). The next connection gets them in the
   * order of the calls, after what its `open` handler sends. Of a message that a connection has taken, nobody knows
   * whether it arrived if the connection is then lost: use `resume` where that matters.
   *
   * @param data     As for {@link Connection.send}. Bytes are copied during the call.
   * @param options  As for {@link Connection.send}.
   * @param sent     Called once, after the current turn: without an argument when the system has the message, or with
   *                 an error when it was refused or dropped.
   * @returns whether you may go on sending: `false` if the message was refused, and for an open connection as its `send`.
   * @throws WebSocketError as {@link Connection.send}.
   */
  send(data: MessageData, sent?: SentCallback): boolean;
  send(data: MessageData, options: SendOptions | undefined, sent?: SentCallback): boolean;
  send(data: MessageData, options?: SendOptions | SentCallback, sent?: SentCallback): boolean {
    if (sent !== undefined) checkSent('send', 'third', sent);
    const callback = typeof options === 'function' ? options : sent;
    const given = options === undefined || typeof options === 'function' ? undefined : readSendOptions(options);
    const { connection } = this;
    // Waiting messages go first.
    if (connection?.isOpen === true && this.#flushed) return connection.send(data, given, callback);
    const message = waitingMessage(data, given, callback && this.#bind(callback));
    if (this.#end === undefined) return this.#outbox.add(message);
    message.sent?.(webSocketError('ERR_WS_DROPPED', 'the client has ended'));
    return false;
  }

  /** Says that there is a network: a wait ends at once, unless a server asked for it. */
  online(): void {
    this.#reconnector.networkIs(true);
  }

  /** Says that there is no network: a wait does not end before {@link online}. An open connection stays. */
  offline(): void {
    this.#reconnector.networkIs(false);
  }

  /** Drops the connection if there is one, and connects at once: for credentials that have changed. Harmless after the end. */
  reconnect(): void {
    this.#reconnector.again();
  }

  /**
   * Ends the client: closes the connection as its `close` does, or stops the attempts.
   *
   * @param code    As for {@link Connection.close}.
   * @param reason  As for {@link Connection.close}.
   * @returns as {@link closed}: with the messages that still waited for a connection.
   * @throws WebSocketError as {@link Connection.close}.
   */
  close(code?: number, reason?: string): Promise<ReconnectEnd>;
  close(code?: number, reason = '', ...rest: unknown[]): Promise<ReconnectEnd> {
    refuseArguments('close', rest, 'it returns a Promise');
    closePayload({ code, reason }, nodeText);
    return this.#stop((connection) => connection.close(code, reason));
  }

  /** Ends the client at once: drops the connection as its `terminate` does, or stops the attempts. */
  terminate(): Promise<ReconnectEnd> {
    return this.#stop((connection) => {
      connection.terminate();
      return connection.closed;
    });
  }

  #stop(end: (connection: ClientConnection) => Promise<CloseEvent>): Promise<ReconnectEnd> {
    if (this.#end !== undefined) return this.#closed;
    const connection = this.#reconnector.stop();
    const result = this.#finish(undefined);
    if (connection === undefined) this.#resolveEnd(result);
    else void end(connection).then((event) => this.#resolveEnd({ ...result, event }));
    return this.#closed;
  }

  #gaveUp(error: WebSocketError): void {
    const result = this.#finish(error);
    this.#tell(this.#handlers.gaveUp && (() => this.#handlers.gaveUp?.(error, result.unsent)));
    this.#resolveEnd(result);
  }

  #finish(error: WebSocketError | undefined): ReconnectEnd {
    const unsent = this.#outbox.giveBack('the client has ended before a connection was open');
    const end: ReconnectEnd = error === undefined ? { unsent } : { error, unsent };
    this.#end = end;
    this.#unsubscribe();
    for (const { reject } of this.#waiters.splice(0)) reject(endError(end));
    return end;
  }

  #opened(connection: ClientConnection): unknown {
    for (const { resolve } of this.#waiters.splice(0)) resolve(connection);
    this.#flushed = true;
    try {
      return this.#handlers.open?.(connection);
    } finally {
      this.#flushed = false;
      this.#flush(connection);
    }
  }

  /** Gives the connection the waiting messages, as many as it takes without having to drop one. */
  #flush(connection: ClientConnection): void {
    while (connection.isOpen && this.connection === connection) {
      const message = this.#outbox.take();
      if (message === undefined) {
        this.#flushed = true;
        return;
      }
      if (sendOn(connection, message)) continue;
      if (this.#outbox.length > 0) {
        connection.drained().then(
          () => this.#flush(connection),
          () => {},
        );
        return;
      }
    }
  }

  /** A callback of `send` that runs in the context of its call, after the turn of the event, and does not throw. */
  #bind(callback: SentCallback): NonNullable<WaitingMessage['sent']> {
    const context = nodeHost.contexts.current();
    return (error) => queueMicrotask(() => this.#tell(() => callback(error), context));
  }

  #tell(handler: (() => unknown) | undefined, context: Context | undefined = this.#context): void {
    if (handler === undefined) return;
    const { failed } = this.#handlers;
    const report = failed && ((error: unknown) => failed(error, this.connection));
    nodeHost.contexts.run(context, () => callApplication(handler, report));
  }
}

type ReconnectNetwork = Exclude<ReconnectOptions['reconnect'], true>['network'];

function sendOn(connection: ClientConnection, { data, options, sent }: WaitingMessage): boolean {
  return connection.send(data, options, sent);
}

function endError({ error }: ReconnectEnd): WebSocketError {
  return error ?? webSocketError('ERR_WS_DROPPED', 'the client has been closed');
}

function rethrow(error: unknown): never {
  throw error;
}
