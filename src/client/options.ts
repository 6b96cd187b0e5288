// What a user may ask of `connect`, by name, unit and default.

import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionOptions as TlsConnectOptions } from 'node:tls';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { HandlerResult } from '../core/connection/handlers.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';
import type { MessageStream } from '../core/message/message-stream.ts';
import type { Observer } from '../core/observer.ts';
import type { CreateConnection } from '../node/dial.ts';
import type { ProxySetting } from '../node/proxy-options.ts';
import type { ClientTlsOptions } from '../node/tls-options.ts';
import type { Logger } from '../observe/logger.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Redirect } from './redirect.ts';

/**
 * Handlers of a client connection. All are optional. `connect` reads them once, and calls them with their object as
 * `this`, which may be an instance of your own class. Without `message`, messages wait to be pulled:
 * `for await (const message of connection)`. Handlers may be async: their result is ignored, and what they throw or reject
 * with goes to `failed`.
 *
 * Each handler runs in the `AsyncLocalStorage` context of the call of `connect`. A callback of `send` runs in the context
 * of its call.
 */
export interface ClientHandlers<Data = string | Buffer> {
  /** The URL is valid and the host name has been resolved; nothing has been sent yet. */
  resolved?(): HandlerResult;
  /** The handshake succeeded. Called before `connect` resolves and before the first message. */
  open?(connection: ClientConnection): HandlerResult;
  /**
   * Binary data belongs to the application. A message of up to 8 KiB must be copied to be transferred:
   * docs/production.md. With `binaryMessages: 'lent'` it belongs to the application until the handler returns, or the
   * promise that it returns settles.
   *
   * @param isBinary  whether it is a binary message: with `textMessages: 'bytes'` text is a Buffer as well
   * @param fragments  bytes of each fragment of a message in several (RFC 6455 §5.4), with `fragmentSizes`
   */
  message?(connection: ClientConnection, data: Data, isBinary: boolean, fragments?: readonly number[]): HandlerResult;
  /** The connection failed or was lost; `close` follows. Failures before `open` reject `connect` instead. */
  error?(connection: ClientConnection, error: WebSocketError): HandlerResult;
  /** The connection has ended. Called once, as the last of the handlers. */
  close?(connection: ClientConnection, event: CloseEvent): HandlerResult;
  /** All that waited has been handed to the system, after a `send` that answered `false`. */
  drain?(connection: ClientConnection): HandlerResult;
  /** A ping arrived; the engine answers it unless `autoPong` is `false`. `payload` belongs to the application, at most 125 bytes. */
  ping?(connection: ClientConnection, payload: Buffer): HandlerResult;
  /** A pong arrived, perhaps without a ping. `payload` belongs to the application, at most 125 bytes. */
  pong?(connection: ClientConnection, payload: Buffer): HandlerResult;
  /**
   * A mistake of the application: another of these handlers, or a callback of `send`, threw `error`, or answered a
   * promise that was rejected with it. A connection that is still open when this returns is closed with 1011, of which
   * the peer learns no reason. Without this handler, exceptions are uncaught and rejections are unhandled, which by
   * default ends the process. What this throws itself is uncaught.
   *
   * @param connection  `undefined` for a failure of `resolved`, after which connecting goes on
   */
  failed?(error: unknown, connection: ClientConnection | undefined): HandlerResult;
}

/** What `connect` can be asked for. */
export interface ConnectOptions<Data = string | Buffer> extends ConnectionSettings {
  /** Offered in this order (RFC 6455 §4.1): tokens, all different; a string offers one. Default none. */
  subprotocols?: string | readonly string[] | undefined;
  /**
   * Further request headers, see {@link HeaderFields}. `Host`, `Origin`, `User-Agent`, `Pragma` and `Cache-Control` may
   * be replaced; those that make the handshake (`Upgrade`, `Connection`, `Sec-WebSocket-*`), and `Proxy-Authorization`,
   * are refused with ERR_WS_OPTION. After a redirect to another origin only `Origin`, `User-Agent`, `Pragma`,
   * `Cache-Control` and the headers that `crossOriginHeaders` names are sent.
   */
  headers?: HeaderFields | undefined;
  /**
   * Names of `headers` that are also sent after a redirect to another scheme, host or port, for example
   * `['X-Trace-Id']`. Case does not matter. `Authorization` and `Cookie` may be named: they then go to every origin
   * that a server redirects to. The credentials of the URL never do. `Host`, `Proxy-Authorization` and the handshake's
   * own fields are refused with ERR_WS_OPTION. Default none. `subprotocols` are always sent.
   */
  crossOriginHeaders?: readonly string[] | undefined;
  /** For `wss:`. The certificate and the host name are always verified, unless `rejectUnauthorized` is `false`. */
  tls?: ClientTlsOptions | undefined;
  /** `'none'` (default), `'system'` (from the environment), or an HTTP proxy; tunnels by CONNECT. */
  proxy?: ProxySetting | undefined;
  /**
   * Makes the stream that carries the connection, for example a tunnel or a socket with options of its own. `proxy` must
   * not be set with it. It is called again for each redirect. See {@link CreateConnection}.
   */
  createConnection?: CreateConnection | undefined;
  /**
   * Milliseconds from the call to the 101 response, lookup, TCP, proxy and TLS included. Default 10,000; 0: no bound.
   */
  handshakeTimeout?: number | undefined;
  /** Bytes of response head. Default 65,536. */
  maxHeaderSize?: number | undefined;
  /** Fields of a response head. Default 200. */
  maxHeaderCount?: number | undefined;
  /**
   * Redirects (301, 302, 303, 307, 308) to follow; never from `wss:` to `ws:`. Once one of them has led to another
   * scheme, host or port, credentials, the client certificate and the application's own headers are not sent any more,
   * not even back to the first origin; see `crossOriginHeaders`. Default 0.
   */
  maxRedirects?: number | undefined;
  /**
   * Called before each redirect is followed: nothing has been sent to the new address yet, and its name has not been
   * looked up. To refuse it, throw, return a Promise that rejects, or return `false`; any other value follows it.
   * `connect` then rejects with ERR_WS_REDIRECT, whose `cause` is what was thrown. `handshakeTimeout` bounds the wait for
   * a Promise.
   */
  beforeRedirect?: ((redirect: Redirect) => void | PromiseLike<void>) | undefined;
  /** Ends the attempt when it is aborted, or terminates the open connection. */
  signal?: AbortSignal | undefined;
  /**
   * `false` (default): one connection, which does not come back. For a client that comes back see {@link ReconnectOptions}.
   */
  reconnect?: false | undefined;
  /** `false` (default): no session. For one that survives breaks see {@link ResumeClientOptions}. */
  resume?: false | undefined;
  /** Is told of everything that the connection does, beside the handlers: see {@link Observer}. Default: nobody. */
  observer?: Observer<ClientConnection> | undefined;
  /** Gets lines about the connection, without payloads and secrets: see {@link Logger}. Default: none. */
  logger?: Logger | undefined;
  /** Handlers of the connection. */
  handlers?: ClientHandlers<Data> | undefined;
}

/** Options of a client that gets large messages in parts. */
export type StreamingConnectOptions = ConnectOptions<string | Buffer | MessageStream<Buffer>> & { streamAbove: number };

/** What `handshakeRequest` can be asked for. */
export interface HandshakeRequestOptions extends ConnectionSettings {
  /** As for `connect`. */
  subprotocols?: string | readonly string[] | undefined;
  /** As for `connect`. */
  headers?: HeaderFields | undefined;
  /**
   * Options of Node's `http.request` and, for `wss:`, of `tls.connect`: `agent`, `createConnection`, `lookup`, `family`,
   * `localAddress`, `ca`, `cert`, `pfx`, `checkServerIdentity` … They go to Node as they are. What the URL says (host, port,
   * path) and `method` and `headers` are not taken from here. Without `agent` and `createConnection` the engine connects.
   */
  request?: (RequestOptions & TlsConnectOptions) | undefined;
  /** Milliseconds from the call to the 101 response. Default 10,000; 0: no bound. */
  handshakeTimeout?: number | undefined;
  /** As for `connect`. */
  observer?: Observer<ClientConnection> | undefined;
  /** Handlers of the connection, as for `connect`; `resolved` is not called. */
  handlers?: ClientHandlers | undefined;
  /** Called with a response that switches protocols, before it is checked. To refuse it, abort. */
  upgraded?: ((response: IncomingMessage) => void) | undefined;
  /**
   * Called with a response that does not switch protocols. It is the application's, with its body: read it, or destroy the
   * request; its `follow` follows a redirect. Absent: `failed` is called with ERR_WS_REFUSED.
   */
  answered?: ((response: IncomingMessage) => void) | undefined;
  /** The handshake succeeded. Called before the first message. The socket may be read from and written to by the engine only. */
  opened: (connection: ClientConnection, socket: Socket) => void;
  /**
   * The handshake failed: Node's error of the request as it is, or a WebSocketError ERR_WS_REFUSED, ERR_WS_RESPONSE_…,
   * ERR_WS_HANDSHAKE_TIMEOUT, or what was given to `abort`. Called once, and nothing follows.
   */
  failed: (error: Error) => void;
}

/** The defaults of the bounds of an attempt. */
export const connectDefaults = {
  handshakeTimeout: 10_000,
  maxHeaderSize: 64 * 1024,
  maxHeaderCount: 200,
  maxRedirects: 0,
} as const;
