// What a user may ask of a client that resumes, by name, unit and default.

import type { Buffer } from 'node:buffer';
import type { ReconnectOptions, ReconnectSettings } from '../../client/reconnect/options.ts';
import type { HandlerResult } from '../../core/connection/handlers.ts';
import type { WebSocketError } from '../../core/errors.ts';
import type { ResumableConnection } from './resumable-connection.ts';

/** A message of this client that the server has not acknowledged. */
export interface ReturnedMessage {
  /** Text, or a copy of the bytes that were passed. It belongs to the application. */
  readonly data: string | Buffer;
  /** Whether it is a binary message. */
  readonly isBinary: boolean;
  /** Whether some of it has left: the server may have handled it. */
  readonly wasSent: boolean;
  /** Whether its beginning is missing: the server has acknowledged that, and it was not kept. */
  readonly isIncomplete: boolean;
}

/** What `resumed` is told. */
export interface Resumed {
  /** Numbers of the first and the last message of the server that are lost. `undefined`: none. */
  readonly lost: readonly [first: number, last: number] | undefined;
  /** Whether no server had the session for a time: messages that were published to topics meanwhile are missing. */
  readonly isOrphan: boolean;
}

/** What `expired` is told. */
export interface SessionExpiry {
  /**
   * Why the session is gone. `'expired'`: the client was away for too long. `'overflow'`: more waited for it than the
   * server keeps. `'regressed'`: the server has forgotten a part. `'ended'`: the server has ended it. `'unknown'`: the server
   * does not know it, or does not let this user have it. `'plain'`: the connection before was a plain one, without a
   * session.
   */
  readonly why: 'unknown' | 'expired' | 'overflow' | 'regressed' | 'ended' | 'plain';
  /** Numbers of the first and the last message of the server that are lost. `undefined`: not known. */
  readonly lost: readonly [first: number, last: number] | undefined;
  /** Whether `unsent` has a message whose beginning is missing. */
  readonly incomplete: boolean;
  /** What the server has not acknowledged, oldest first. Nothing sends it again by itself. */
  readonly unsent: readonly ReturnedMessage[];
}

/** How a client that resumes has ended. */
export interface ResumableEnd {
  /** Close code of the session: the server's, or the one of `close`; 1006 where it did not end by either. */
  readonly code: number;
  readonly reason: string;
  /** Why the client gave up. Absent where one of the two sides has closed the session. */
  readonly error?: WebSocketError | undefined;
  /** What the server has not acknowledged, oldest first. */
  readonly unsent: readonly ReturnedMessage[];
}

/**
 * Handlers of a client that resumes. All are optional, and read once. They are called with their object as `this`, in the
 * `AsyncLocalStorage` context of the call of `connect`.
 */
export interface ResumeClientHandlers {
  /** There is a session, or a plain connection to a server without sessions. Called once. */
  open?(connection: ResumableConnection): HandlerResult;
  /**
   * A message. It is acknowledged when this has returned, and the promise that it returns has settled; with
   * `resume.ack: 'receipt'` before it is called. Binary data belongs to the application. Without this handler messages
   * wait to be pulled: `for await (const message of connection)`.
   */
  message?(connection: ResumableConnection, data: string | Buffer, isBinary: boolean): HandlerResult;
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

/** How a client resumes. Times are in milliseconds, sizes in bytes. */
export interface ResumeClientSettings {
  /** When a message counts as handled: see `message`, or on receipt. Default `'handled'`. */
  ack?: 'handled' | 'receipt' | undefined;
  /**
   * Bytes of messages that are sent and not acknowledged, each way, 1,024 or more; a server may allow fewer. Default
   * 1 MiB.
   */
  replayBytes?: number | undefined;
  /** Bytes of sent messages that may wait here, those included. What exceeds it is refused. Default 16 MiB. */
  maxQueuedBytes?: number | undefined;
  /** Bytes of the parts in which the server sends large messages, 16 or more. Default 256 KiB. */
  part?: number | undefined;
  /** Time for the server to begin or resume the session, and to answer when it is asked. Default 10,000. */
  answerTimeout?: number | undefined;
  /** Longest time before a handled message is acknowledged. Default 250. */
  ackDelay?: number | undefined;
  /** What follows when the session is gone. `'new'` (default): a new one. `'close'`: the end. */
  onExpiry?: 'new' | 'close' | undefined;
  /**
   * Hosts, in the form `host` or `host:port`, that the server may send the client to: by a redirect, or when it goes
   * away. They get the token of the session. Default: only the host of the URL.
   */
  allowedHosts?: readonly string[] | undefined;
  /**
   * Whether a `ws:` URL to another machine is taken: a program that reads the connection can take the session over. Default
   * `false`.
   */
  allowInsecure?: boolean | undefined;
}

/** What `connect` can be asked for, for a client that resumes. */
export interface ResumeClientOptions
  extends Omit<
    ReconnectOptions,
    'resume' | 'reconnect' | 'handlers' | 'binaryMessages' | 'overwriteLent' | 'textMessages' | 'fragmentSizes'
  > {
  /** `true`: with the defaults of {@link ResumeClientSettings}. */
  resume: true | ResumeClientSettings;
  /** How it comes back. Default: with the defaults of {@link ReconnectSettings}. */
  reconnect?: true | Omit<ReconnectSettings, 'outbox'> | undefined;
  /** Handlers of the session. */
  handlers?: ResumeClientHandlers | undefined;
}

/** The defaults of {@link ResumeClientSettings}. */
export const resumeClientDefaults = {
  ack: 'handled',
  replayBytes: 1024 * 1024,
  maxQueuedBytes: 16 * 1024 * 1024,
  part: 256 * 1024,
  answerTimeout: 10_000,
  ackDelay: 250,
  onExpiry: 'new',
} as const;
