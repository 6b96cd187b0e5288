// The checks of the options of `new WebSocket` and `new WebSocketStream`, and the advice for names that are not options
// here.

import { connectSchema } from '../client/option-rows.ts';
import type { ConnectOptions } from '../client/options.ts';
import type { Rows, Schema } from '../core/option-check.ts';
import { anything } from '../core/option-kinds.ts';
import { WEB_MAX_QUEUED_BYTES, type WebSocketOptions, type WebSocketStreamOptions, webDefaults } from './options.ts';

const of = connectSchema.rows;

// Each by name: an option that `connect` gets must not have an effect here by itself.
const common: Rows<Omit<WebSocketOptions, 'protocols'>> = {
  headers: of.headers,
  tls: of.tls,
  proxy: of.proxy,
  compression: of.compression,
  heartbeat: of.heartbeat,
  limits: of.limits,
  handshakeTimeout: of.handshakeTimeout,
  closeTimeout: of.closeTimeout,
  idleTimeout: of.idleTimeout,
  maxLifetime: of.maxLifetime,
  messageTimeout: of.messageTimeout,
  maxHeaderSize: of.maxHeaderSize,
  maxHeaderCount: of.maxHeaderCount,
  maxRedirects: of.maxRedirects,
  crossOriginHeaders: of.crossOriginHeaders,
  beforeRedirect: of.beforeRedirect,
};

const EVENTS = 'add listeners to the WebSocket: addEventListener, onopen, onmessage, onerror, onclose';

const { protocols: _protocols, ...ofConnect } = connectSchema.elsewhere ?? {};

const elsewhere: Readonly<Record<string, string>> = {
  ...ofConnect,
  ...Object.fromEntries(
    Object.keys(ofConnect)
      .filter((name) => /^on[A-Z]?[a-z]/.test(name))
      .map((name) => [name, EVENTS]),
  ),
  subprotocols: 'use protocols',
  protocol: 'use protocols',
  handlers: EVENTS,
  binaryType: 'set the property binaryType of the WebSocket',
  binaryMessages: 'binary messages are always yours',
  overwriteLent: 'binary messages are always yours',
  slowConsumer: 'when maxQueuedBytes is exceeded, the connection fails, as the standard says',
  dispatcher: 'this package has no dispatchers; use proxy, tls and headers',
  url: 'it is the first argument',
};

// Its values are checked as subprotocols of the standard are, with its errors.
const protocols = anything;

/** Options of `new WebSocket`. */
export const webSocketSchema: Schema<WebSocketOptions> = {
  of: 'new WebSocket',
  example: "{ protocols: 'chat.v1', headers: { Authorization: 'Bearer …' } }",
  rows: { ...common, protocols } satisfies Rows<WebSocketOptions>,
  elsewhere: {
    ...elsewhere,
    signal: 'call close(), which also ends an attempt to connect',
    highWaterMark: 'compare bufferedAmount before you send, or use WebSocketStream',
  },
};

/** Options of `new WebSocketStream`. */
export const webSocketStreamSchema: Schema<WebSocketStreamOptions> = {
  of: 'new WebSocketStream',
  example: "{ protocols: ['chat.v1'], signal }",
  rows: {
    ...common,
    protocols,
    signal: of.signal,
    highWaterMark: of.highWaterMark,
  } satisfies Rows<WebSocketStreamOptions>,
  elsewhere,
};

/** Completes checked options with the defaults of the web. */
export function engineOptions(options: ConnectOptions): ConnectOptions {
  const limits = { maxQueuedBytes: WEB_MAX_QUEUED_BYTES, ...options.limits };
  return { ...webDefaults, ...options, limits };
}
