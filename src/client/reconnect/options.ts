// What a user may ask of a client that comes back, by name, unit and default.

import type { Buffer } from 'node:buffer';
import type { CloseEvent } from '../../core/connection/close-event.ts';
import type { HandlerResult } from '../../core/connection/handlers.ts';
import type { WebSocketError } from '../../core/errors.ts';
import type { HeaderFields } from '../../core/handshake/header-fields.ts';
import type { ClientHandlers, ConnectOptions } from '../options.ts';

/**
 * Where a client that comes back connects to: a URL, or a function that is asked before each attempt. What the function
 * throws, and a promise that rejects, count as a failed attempt.
 */
export type ReconnectUrl = string | URL | (() => string | URL | PromiseLike<string | URL>);

/** Header fields, or a function that is asked for them before each attempt, as {@link ReconnectUrl}. */
export type ReconnectHeaders = HeaderFields | (() => HeaderFields | PromiseLike<HeaderFields>);

/** What ended a connection, or made an attempt fail. */
export interface ReconnectCause {
  /** The reason in words. */
  readonly error: WebSocketError;
  /** How the connection ended; absent for an attempt that failed. */
  readonly event?: CloseEvent | undefined;
  /** The HTTP status of the answer that refused the handshake; absent where there is none. */
  readonly status?: number | undefined;
}

/** What is known about the network below. A program that is told of changes can also call `online()` and `offline()`. */
export interface NetworkHints {
  /** Whether there is a network at present. Called once, by `connect`. Absent: there is. */
  isOnline?: (() => boolean) | undefined;
  /**
   * Asks for news: `changed(true)` when the network has come, `changed(false)` when it has gone. Called once, by
   * `connect`.
   *
   * @returns a function that ends the subscription; it is called when the client ends
   */
  subscribe?: ((changed: (isOnline: boolean) => void) => () => void) | undefined;
}

/** Messages that are sent while no connection is open. */
export interface OutboxSettings {
  /** Bytes of payload that may wait. Default 1 MiB. */
  maxBytes?: number | undefined;
  /** Messages that may wait. Default 1,024. */
  maxMessages?: number | undefined;
  /** What becomes of one too many. `'refuse'` (default): it is not taken. `'drop-oldest'`: the oldest make room for it. */
  policy?: 'refuse' | 'drop-oldest' | undefined;
}

/** A message that was not sent. */
export interface UnsentMessage {
  /** Text, or a copy of the bytes that were passed. It belongs to the application. */
  readonly data: string | Buffer;
  /** Whether it is a binary message. */
  readonly isBinary: boolean;
}

/** How a client comes back. Times are in milliseconds. */
export interface ReconnectSettings {
  /**
   * The longest wait before the second attempt. Each wait is a random part of its bound (full jitter), so that the
   * clients of a server that went away do not all come back at once. Default 1,000, or `max` if that is less.
   */
  initial?: number | undefined;
  /** The largest bound of a wait. Default 30,000. */
  max?: number | undefined;
  /** By what the bound grows with each failure, at least 1. Default 2. */
  factor?: number | undefined;
  /** Attempts without a stable connection in between after which the client gives up. Default `Infinity`. */
  attempts?: number | undefined;
  /**
   * How long a connection must have lived to count as stable: only then the count of attempts and the bound of the waits
   * begin anew. Default 10,000.
   */
  stableAfter?: number | undefined;
  /**
   * The longest wait that a server may ask for: by `Retry-After` in a refusal, or by `after=1500` (milliseconds) in the
   * reason of its Close frame. Default 300,000.
   */
  maxRetryAfter?: number | undefined;
  /** Close codes of the peer after which the client gives up. Default 1000, 1008 and 4000–4999. */
  finalCloseCodes?: readonly number[] | undefined;
  /** HTTP statuses of a refusal after which the client gives up. Default 401, 403, 404 and 410. */
  finalStatuses?: readonly number[] | undefined;
  /**
   * Decides whether the client gives up, before `finalCloseCodes` and `finalStatuses` are looked at. `undefined`: they
   * decide.
   */
  isFinal?: ((cause: ReconnectCause) => boolean | undefined) | undefined;
  /** Messages sent while no connection is open. `false`: they are refused. Default: 1,024 messages or 1 MiB wait. */
  outbox?: false | OutboxSettings | undefined;
  /** What is known about the network below. Default: nothing. */
  network?: NetworkHints | undefined;
}

/**
 * Handlers of a client that comes back. Those of {@link ClientHandlers} are called for each connection, with that
 * connection; the others tell what happens between connections.
 */
export interface ReconnectHandlers extends ClientHandlers {
  /** An attempt begins. @param attempt  1, 2, 3 …; it begins anew after a stable connection */
  connecting?(attempt: number): HandlerResult;
  /**
   * The connection was lost, or an attempt failed, and another attempt follows.
   *
   * @param delay  milliseconds until the attempt. Without a network, it also waits for one
   * @param error  the reason
   */
  waiting?(delay: number, error: WebSocketError): HandlerResult;
  /**
   * The client has ended by itself: a final answer, too many attempts, or its `signal`. Not called after `close()`.
   *
   * @param error   ERR_WS_GAVE_UP or ERR_WS_ABORTED, with the reason as its `cause`
   * @param unsent  messages that still waited, in the order of their `send`
   */
  gaveUp?(error: WebSocketError, unsent: readonly UnsentMessage[]): HandlerResult;
}

/** What `connect` can be asked for, for a client that comes back. */
export interface ReconnectOptions
  extends Omit<ConnectOptions, 'reconnect' | 'resume' | 'headers' | 'handlers' | 'signal' | 'streamAbove'> {
  /** `true`: with the defaults of {@link ReconnectSettings}. */
  reconnect: true | ReconnectSettings;
  /** As for `connect`: with a session, `resume` comes in the place of `reconnect`, and both may be there. */
  resume?: false | undefined;
  /** As for `connect`, or a function that is asked before each attempt. */
  headers?: ReconnectHeaders | undefined;
  /** Ends the client when it is aborted. */
  signal?: AbortSignal | undefined;
  /** Handlers of the client and of its connections. */
  handlers?: ReconnectHandlers | undefined;
}

/** The defaults of {@link ReconnectSettings}. */
export const reconnectDefaults = {
  initial: 1_000,
  max: 30_000,
  factor: 2,
  attempts: Infinity,
  stableAfter: 10_000,
  maxRetryAfter: 300_000,
} as const;

/** The defaults of {@link OutboxSettings}. */
export const outboxDefaults = { maxBytes: 1024 * 1024, maxMessages: 1024, policy: 'refuse' } as const;
