// Attempts and waits, one after the other: what brings a connection back. It knows nothing of messages.
//
//   connecting ──▶ open ──▶ waiting ──▶ connecting …        closed: by `stop`, or by itself where nothing may follow
//        └─ failed ──────▶ waiting
//
// Each attempt is an object of its own, and whatever it reports later is looked at only while it is the current one.

import type { CloseEvent } from '../../core/connection/close-event.ts';
import type { HandlerResult } from '../../core/connection/handlers.ts';
import { CloseCode } from '../../core/constants.ts';
import { responseErrorFrom, WebSocketError, webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import type { HeaderFields } from '../../core/handshake/header-fields.ts';
import { nodeHost } from '../../node/environment.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { SetUp } from '../connect.ts';
import { type ClientHandlers, type ConnectOptions, connectDefaults } from '../options.ts';
import { ask } from './ask.ts';
import { Backoff } from './backoff.ts';
import { isFinal } from './finality.ts';
import { afterInReason, retryAfter } from './hints.ts';
import { type ReconnectCause, type ReconnectHeaders, type ReconnectSettings, reconnectDefaults } from './options.ts';
import type { ReconnectPorts } from './ports.ts';

/**
 * Where a client that comes back is. `connecting`: an attempt is on its way. `open`: there is a connection. `waiting`: the
 * next attempt has its time. `closed`: nothing follows.
 */
export type ReconnectState = 'connecting' | 'open' | 'waiting' | 'closed';

/** What is told. None of these may throw. */
export interface ReconnectorEvents {
  connecting(attempt: number): void;
  /** Called before the connection's first message. */
  opened(connection: ClientConnection): HandlerResult;
  /**
   * The open connection is not the current one any more. Called before `waiting` and `ended`, not by `stop`.
   *
   * @param event  absent where it has not ended yet
   */
  lost(connection: ClientConnection, event: CloseEvent | undefined): void;
  waiting(delay: number, error: WebSocketError): void;
  ended(error: WebSocketError): void;
  /** A function of the application threw. */
  failed(error: unknown): void;
}

export interface ReconnectorSettings {
  readonly url: () => string | URL | PromiseLike<string | URL>;
  readonly headers: ReconnectHeaders | undefined;
  /** Checked options of each attempt. */
  readonly options: ConnectOptions;
  /** Absent: each connection is as `options` say. */
  readonly setUp?: SetUp | undefined;
  /** Handlers of each connection. */
  readonly handlers: ClientHandlers;
  readonly reconnect: ReconnectSettings;
  /** Milliseconds to wait after a connection, as it was told in another way than by the reason of its Close frame. */
  readonly after?: () => number | undefined;
}

/** One attempt, and the connection that it leads to. */
class Try {
  readonly controller = new AbortController();
  connection: ClientConnection | undefined;
  openedAt = 0;
}

export class Reconnector {
  readonly #settings: ReconnectorSettings;
  readonly #ports: ReconnectPorts;
  readonly #events: ReconnectorEvents;
  readonly #backoff: Backoff;
  readonly #timer;
  /** The context of the call of `connect`. */
  readonly #context = nodeHost.contexts.capture();
  #state: ReconnectState = 'connecting';
  #attempts = 0;
  #current: Try | undefined;
  #release: (() => void) | undefined;
  /** Since the clock's zero: when the next attempt may begin at the earliest, whatever the network says. */
  #notBefore = 0;
  #isOnline = true;
  /** The wait is over but for the network. */
  #isDue = false;
  #lastOnline = Number.NEGATIVE_INFINITY;

  constructor(settings: ReconnectorSettings, ports: ReconnectPorts, events: ReconnectorEvents) {
    this.#settings = settings;
    this.#ports = ports;
    this.#events = events;
    this.#backoff = new Backoff(settings.reconnect, ports.random);
    this.#timer = ports.clock.timer({ expired: () => this.#waited() });
  }

  get state(): ReconnectState {
    return this.#state;
  }

  /** The open connection. */
  get connection(): ClientConnection | undefined {
    return this.#state === 'open' ? this.#current?.connection : undefined;
  }

  /** Attempts since the last stable connection, the current one included. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Begins. The first attempt is made when the caller has returned, whatever is known of the network. */
  start(): void {
    this.#hold();
    queueMicrotask(() => {
      if (this.#state === 'connecting' && this.#current === undefined) this.#enter();
    });
  }

  /** What the network is like: `true` ends a wait early, `false` keeps it from ending. */
  networkIs(isOnline: boolean): void {
    this.#isOnline = isOnline;
    if (!isOnline || this.#state !== 'waiting') return;
    const now = this.#ports.clock.now();
    // A network that comes and goes must not make a client that knocks all the time.
    const { initial = reconnectDefaults.initial } = this.#settings.reconnect;
    const isNews = now - this.#lastOnline >= initial;
    if (!isNews && !this.#isDue) return;
    this.#lastOnline = now;
    const rest = Math.max(0, isNews ? this.#notBefore - now : initial);
    if (rest === 0) this.#enter();
    else {
      this.#isDue = false;
      this.#timer.set(rest);
    }
  }

  /** Ends a wait, or gives up the current attempt or connection, and connects at once. */
  again(): void {
    if (this.#state === 'closed') return;
    const connection = this.connection;
    if (connection !== undefined) this.#settle();
    this.#leave();
    this.#timer.clear();
    this.#hold();
    this.#state = 'waiting';
    if (connection !== undefined) {
      this.#events.lost(connection, undefined);
      connection.terminate();
    }
    if (this.#state === 'waiting') this.#enter();
  }

  /**
   * Gives up the current connection without waiting for its end, and waits.
   *
   * @param delay  milliseconds; absent: as after a failure
   */
  abandon(error: WebSocketError, delay?: number): void {
    if (this.#state !== 'open') return;
    this.#settle();
    const connection = this.#leave() as ClientConnection;
    this.#state = 'waiting';
    this.#events.lost(connection, undefined);
    this.#wait(error, 0, false, delay);
    connection.terminate();
  }

  /** Ends it. Nothing is told any more. @returns the connection that was open, which is left as it is */
  stop(): ClientConnection | undefined {
    if (this.#state === 'closed') return undefined;
    const connection = this.#state === 'open' ? this.#current?.connection : undefined;
    const dialling = connection === undefined ? this.#current : undefined;
    this.#current = undefined;
    this.#end();
    dialling?.controller.abort();
    return connection;
  }

  /** Ends it because of an error, which is told. */
  giveUp(error: WebSocketError): void {
    if (this.#state === 'closed') return;
    const connection = this.stop();
    this.#events.ended(error);
    connection?.terminate();
  }

  #enter(): void {
    this.#isDue = false;
    this.#state = 'connecting';
    nodeHost.contexts.run(this.#context, () => void this.#try());
  }

  async #try(): Promise<void> {
    const current = new Try();
    this.#current = current;
    this.#events.connecting(++this.#attempts);
    if (this.#current !== current) return;
    const settings = this.#settings;
    const ports = this.#ports;
    const { handshakeTimeout = connectDefaults.handshakeTimeout } = settings.options;
    try {
      const url = await ask('url', settings.url, ports.clock, handshakeTimeout);
      if (this.#current !== current) return;
      const headers = await this.#headers(handshakeTimeout);
      if (this.#current !== current) return;
      const { signal } = current.controller;
      const options = { ...settings.options, headers, signal, handlers: this.#handlersOf(current) };
      await ports.connect(url, options, settings.setUp);
    } catch (error) {
      if (this.#current !== current || current.connection !== undefined) return;
      this.#failed(
        error instanceof WebSocketError ? error : webSocketErrorFrom(error, 'ERR_WS_INTERNAL', String(error)),
      );
    }
  }

  async #headers(timeout: number): Promise<HeaderFields | undefined> {
    const { headers } = this.#settings;
    return typeof headers === 'function' ? ask('headers', headers, this.#ports.clock, timeout) : headers;
  }

  #handlersOf(current: Try): ClientHandlers {
    const { handlers } = this.#settings;
    return {
      ...handlers,
      open: (connection) => {
        if (this.#current !== current) {
          connection.terminate();
          return undefined;
        }
        current.connection = connection;
        current.openedAt = this.#ports.clock.now();
        this.#state = 'open';
        this.#letGo();
        return this.#events.opened(connection);
      },
      close: (connection, event) => {
        try {
          return handlers.close?.(connection, event);
        } finally {
          if (this.#current === current) this.#closed(event);
        }
      },
    };
  }

  #closed(event: CloseEvent): void {
    this.#settle();
    const connection = this.#leave();
    if (connection !== undefined) this.#events.lost(connection, event);
    const { code, reason } = event;
    const error = event.error ?? webSocketError('ERR_WS_CLOSED', code, reason);
    const told = this.#settings.after?.();
    const floor = told === undefined ? afterInReason(reason, this.#maxRetryAfter) : Math.min(told, this.#maxRetryAfter);
    const isRestart = floor === 0 && (code === CloseCode.serviceRestart || code === CloseCode.tryAgainLater);
    this.#next({ error, event }, floor, isRestart);
  }

  #failed(error: WebSocketError): void {
    this.#leave();
    const floor = retryAfter(error.response, this.#maxRetryAfter, this.#ports.wallClock());
    this.#next({ error, status: error.status }, floor, false);
  }

  #next(cause: ReconnectCause, floor: number, isRestart: boolean): void {
    if (isFinal(cause, this.#settings.reconnect, (error) => this.#events.failed(error)))
      this.#gaveUp('the answer is final', cause);
    else if (this.#state !== 'closed') this.#wait(cause.error, floor, isRestart, undefined);
  }

  #wait(error: WebSocketError, floor: number, isRestart: boolean, given: number | undefined): void {
    if (this.#state === 'closed') return;
    const random = this.#backoff.next(floor, isRestart);
    const { attempts = reconnectDefaults.attempts } = this.#settings.reconnect;
    if (this.#attempts >= attempts) {
      this.#gaveUp(`${attempts} attempts (reconnect.attempts) have failed`, { error });
      return;
    }
    const delay = given ?? random;
    this.#state = 'waiting';
    this.#hold();
    this.#notBefore = this.#ports.clock.now() + Math.min(floor, delay);
    this.#timer.set(delay);
    this.#events.waiting(delay, error);
  }

  #waited(): void {
    if (this.#isOnline) this.#enter();
    else this.#isDue = true;
  }

  #gaveUp(why: string, { error }: ReconnectCause): void {
    if (this.#state === 'closed') return;
    this.#end();
    const { status } = error;
    this.#events.ended(
      status === undefined
        ? webSocketErrorFrom(error, 'ERR_WS_GAVE_UP', why, error.message)
        : responseErrorFrom(error, status, 'ERR_WS_GAVE_UP', why, error.message),
    );
  }

  /** A connection that has lived long enough makes up for earlier failures. */
  #settle(): void {
    const { stableAfter = reconnectDefaults.stableAfter } = this.#settings.reconnect;
    const { openedAt = 0 } = this.#current ?? {};
    if (this.#ports.clock.now() - openedAt < stableAfter) return;
    this.#backoff.reset();
    this.#attempts = 0;
  }

  /** From now on nothing that belongs to the current attempt counts. */
  #leave(): ClientConnection | undefined {
    const current = this.#current;
    this.#current = undefined;
    if (current?.connection === undefined) current?.controller.abort();
    return current?.connection;
  }

  #end(): void {
    this.#state = 'closed';
    this.#timer.clear();
    this.#letGo();
  }

  #hold(): void {
    this.#release ??= this.#ports.hold();
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }

  get #maxRetryAfter(): number {
    return this.#settings.reconnect.maxRetryAfter ?? reconnectDefaults.maxRetryAfter;
  }
}
