// What a user hands to `createServer`: handlers and settings in one object; and what `listen`, `attach` and `drain` take.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { HandlerResult } from '../core/connection/handlers.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { ServerTlsOptions } from '../node/tls.ts';
import type { ServerLimitSettings } from './limits.ts';
import type { ServerConnection } from './server-connection.ts';
import type { Decision } from './upgrade-decision.ts';

/** A handshake that is otherwise valid, for the application to decide on. */
export interface UpgradeRequest {
  /** The request target as sent, e.g. `/chat?room=1`. */
  readonly url: string;
  /** As Node parsed them: lower-case names. */
  readonly headers: IncomingMessage['headers'];
  /** Offered by the client, in its order of preference. */
  readonly subprotocols: readonly string[];
  /**
   * Textual address of the client; an IPv4-mapped IPv6 address is given as IPv4. The TCP peer, or, where that is one of
   * `trustedProxies`, whom the proxies name.
   */
  readonly remoteAddress: string;
  /** 0 where a proxy has named the client without a port. */
  readonly remotePort: number;
  /** Textual address of the TCP peer. */
  readonly peerAddress: string;
  /** Whether the request came over TLS. */
  readonly encrypted: boolean;
  /** Aborted when the client goes away, or the handshake time is over, before the decision. */
  readonly signal: AbortSignal;
  /**
   * Node's own request, for what is not here. Its socket is of use until the decision: that of a connection which came to
   * `listen` is then let go.
   */
  readonly message: IncomingMessage;
}

/**
 * Handlers of a server: one object for all of its connections, all methods optional. They are read once, by
 * `createServer`, and called with that object as `this`. It may be an instance of the application's own class, whose other
 * fields and methods are left alone; in an object of the form `{ … }` every name must be a handler or a setting.
 *
 * They may be async: what they answer does not matter, other than that of `upgrade`; what they throw or reject with goes to
 * `failed`. They run in the `AsyncLocalStorage` context that was current when the connection was accepted, whatever leads to
 * the event; a callback of `send` runs in that of its call.
 *
 * @typeParam Context  what `upgrade` attaches to a connection and the other handlers find as `connection.context`
 */
export interface ServerHandlers<Context> {
  /**
   * Decides on a handshake: `accept(…)`, `refuse(…)`, or nothing for a plain accept; a Promise of these may take as
   * long as `handshakeTimeout`. When it throws or rejects, or what it answers cannot be sent or does not fit the client's
   * request, the client gets 500 without a reason, and `refused` ERR_WS_UPGRADE_FAILED with the `cause`. Nothing of it
   * is ever uncaught; where there is neither `refused` nor `failed`, a warning of the process tells.
   */
  upgrade?(request: UpgradeRequest): Decision<Context> | PromiseLike<Decision<Context>>;
  /** The 101 response has been written; sending is allowed from here on. */
  open?(connection: ServerConnection<Context>): HandlerResult;
  /** Binary data belongs to the application. A message of up to 8 KiB must be copied to be transferred: docs/production.md. */
  message?(connection: ServerConnection<Context>, data: string | Buffer): HandlerResult;
  /** The connection failed or was lost; `close` follows. */
  error?(connection: ServerConnection<Context>, error: WebSocketError): HandlerResult;
  /** The connection has ended. Called once, as its last handler. */
  close?(connection: ServerConnection<Context>, event: CloseEvent): HandlerResult;
  /** All that waited has been handed to the system, after a `send` that answered `false`. */
  drain?(connection: ServerConnection<Context>): HandlerResult;
  /** A ping arrived; the engine answers it. `payload` belongs to the application, at most 125 bytes. */
  ping?(connection: ServerConnection<Context>, payload: Buffer): HandlerResult;
  /** A pong arrived, also without a ping. `payload` belongs to the application, at most 125 bytes. */
  pong?(connection: ServerConnection<Context>, payload: Buffer): HandlerResult;
  /**
   * A handshake was refused, by `upgrade`, by a limit, or because it was not valid. For logs; the answer has been sent.
   *
   * @param request  `undefined` where none was read: with `listen`, of a client that was one too many, too slow, or sent
   *                 no HTTP
   */
  refused?(request: IncomingMessage | undefined, error: WebSocketError): HandlerResult;
  /**
   * A mistake of the application: another of these handlers, or a callback of `send`, threw `error`, or answered a
   * promise that was rejected with it. A connection that is still open when this returns is closed with 1011, of which
   * the peer learns no reason. Without this handler, exceptions of a connection's handlers are uncaught and rejections
   * are unhandled, which by default ends the process. What this throws itself is uncaught.
   *
   * @param subject  the connection; of `upgrade`, `refused` and the `request` of `listen`, the request, `undefined`
   *                 where none was read
   */
  failed?(error: unknown, subject: ServerConnection<Context> | IncomingMessage | undefined): HandlerResult;
}

export interface ServerSettings extends ConnectionSettings {
  /** Spoken here, one or several; the first of the client's offers that is listed is selected (§4.2.2), unless `upgrade` selects. */
  subprotocols?: string | readonly string[] | undefined;
  /**
   * Milliseconds for a request head to arrive, whatever a slow client sends meanwhile, and again for `upgrade` to decide;
   * with TLS the same time before that for its handshake. Late heads are answered 408. Default 10,000; 0: no bound.
   */
  handshakeTimeout?: number | undefined;
  /** Bytes of a request head, for `listen`; an attached server has its own. Beyond: 431. Default 65,536. */
  maxHeaderSize?: number | undefined;
  /** Header fields of a request. Beyond: 431. Default 200. */
  maxHeaderCount?: number | undefined;
  /** Bounds of each connection, and of the server. */
  limits?: ServerLimitSettings | undefined;
  /**
   * Origins whose pages may connect (§10.2), others are refused with 403: `https://example.org`,
   * `https://*.example.org` for its subdomains, `null` for pages without an origin. Scheme and host are compared in
   * lower case, default ports are left out. Requests without Origin pass: only browsers send it, and only their users
   * are attacked this way. Default: all origins.
   */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Proxies that are believed in what they say of the client: addresses, networks such as `10.0.0.0/8`, or the words
   * `loopback` (and sockets in the file system), `link-local`, `private`. `X-Forwarded-For` is read from the right as far
   * as trusted hops wrote it; an entry that is no address ends that. `Forwarded` is not read. Default: none.
   */
  trustedProxies?: readonly string[] | undefined;
}

/**
 * Handlers and settings of a server in one object. Where connections have a context, there must be an `upgrade` that
 * provides it: without one, each would have `undefined`.
 */
export type ServerOptions<Context> = ServerHandlers<Context> &
  ServerSettings &
  (undefined extends Context ? unknown : Required<Pick<ServerHandlers<Context>, 'upgrade'>>);

/** Where a server listens. */
export interface ListenOptions {
  /** 0 (default): any free port; `listen` resolves with the real one. */
  port?: number | undefined;
  /** Address to listen on. Default: all of them, IPv6 and IPv4. */
  host?: string | undefined;
  /** Serves `wss:`. */
  tls?: ServerTlsOptions | undefined;
  /**
   * Answers requests that are not upgrades to WebSocket, those with another protocol in Upgrade among them. Connections
   * are kept between requests, for the `keepAliveTimeout` of `node:http` (5 s), and do not count as handshakes
   * meanwhile. What it throws or rejects with goes to the `failed` handler of the server, where there is one, and the
   * client gets 500, or its connection is ended where the answer was begun. Default: 426.
   */
  request?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
}

/** Which upgrades of a server of `node:http` are taken. */
export interface AttachOptions {
  /**
   * Takes the upgrades of this path only, and leaves others to further listeners. It is compared with the path of the
   * request as it was sent, without the query, and begins with `/`; an absolute target (`http://host/path`) counts with its path. Default: all
   * that no other listener has taken.
   */
  path?: string | undefined;
}

/** Who gets what is published. */
export interface PublishOptions<Context = undefined> {
  /** Gets nothing, although it is subscribed. */
  except?: ServerConnection<Context> | undefined;
}

/** How a server closes its connections. */
export interface DrainOptions {
  /** Close code for each connection. Default 1001. */
  code?: number | undefined;
  /** Default `'server is going away'`. */
  reason?: string | undefined;
  /** Milliseconds until what is still open is cut. Default 10,000. */
  deadline?: number | undefined;
}
