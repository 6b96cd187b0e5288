// What a connection is configured with, and the handlers it reports to. Hosts check user input and fill in defaults
// (`connectionOptions`); the connection itself trusts what it is given.

import type { Role } from '../constants.ts';
import type { WebSocketError } from '../errors.ts';
import {
  type CompressionOptions,
  type CompressionSettings,
  completeCompression,
} from '../extension/permessage-deflate.ts';
import { readOptions, type Schema } from '../option-check.ts';
import type { Connection } from './connection.ts';
import { connectionElsewhere } from './foreign-options.ts';
import { connectionRows } from './option-rows.ts';
import type { QueueBudget } from './queue-budget.ts';
import type { UnfinishedBudget } from './unfinished-budget.ts';

/** Bounds on what a peer can make us hold. Each refusal names its bound. */
export interface Limits {
  /** Bytes of one message's payload, over all of its frames, as they come and once inflated. Exceeding it fails the connection with 1009; so does text that is longer than a string of the runtime can be (536,870,888 UTF-16 units on 64-bit Node). Default 100 MiB. */
  readonly maxMessageSize: number;
  /**
   * Bytes of one frame's payload, as its header announces them. Exceeding it fails the connection with 1009. Default
   * 100 MiB, or `maxMessageSize` where that is set higher.
   */
  readonly maxFrameSize: number;
  /** Frames of one message. Exceeding it fails the connection with 1008. Default 131,072. */
  readonly maxFragments: number;
  /**
   * Frames without payload in one fragmented message; a message that is one empty frame is none. Exceeding it fails the
   * connection with 1008. Default 1,024.
   */
  readonly maxEmptyFragments: number;
  /**
   * What a compressed message may inflate to, as a multiple of what came of it. Exceeding it fails the connection with
   * 1009. It applies to a whole message from 4 MiB on, and to a message of which fragments are missing from 64 KiB on. Of a
   * frame that is not complete, no more is inflated than this. Default 200; DEFLATE can reach 1,032.
   */
  readonly maxInflateRatio: number;
  /** Ping and Pong frames in a second. Exceeding it fails the connection with 1008. Default 20,000. */
  readonly maxControlFramesPerSecond: number;
  /** Messages in a second. Exceeding it fails the connection with 1008. Default Infinity. */
  readonly maxMessagesPerSecond: number;
  /** Pongs waiting for a peer that pings but does not read. Exceeding it fails the connection with 1008. Default 256. */
  readonly maxQueuedPongs: number;
  /** Bytes that may already wait for a slow peer when another message is sent. Beyond, see `slowConsumer`. Default 64 MiB. */
  readonly maxQueuedBytes: number;
}

/**
 * What becomes of a message for a peer that does not read as fast as it is sent to, once more than `maxQueuedBytes`
 * wait:
 *
 * - `'close'`: what waits is dropped, and the connection fails with 1013.
 * - `'drop-newest'`: the message is not sent; `send` answers `false`, and its `sent` is told
 *   ERR_WS_SLOW_CONSUMER_DROPPED. For traffic whose gaps are noticed and filled.
 * - `'drop-oldest'`: whole messages that wait are dropped, the oldest first, until the bound is kept; their `sent` are
 *   told the same. For traffic whose newest state is what counts. Where compression is agreed on, what we send is
 *   compressed without context takeover, since the peer's window must not miss a message.
 * - `'pause'`: from `highWaterMark` on the peer is not read from until all has been taken, so that one whose messages are
 *   answered is held back by TCP; beyond `maxQueuedBytes` as `'close'`. At one end of a connection only: two ends that
 *   each wait for the other to read wait until the heartbeat ends it.
 *
 * Fragments of a message that has begun are never dropped: where nothing else is left to drop, the connection fails
 * with 1013 as well.
 */
export type SlowConsumerPolicy = 'close' | 'drop-newest' | 'drop-oldest' | 'pause';

/** Keep-alive by Ping frames (§5.5.2). Times in milliseconds. */
export interface Heartbeat {
  /** From the opening, or from the last pong, to the next ping. */
  readonly interval: number;
  /**
   * From when a ping has left, behind all that was sent before, to the end of the connection when no pong comes. 0: wait
   * for ever. A peer that reads what is before the ping at 16 KiB/s or more has the time that this takes; one that sends
   * (16 bytes a second), or is in the middle of a frame, which its pong cannot overtake, has this time again.
   */
  readonly timeout: number;
}

export interface ConnectionOptions {
  readonly role: Role;
  readonly limits: Limits;
  /** Absent: no pings. */
  readonly heartbeat?: Heartbeat | undefined;
  /**
   * Milliseconds for the peer to answer our Close, and again for TCP to end, before it is cut. They begin when our Close
   * has left, behind all that was sent before. A peer that reads it at 16 KiB/s or more has the time that this takes.
   * Default 5,000.
   */
  readonly closeTimeout: number;
  /**
   * Milliseconds without a message in either direction, noticed up to a quarter later, after which the connection is
   * closed with 1001. Pings and pongs do not count; a message on its way does. 0 (default): no bound.
   */
  readonly idleTimeout: number;
  /** Milliseconds from the opening to a close with 1001. 0 (default): no bound. */
  readonly maxLifetime: number;
  /**
   * Milliseconds that a message which has begun may go without a further byte, noticed up to a quarter later, after which
   * the connection fails with 1008. Time in which we do not read does not count. Default 60,000; 0: no bound.
   */
  readonly messageTimeout: number;
  /** Default `'close'`. */
  readonly slowConsumer: SlowConsumerPolicy;
  /** Bytes waiting to be sent from which `send` answers `false`. Default 1 MiB. */
  readonly highWaterMark: number;
  /** Shared by the connections of a server. Absent: each counts for itself. */
  readonly queueBudget?: QueueBudget | undefined;
  /** As `queueBudget`, for messages that are not whole. */
  readonly unfinishedBudget?: UnfinishedBudget | undefined;
  /** What to offer, or to accept. Absent: nothing. */
  readonly compression?: CompressionOptions | undefined;
}

/** How a connection ended. */
export interface CloseEvent {
  /**
   * Code of the Close frame received (also when our answer to it was lost); 1005 when it had none; 1006 when none came,
   * or when we failed the connection (`error.closeCode` is then what was sent).
   */
  readonly code: number;
  /** Reason of the Close frame received, also of one whose code we refused; else `''`. */
  readonly reason: string;
  /** Whether Close frames went both ways (§7.1.4). */
  readonly wasClean: boolean;
  /** Why, when it was not clean. */
  readonly error?: WebSocketError;
}

/**
 * What a handler answers does not matter. `any`, since `unknown` would keep a handler from naming the server that it is
 * written for (`const server = createServer({ open: () => server.broadcast('…') })`, TS7022), and with `void` linters
 * refuse async handlers.
 */
// biome-ignore lint/suspicious/noExplicitAny: for the reasons above
export type HandlerResult = any;

/**
 * Where a connection reports; all methods optional. One object may serve any number of connections. Handlers may be
 * async; what they answer does not matter. An exception thrown by a handler, and the rejection of a promise that it has
 * answered, go to `failed`. Without one they surface as uncaught, and as unhandled, and do not disturb the connection.
 */
export interface ConnectionHandlers {
  /** It is open: the host has said so by `opened()`, before the first message. */
  open?(connection: Connection): HandlerResult;
  /** A whole message. Text is a string; binary data belongs to the receiver. */
  message?(connection: Connection, data: string | Uint8Array): HandlerResult;
  /** It is open no more: `close` was called, a Close frame came, it failed or was lost. For hosts; before `error`. */
  closing?(connection: Connection): void;
  /** The connection failed or was lost. `close` follows, once TCP is gone. */
  error?(connection: Connection, error: WebSocketError): HandlerResult;
  /** The end: exactly once, nothing follows. */
  close?(connection: Connection, event: CloseEvent): HandlerResult;
  /** Everything queued has been handed to the transport, after a `send` that answered `false`. */
  drain?(connection: Connection): HandlerResult;
  /** A Ping frame came; it has been answered. The payload belongs to the receiver. */
  ping?(connection: Connection, payload: Uint8Array): HandlerResult;
  pong?(connection: Connection, payload: Uint8Array): HandlerResult;
  /**
   * Another handler, or the callback of a `send`, has thrown `error`, or answered a promise that was rejected with it.
   * Where the connection is still open behind this, it is closed with 1011. What this throws surfaces as uncaught.
   */
  failed?(connection: Connection, error: unknown): HandlerResult;
}

/** What clients and servers use unless they are told otherwise. */
export const defaultHeartbeat: Heartbeat = { interval: 30_000, timeout: 30_000 };

export const defaultLimits: Limits = {
  maxMessageSize: 100 * 1024 * 1024,
  maxFrameSize: 100 * 1024 * 1024,
  maxFragments: 128 * 1024,
  maxEmptyFragments: 1024,
  maxInflateRatio: 200,
  maxControlFramesPerSecond: 20_000,
  maxMessagesPerSecond: Infinity,
  maxQueuedPongs: 256,
  maxQueuedBytes: 64 * 1024 * 1024,
};

/** Some of the options of an object. `undefined` is the same as absent, also with `exactOptionalPropertyTypes`. */
export type Some<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** What a user may say of a connection; absent means the default. */
export interface ConnectionSettings {
  limits?: Some<Limits> | undefined;
  /** `false`: no pings. Absent parts take the defaults of 30,000 ms each. */
  heartbeat?: Some<Heartbeat> | false | undefined;
  closeTimeout?: number | undefined;
  /** See {@link ConnectionOptions.idleTimeout}. Milliseconds (in uWebSockets.js seconds); default 0: no bound. */
  idleTimeout?: number | undefined;
  /** Milliseconds (in uWebSockets.js minutes) from the opening to a close with 1001. Default 0: no bound. */
  maxLifetime?: number | undefined;
  /** See {@link ConnectionOptions.messageTimeout}. Milliseconds; default 60,000; 0: no bound. */
  messageTimeout?: number | undefined;
  /** What to do with a peer that reads too slowly, see {@link SlowConsumerPolicy}. Default `'close'`. */
  slowConsumer?: SlowConsumerPolicy | undefined;
  highWaterMark?: number | undefined;
  /**
   * permessage-deflate (RFC 7692): a client offers it, a server accepts it. Default false. It costs time for each
   * message, and with context takeover some 300 KiB for each connection that has sent and received.
   */
  compression?: boolean | CompressionSettings | undefined;
}

const connectionSchema: Schema<ConnectionSettings> = {
  of: 'a connection',
  example: '{ closeTimeout: 5000 }',
  rows: connectionRows,
  elsewhere: connectionElsewhere,
};

/**
 * Checks a user's settings and completes them.
 *
 * @throws WebSocketError ERR_WS_OPTION naming the setting, its value and its range
 */
export function connectionOptions(
  role: Role,
  settings: ConnectionSettings,
  defaultHeartbeat?: Heartbeat,
): ConnectionOptions {
  return completeConnection(role, readOptions(connectionSchema, settings), defaultHeartbeat);
}

/** Completes settings that have been checked. */
export function completeConnection(
  role: Role,
  settings: ConnectionSettings,
  defaultHeartbeat?: Heartbeat,
): ConnectionOptions {
  const limits = { ...defaultLimits };
  for (const name of Object.keys(defaultLimits) as (keyof Limits)[]) {
    const value = settings.limits?.[name];
    if (value !== undefined) limits[name] = value;
  }
  // Whoever allows larger messages allows them in one frame, as most senders send them.
  if (settings.limits?.maxFrameSize === undefined) {
    limits.maxFrameSize = Math.max(limits.maxFrameSize, limits.maxMessageSize);
  }
  const { slowConsumer = 'close' } = settings;
  return {
    role,
    limits,
    heartbeat: completeHeartbeat(settings.heartbeat, defaultHeartbeat),
    closeTimeout: settings.closeTimeout ?? 5_000,
    idleTimeout: settings.idleTimeout ?? 0,
    maxLifetime: settings.maxLifetime ?? 0,
    messageTimeout: settings.messageTimeout ?? 60_000,
    highWaterMark: settings.highWaterMark ?? 1024 * 1024,
    slowConsumer,
    compression: droppable(role, slowConsumer, completeCompression(settings.compression)),
  };
}

/** RFC 7692 §7.1.1: a message that refers to the one before it is of no use when that was dropped. */
function droppable(
  role: Role,
  policy: SlowConsumerPolicy,
  compression: CompressionOptions | undefined,
): CompressionOptions | undefined {
  if (compression === undefined || policy !== 'drop-oldest') return compression;
  return role === 'server'
    ? { ...compression, serverNoContextTakeover: true }
    : { ...compression, clientNoContextTakeover: true };
}

function completeHeartbeat(
  setting: ConnectionSettings['heartbeat'],
  fallback: Heartbeat | undefined,
): Heartbeat | undefined {
  if (setting === false) return undefined;
  if (setting === undefined) return fallback;
  const { interval = 30_000, timeout = 30_000 } = setting;
  return interval === 0 ? undefined : { interval, timeout };
}
