// What a user gives to `createServer` for sessions: the option `resume`, and the handlers of what happens to a session.

import type { HandlerResult } from '../../core/connection/handlers.ts';
import { webSocketError } from '../../core/errors.ts';
import type { UpgradeRequest } from '../../server/options.ts';
import type { PathConnection } from '../../server/path-options.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import type { Session } from '../../server/session.ts';
import type { SessionStore } from '../protocol/store.ts';

/** A message of this server's that the client has not acknowledged when its session ended. */
export interface UnacknowledgedMessage {
  /** Text as a string, binary as bytes that are yours. */
  readonly data: string | Uint8Array;
  /** Whether it was sent on some connection: the client may have handled it. */
  readonly wasSent: boolean;
  /** Whether its beginning is missing: the client had acknowledged that, and it was not kept. */
  readonly isIncomplete: boolean;
}

/** What the `resumed` handler is told. */
export interface Resumption {
  /**
   * Numbers of the first and the last message of this server's that the client will not get: `whileDetached: 'gap'` had to drop
   * them. `undefined`: none.
   */
  readonly lost: readonly [first: number, last: number] | undefined;
  /**
   * Whether another process had the session before, and this object is new: subscribe it to its topics, and read
   * `connection.session.data`. `open` is not called for it. It lacks what was published meanwhile.
   */
  readonly isRestored: boolean;
}

/** What the `expired` handler is told. */
export interface Expiry {
  /**
   * Why the session has ended without its client: nobody came back in time, or its memory was needed (`'expired'`); more
   * waited for it than is kept (`'overflow'`); the counts of both ends differed (`'regressed'`); `authorize` said no
   * (`'refused'`); the client broke a rule of the protocol (`'failed'`).
   */
  readonly why: 'expired' | 'overflow' | 'regressed' | 'refused' | 'failed';
  /** Number of messages that the client has not acknowledged and will not get. */
  readonly lost: number;
  /** Whether a message of the client had begun to arrive and will not be delivered. */
  readonly incomplete: boolean;
  /** What the client has not acknowledged, oldest first. Nothing sends it again by itself. */
  readonly unacknowledged: readonly UnacknowledgedMessage[];
}

/** Handlers of a server whose clients may resume. */
export interface SessionHandlers<Context> {
  /** The connection below is gone; the session waits for its client. Sending goes on. */
  interrupted?(connection: ServerConnection<Context>): HandlerResult;
  /** The client is back on another connection. */
  resumed?(connection: ServerConnection<Context>, resumption: Resumption): HandlerResult;
  /** The session has ended without its client. `close` follows. */
  expired?(connection: ServerConnection<Context>, expiry: Expiry): HandlerResult;
}

/** The option `resume` of `createServer`. Sizes are in bytes, times in milliseconds. */
export interface ResumeSettings {
  /** Time that a session is kept while its client is away. Default 120,000. */
  keep?: number | undefined;
  /** Bytes of messages that are kept for one client, 1,024 or more: sent and not acknowledged, or waiting. Default 1 MiB. */
  replayBytes?: number | undefined;
  /** Messages that are kept for one client while it is away. Default 4,096. */
  replayMessages?: number | undefined;
  /** Bytes of the parts in which large messages go, 16 or more. Default 256 KiB. */
  part?: number | undefined;
  /** Where sessions go when this process ends, and come from when another one takes over. Default: nowhere. */
  store?: SessionStore | undefined;
  /**
   * When sessions are written to `store`. `'spill'`: while their client is away, and when this process drains. If it is killed,
   * sessions whose client was there are lost, and that is told. `'ahead'`: a message before it is sent, and the
   * number of a handled one before it is acknowledged. If this process is killed, nothing is lost that was sent or acknowledged; it costs a
   * round trip to the store for each message, or for those of one turn together. Default `'spill'`.
   */
  mode?: 'spill' | 'ahead' | undefined;
  /**
   * Time that a call of the store may take. Then it counts as failed, and is made again. Sessions that are here go on meanwhile;
   * with `'ahead'`, their messages wait. New and returning clients are told to try again. Default 5,000.
   */
  storeTimeout?: number | undefined;
  /** The store has failed or did not answer, once until it answers again. Default: a process warning. */
  storeFailed?: ((error: Error) => void) | undefined;
  /**
   * Whose a session is, as any text: it is kept with the session, and another client cannot resume it. It is called for each
   * handshake that agrees on a session. If it throws or gives something else, such as a promise, the connection is closed with
   * 4706. Default: only the token decides.
   */
  bind?: ((request: UpgradeRequest) => string) | undefined;
  /**
   * Whether the client may (still) resume this session. It is called at each resume, after the token and `bind` were right;
   * anything but `true`, or a promise of it within `startTimeout`, closes the connection with 4706 and ends the session. Default:
   * it may.
   */
  authorize?: ((session: Session, request: UpgradeRequest) => boolean | PromiseLike<boolean>) | undefined;
  /** Sessions without a connection at a time. Above, the one that has waited longest ends. Default 10,000. */
  maxSessions?: number | undefined;
  /**
   * Sessions with the same `bind` at a time. Above, the one that has waited longest ends; if all have a connection, the
   * new one is refused with 4707. It needs `bind`. Default 16.
   */
  maxSessionsPerUser?: number | undefined;
  /**
   * Bytes that all sessions keep together, both ways. Above, those without a connection end, the one that has waited
   * longest first; then those with a connection that keep most. Default 256 MiB.
   */
  replayMemory?: number | undefined;
  /**
   * When a message counts as handled, which lets the client forget it. `'handled'`: when the `message` handler has returned
   * and its promise has settled. `'receipt'`: when it has arrived. Default `'handled'`.
   */
  ack?: 'handled' | 'receipt' | undefined;
  /**
   * What happens when more waits for a client that is away than `replayBytes` or `replayMessages`. `'end'`: its session ends
   * (`expired`). `'gap'`: the oldest messages are dropped, and both ends are told. Default `'end'`.
   */
  whileDetached?: 'end' | 'gap' | undefined;
  /** Time for a client to say what it wants, and to answer when it is asked. Default 10,000. */
  startTimeout?: number | undefined;
  /** Resumes of one session in a minute. Above, the connection is closed with 4707. Default 10. */
  maxResumesPerMinute?: number | undefined;
  /** Attempts of one client address in a minute that fail. Above, its attempts are closed with 4707. Default 20. */
  maxFailuresPerMinute?: number | undefined;
  /**
   * Milliseconds over which clients come back after a drain: the server gives each of them a random time within it. Another
   * server must be ready then. Default 2,000.
   */
  drainSpread?: number | undefined;
}

/** What `createServer` takes for clients that come back. */
export interface SessionOptions<Context> extends SessionHandlers<Context> {
  /**
   * Lets clients resume (docs/resuming.md): those that ask for it keep their connection object over breaks, and nothing is
   * lost. `true`: with all defaults. Other clients notice nothing. With `paths` a session belongs to its path with its
   * parameters: at another one, its token is unknown. Default `false`.
   */
  resume?: boolean | ResumeSettings | undefined;
}

/** Handlers of one path: see {@link SessionHandlers}. Those that are absent are the server's. */
export interface PathSessionHandlers<Context, Path extends string> {
  /** The connection below is gone; the session waits for its client. Sending goes on. */
  interrupted?(connection: PathConnection<Context, Path>): HandlerResult;
  /** The client is back on another connection. */
  resumed?(connection: PathConnection<Context, Path>, resumption: Resumption): HandlerResult;
  /** The session has ended without its client. `close` follows. */
  expired?(connection: PathConnection<Context, Path>, expiry: Expiry): HandlerResult;
}

/** What `createServer` takes beside `paths` for clients that come back. */
export interface RoutedSessionOptions<Context, Path extends string> extends SessionOptions<Context> {
  /** The handlers of sessions, by path. */
  paths: { readonly [Name in Path]: PathSessionHandlers<Context, Name> };
}

/** The settings with their defaults. */
export type CompleteResumeSettings = Pick<ResumeSettings, 'store' | 'storeFailed' | 'bind' | 'authorize'> & {
  readonly [Name in Exclude<keyof ResumeSettings, 'store' | 'storeFailed' | 'bind' | 'authorize'>]-?: Exclude<
    ResumeSettings[Name],
    undefined
  >;
};

/**
 * @param settings  checked
 * @throws WebSocketError ERR_WS_OPTION for a mode without a store
 */
export function completeResume(settings: ResumeSettings): CompleteResumeSettings {
  if (settings.mode !== undefined && settings.store === undefined)
    throw webSocketError('ERR_WS_OPTION', 'resume.mode', settings.mode, 'left out, or with store: { store, mode }');
  return {
    keep: settings.keep ?? 120_000,
    replayBytes: settings.replayBytes ?? 1024 * 1024,
    replayMessages: settings.replayMessages ?? 4_096,
    part: settings.part ?? 256 * 1024,
    store: settings.store,
    mode: settings.mode ?? 'spill',
    storeTimeout: settings.storeTimeout ?? 5_000,
    storeFailed: settings.storeFailed,
    bind: settings.bind,
    authorize: settings.authorize,
    maxSessions: settings.maxSessions ?? 10_000,
    maxSessionsPerUser: settings.maxSessionsPerUser ?? 16,
    replayMemory: settings.replayMemory ?? 256 * 1024 * 1024,
    ack: settings.ack ?? 'handled',
    whileDetached: settings.whileDetached ?? 'end',
    startTimeout: settings.startTimeout ?? 10_000,
    maxResumesPerMinute: settings.maxResumesPerMinute ?? 10,
    maxFailuresPerMinute: settings.maxFailuresPerMinute ?? 20,
    drainSpread: settings.drainSpread ?? 2_000,
  };
}
