// What a user gives to `createServer`: handlers and settings in one object; and the options of `listen`, `attach`,
// `publish` and `drain`.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bus } from '../bus/seam.ts';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { HandlerResult } from '../core/connection/handlers.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { MessageStream } from '../core/message/message-stream.ts';
import type { SendOptions } from '../core/message/send-options.ts';
import type { Observer } from '../core/observer.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { Logger } from '../observe/logger.ts';
import type { MetricsEndpoint } from '../observe/metric-options.ts';
import type { Decision } from './decision.ts';
import type { ServerLimitSettings } from './limits.ts';
import type { ServerConnection } from './server-connection.ts';
import type { ForwardingFields } from './trusted-proxies.ts';

/** A valid handshake (RFC 6455 §4.2.1), which an `upgrade` handler decides on. */
export interface UpgradeRequest {
  /** The request target as the client sent it, e.g. `/chat?room=1`. */
  readonly url: string;
  /** The header fields as Node parsed them, with names in lower case. */
  readonly headers: IncomingMessage['headers'];
  /** The subprotocols that the client offers, in its order of preference; all different. Empty if it offers none. */
  readonly subprotocols: readonly string[];
  /**
   * Address of the client in text. It is the TCP peer's, or, if that is one of `trustedProxies`, the one that the proxies
   * report. An IPv4-mapped IPv6 address is given as IPv4. `''` if the stream has no address.
   */
  readonly remoteAddress: string;
  /** Port of the client. 0 if a proxy reported the client without a port, or the stream has none. */
  readonly remotePort: number;
  /** Address of the TCP peer in text: of the client, or of the last proxy. */
  readonly peerAddress: string;
  /** Whether the client speaks TLS: to this server, or, as `trustedProxies` report, to the first of them. */
  readonly encrypted: boolean;
  /**
   * The parameters of the path, with `paths`: `{ room: 'tea' }` for `/chat/tea` and the path `/chat/:room`. Each is decoded
   * once; it may be anything that a client chooses, such as `..` or a text with a slash in it. Empty without `paths`.
   */
  readonly params: object;
  /** The host that the client asked for, e.g. `example.org:8080`: as `trustedProxies` report it, or the field `Host`. */
  readonly host: string;
  /**
   * Aborted when your decision is no longer needed: the client has left, `handshakeTimeout` is over, or the server is
   * going away. Its `reason` is a WebSocketError.
   */
  readonly signal: AbortSignal;
  /**
   * Node's own request, for everything that is not here. Use its socket only until you decide: the server then takes it,
   * and for a connection that came to `listen` lets go of Node's object.
   *
   * `message`, `headers`, `params`, `host` and `signal` are made when you read them first: `{ ...request }` does not copy them.
   */
  readonly message: IncomingMessage;
}

/**
 * Handlers of a server: one object for all of its connections. All methods are optional. `createServer` reads them once
 * and calls them with that object as `this`. It may be an instance of your own class; its other fields and methods are
 * ignored. In a plain object (`{ … }`) every name must be a handler or a setting.
 *
 * Handlers may be async. Their results are ignored, except for that of `upgrade`. What a handler throws, or rejects its
 * promise with, goes to `failed`. All handlers of a connection run in the `AsyncLocalStorage` context that was current
 * when the connection was accepted, whatever causes the event; a callback of `send` runs in the context of its call.
 *
 * @typeParam Context  type of `connection.context`, which `upgrade` sets by `accept({ context })`
 * @typeParam Data     what `message` gets: with `streamAbove`, `MessageStream` as well
 */
export interface ServerHandlers<Context, Data = string | Buffer> {
  /**
   * Decides on a handshake: return `accept(…)`, `refuse(…)`, or nothing to accept without options. A promise of these may
   * take `handshakeTimeout`; after that the client gets 503.
   *
   * If it throws or rejects, or its decision cannot be sent or does not fit the client's request, the client gets 500
   * without a reason, and `refused` gets ERR_WS_UPGRADE_FAILED with the `cause`. This is never an uncaught exception. If
   * the server has neither `refused` nor `failed`, Node prints a warning.
   */
  upgrade?(request: UpgradeRequest): Decision<Context> | PromiseLike<Decision<Context>>;
  /** A connection is open: the 101 response has been written. You may send from here on. */
  open?(connection: ServerConnection<Context>): HandlerResult;
  /**
   * A message has arrived, complete and checked; or with `streamAbove` one begins that is read in parts.
   *
   * @param data      text as a string, binary as a Buffer that belongs to you. Copy a message of up to 8 KiB before you
   *                  transfer it to a worker: it shares its memory (docs/production.md). With `binaryMessages: 'lent'` it
   *                  is yours until the handler returns, or the promise that it returns settles
   * @param isBinary  whether it is a binary message: with `textMessages: 'bytes'` text is a Buffer as well
   * @param fragments  bytes of each fragment of a message in several (RFC 6455 §5.4), with `fragmentSizes`
   */
  message?(
    connection: ServerConnection<Context>,
    data: Data,
    isBinary: boolean,
    fragments?: readonly number[],
  ): HandlerResult;
  /** The connection has failed or was lost. `close` follows. */
  error?(connection: ServerConnection<Context>, error: WebSocketError): HandlerResult;
  /** The connection has ended. Called once, as its last handler. */
  close?(connection: ServerConnection<Context>, event: CloseEvent): HandlerResult;
  /** Everything queued has been handed to the system, after a `send` that returned `false`. */
  drain?(connection: ServerConnection<Context>): HandlerResult;
  /**
   * A ping has arrived; the server answers it itself (RFC 6455 §5.5.2), unless `autoPong` is `false`. `payload`, 0 to 125
   * bytes, belongs to you.
   */
  ping?(connection: ServerConnection<Context>, payload: Buffer): HandlerResult;
  /** A pong has arrived (RFC 6455 §5.5.3). `payload`, 0 to 125 bytes, belongs to you. */
  pong?(connection: ServerConnection<Context>, payload: Buffer): HandlerResult;
  /**
   * A handshake was refused: by `upgrade`, by a limit, or because it was not valid. Use it for logs; the response has been
   * sent, if the client was still there.
   *
   * @param request  `undefined` if no request was read: with `listen`, from a client that was one too many, too slow, or
   *                 sent something other than HTTP
   * @param error    why it was refused
   */
  refused?(request: IncomingMessage | undefined, error: WebSocketError): HandlerResult;
  /**
   * Another handler, or a callback of `send`, threw `error` or rejected its promise with it. If the connection is still
   * open when this returns, it is closed with 1011 and no reason. Without this handler, exceptions of a connection's
   * handlers are uncaught and rejections are unhandled, which by default ends the process. An exception of this handler
   * is uncaught.
   *
   * @param subject  the connection; for `upgrade`, `refused` and the `request` of `listen`, the request, or `undefined` if
   *                 none was read
   */
  failed?(error: unknown, subject: ServerConnection<Context> | IncomingMessage | undefined): HandlerResult;
}

/** Settings of a server, in the same object as its handlers. */
export interface ServerSettings extends ConnectionSettings {
  /**
   * Subprotocols that the server speaks: one, or a list. The first of the client's offers that is listed is selected
   * (RFC 6455 §4.2.2), unless `upgrade` selects one. Default: none.
   */
  subprotocols?: string | readonly string[] | undefined;
  /**
   * Milliseconds for a request head to arrive, no matter how many bytes a slow client has sent meanwhile; a late head is
   * answered 408. The answer may come later than that by half of the time, 5.5 s at most: a listener looks for late heads
   * every quarter of it. `upgrade` has the same time again to decide, and so has the TLS handshake before. 0: no bound.
   * Default 10,000.
   */
  handshakeTimeout?: number | undefined;
  /** Bytes of a request head, for `listen`; an attached HTTP server has its own setting. Above: 431. Default 65,536. */
  maxHeaderSize?: number | undefined;
  /** Header fields of a request. Above: 431. Default 200. */
  maxHeaderCount?: number | undefined;
  /** Bounds of each connection, and of the server as a whole. */
  limits?: ServerLimitSettings | undefined;
  /**
   * Origins whose pages may connect (RFC 6455 §10.2); other origins get 403. Write `https://example.org`,
   * `https://*.example.org` for its subdomains, or `null` for pages without an origin. Scheme and host are compared in
   * lower case, and a default port equals none. Requests without Origin pass: every browser sends it, and this protects
   * only the users of browsers. Default: all origins.
   */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Proxies whose reports about the client are trusted: addresses, networks such as `10.0.0.0/8`, or the words `loopback`
   * (including Unix sockets), `link-local`, `private`. What they report is read from the right, as far as trusted proxies
   * wrote it, and up to the first entry that is not an address. Default: none.
   */
  trustedProxies?: readonly string[] | undefined;
  /**
   * Which fields of trusted proxies are read, for `remoteAddress`, `encrypted` and `host`. Name the ones that your proxies
   * set: the others are passed on as clients send them.
   *
   * - `'x-forwarded'`: `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. The default.
   * - `'forwarded'`: `Forwarded` (RFC 7239), with `for`, `proto` and `host`.
   * - `'none'`: no fields. For `listen({ proxyProtocol: true })` before proxies that set none.
   */
  forwarding?: ForwardingFields | undefined;
}

/**
 * Handlers and settings of a server in one object. If connections have a context type, an `upgrade` handler is required,
 * since only `accept({ context })` provides it.
 */
export type ServerOptions<Context, Data = string | Buffer> = ServerHandlers<Context, Data> &
  ServerSettings & {
    /**
     * Is told of everything that connections do, beside the handlers: see {@link Observer}. `server.observe` adds others.
     * Default: nobody.
     */
    observer?: Observer<ServerConnection<Context>> | undefined;
    /** Gets lines about connections and handshakes, without payloads and secrets: see {@link Logger}. Default: none. */
    logger?: Logger | undefined;
    /**
     * Reaches the other nodes of a system: `redisBus('redis://…')` of `harmony-websocket/redis`, and the others of docs/bus.md. What
     * is published goes to the connections of all of them. One bus serves one server. Default: none.
     */
    bus?: Bus | undefined;
  } & (undefined extends Context ? unknown : Required<Pick<ServerHandlers<Context>, 'upgrade'>>);

/** Options of a server whose `message` handler gets large messages in parts. */
export type StreamingServerOptions<Context> = ServerOptions<Context, string | Buffer | MessageStream<Buffer>> & {
  streamAbove: number;
};

/** Options of `server.listen`. */
export interface ListenOptions {
  /** 0 to 65,535. 0: any free port; `listen` resolves with the real one. Default 0. */
  port?: number | undefined;
  /** Address to listen on. Default: all addresses, IPv6 and IPv4. */
  host?: string | undefined;
  /**
   * Path of a Unix socket to listen on, in the place of host and port: at most 107 bytes on Linux, 103 elsewhere. A path that
   * begins with `\0` is an abstract socket (Linux only). On Windows it is the name of a pipe, such as `\\.\pipe\chat`. A
   * socket that a server has left behind is replaced; one that a program answers on is not. The file is removed when the
   * server stops.
   */
  path?: string | undefined;
  /** Permissions of the file at `path`, 0 to 0o777: 0o660 for owner and group. Default: what the umask of the process leaves. */
  mode?: number | undefined;
  /**
   * Whether other processes may listen on the same port, all with this option: the system then spreads the connections
   * over them (SO_REUSEPORT). Needs Node.js 22.12, 23.1 or later, and Linux or a BSD. Default `false`.
   */
  reusePort?: boolean | undefined;
  /**
   * Whether each connection begins with a header of the PROXY protocol, version 1 or 2, with which a proxy of TCP tells the
   * address of its client: `send-proxy-v2` in HAProxy, `proxy_protocol on` in nginx, NLB, Envoy. It comes before TLS. The
   * proxies must be in `trustedProxies`; a connection from any other address is refused with 403, and so is one without
   * the header, with 400. Default `false`.
   */
  proxyProtocol?: boolean | undefined;
  /** Certificate and key: the port then serves `wss:`. Default: no TLS. */
  tls?: ServerTlsOptions | undefined;
  /**
   * Answers requests that are not upgrades to WebSocket, including those for another protocol. HTTP connections are kept
   * between requests for the `keepAliveTimeout` of `node:http` (5 s), and do not count as handshakes meanwhile. If it
   * throws or rejects, the exception goes to the server's `failed` handler, if there is one, and the client gets 500, or
   * loses its connection if the response has begun. Default: answers 426.
   */
  request?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /**
   * Answers GET and HEAD requests for this path, before `request` sees them, with `server.metricsText()`: in OpenMetrics
   * for scrapers that ask for it, in the older text format of Prometheus otherwise. All who reach the port can read it;
   * for your own network only, listen a second time: `listen({ host: '127.0.0.1', port: 9464, metrics: '/metrics' })`.
   * An object also names the metrics: `{ path: '/metrics', prefix: 'chat_' }`. Default: no such path.
   */
  metrics?: string | MetricsEndpoint | undefined;
  /**
   * Answers GET and HEAD requests for this path, before `request` sees them: 200, or 503 while `server.isDraining`, for
   * load balancers. The body is `{"status":"ok"}` or `{"status":"draining"}`; with a bus, also `"bus":"ready"` or why it is
   * not: `connecting`, `lost`, `refused`. The status stays 200 then, since clients are served. Default: no such path.
   *
   * With `metrics` or `health`, the port stays open in a drain until the last connection is gone. Upgrades are refused with
   * 503 meanwhile.
   */
  health?: string | undefined;
}

/** Options of `server.attach`. */
export interface AttachOptions {
  /**
   * Takes only upgrades of this path. It begins with `/`, and is compared with the path of the request target as the client
   * sent it, without the query; a target that is a whole URI (`http://host/path`) counts by its path. Default: all
   * upgrades that no other listener has taken.
   */
  path?: string | undefined;
}

/** Options of `server.publish`. */
export interface PublishOptions<Context = undefined> extends SendOptions {
  /**
   * A connection that does not get the message, even if it is subscribed: one of this server, or the `id` of one of any node.
   */
  except?: ServerConnection<Context> | string | undefined;
}

/** Options of `server.drain`. */
export interface DrainOptions<Context = undefined> {
  /** Close code for each connection: 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 §7.4). Default 1001. */
  code?: number | undefined;
  /**
   * Reason in each Close frame, at most 123 bytes of UTF-8. Default `'server is going away'`.
   *
   * Or a function that is called for each connection when its turn has come, while it is still open, and gives its reason:
   * `'after=1500'` for a client that reads there when to come back. It may send, and it may be async: the connection is
   * closed when the promise settles. `undefined` stands for the default. If it throws, rejects or gives another value, the
   * error goes to `failed` as that of a handler does, and the connection is closed all the same.
   */
  reason?:
    | string
    | ((connection: ServerConnection<Context>) => string | undefined | PromiseLike<string | undefined>)
    | undefined;
  /**
   * Milliseconds over which the closes are spread evenly, 0 to 2,147,483,647, so that the clients do not come back to the
   * other servers all at once. New connections are refused from the beginning. Default 0: all at once.
   */
  spread?: number | undefined;
  /**
   * Which connections are closed first: those that opened first (`'oldest'`), those that opened last (`'newest'`), or any
   * (`'random'`). Default `'oldest'`.
   */
  order?: 'newest' | 'oldest' | 'random' | undefined;
  /**
   * Milliseconds from the end of `spread` until connections that are still open are cut. 0: at once. Default 10,000.
   */
  deadline?: number | undefined;
}

/** How the connections of a server ended in a drain: those that were there when it began. */
export interface DrainResult {
  /** Connections that were ended by a closing handshake, including those that clients ended before their turn. */
  readonly closed: number;
  /** Connections that were cut: lost, or still open at the deadline. */
  readonly terminated: number;
  /** Milliseconds from the call until the last connection was gone and the ports were free. */
  readonly duration: number;
  /** Number of connections by the close code that the `close` handler got: `{ 1012: 97, 1006: 3 }`. */
  readonly codes: Readonly<Record<number, number>>;
}
