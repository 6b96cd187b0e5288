// What a program may ask of `new WebSocket` and `new WebSocketStream` beyond what the web has: options of `connect`.

import type { Redirect } from '../client/redirect.ts';
import type { Heartbeat } from '../core/connection/heartbeat.ts';
import type { Limits } from '../core/connection/limits.ts';
import type { Some } from '../core/connection/settings.ts';
import type { CompressionSettings } from '../core/extension/compression-settings.ts';
import type { HeaderFields } from '../core/handshake/header-fields.ts';
import type { ProxySetting } from '../node/proxy-options.ts';
import type { ClientTlsOptions } from '../node/tls-options.ts';

/**
 * Second argument of `new WebSocket`: subprotocols, and options of `connect` of `harmony-websocket/engine`, whose docstrings
 * say more. Times are in milliseconds, sizes in bytes.
 */
export interface WebSocketOptions {
  /** Subprotocols to offer, in this order. Default none. */
  protocols?: string | readonly string[] | undefined;
  /** Further request headers, such as `Authorization`, `Cookie` and `Origin`. Default none. */
  headers?: HeaderFields | undefined;
  /** For `wss:`. Certificate and host name are always verified, unless `rejectUnauthorized` is `false`. */
  tls?: ClientTlsOptions | undefined;
  /** `'none'` (default), `'system'` (from the environment), or an HTTP proxy. */
  proxy?: ProxySetting | undefined;
  /** permessage-deflate (RFC 7692). Default `true`, as in browsers. */
  compression?: boolean | CompressionSettings | undefined;
  /** Pings, and how long to wait for the answer. Default `false`, as in browsers. */
  heartbeat?: Some<Heartbeat> | false | undefined;
  /** Bounds on what the peer can make this end hold or do. `maxQueuedBytes` is 256 MiB here. */
  limits?: Some<Limits> | undefined;
  /** Time from the call to the 101 response. Default 60,000; 0: no bound. */
  handshakeTimeout?: number | undefined;
  /** Time for the answer to our Close frame, and again for TCP to end. Default 5,000. */
  closeTimeout?: number | undefined;
  /** Time without a message after which the connection is closed with 1001. Default 0: no bound. */
  idleTimeout?: number | undefined;
  /** Time from the opening to a close with 1001. Default 0: no bound. */
  maxLifetime?: number | undefined;
  /** Time that an unfinished message may go without a further byte. Default 60,000; 0: no bound. */
  messageTimeout?: number | undefined;
  /** Bytes of response head. Default 65,536. */
  maxHeaderSize?: number | undefined;
  /** Fields of a response head. Default 200. */
  maxHeaderCount?: number | undefined;
  /** Redirects to follow. Default 0, as in browsers. */
  maxRedirects?: number | undefined;
  /** Names of `headers` that are also sent after a redirect to another origin. Default none. */
  crossOriginHeaders?: readonly string[] | undefined;
  /** Called before each redirect is followed. To refuse it, throw or return `false`. */
  beforeRedirect?: ((redirect: Redirect) => void | PromiseLike<void>) | undefined;
}

/** Second argument of `new WebSocketStream`. */
export interface WebSocketStreamOptions extends WebSocketOptions {
  /** Ends the attempt to connect when it is aborted. Without effect on an open connection. */
  signal?: AbortSignal | undefined;
  /** Bytes that wait to be sent from which a write has to wait. Default 1 MiB. */
  highWaterMark?: number | undefined;
}

/** What differs from the defaults of `connect`. */
export const webDefaults = {
  // Fetch standard, "establish a WebSocket connection": permessage-deflate is always offered.
  compression: true,
  // The web knows no pings of a client.
  heartbeat: false,
  // Programs for browsers do not expect an early end.
  handshakeTimeout: 60_000,
} as const;

/** Bytes that may wait to be sent. A page gets no hint to wait, so this is more than `connect` allows. */
export const WEB_MAX_QUEUED_BYTES = 256 * 1024 * 1024;
