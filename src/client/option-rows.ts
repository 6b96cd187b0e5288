// The checks of the options of `connect`.

import { connectionRows } from '../core/connection/option-rows.ts';
import { webSocketError } from '../core/errors.ts';
import { type FieldPairs, headersCheck } from '../core/handshake/header-fields.ts';
import { subprotocolsCheck } from '../core/handshake/subprotocols.ts';
import { observerCheck } from '../core/observer-rows.ts';
import { isRecord, type Rows, type Schema } from '../core/option-check.ts';
import { check, delay, handler, listOf, nested, size } from '../core/option-kinds.ts';
import { handlerRows } from '../node/handler-rows.ts';
import { clientTlsSchema, proxyCheck } from '../node/option-rows.ts';
import { loggerCheck } from '../observe/logger.ts';
import { connectElsewhere, handshakeElsewhere } from './foreign-options.ts';
import type { ClientHandlers, ConnectOptions, HandshakeRequestOptions } from './options.ts';

/** Checked options of `connect`. */
export interface CheckedConnectOptions extends ConnectOptions {
  readonly subprotocols?: readonly string[] | undefined;
  readonly headers?: FieldPairs | undefined;
}

export const handlersSchema: Schema<ClientHandlers> = {
  of: 'handlers',
  example: '{ message(connection, data) {} }',
  mayBeInstance: true,
  rows: {
    resolved: handler,
    ...handlerRows,
  } satisfies Rows<ClientHandlers>,
  elsewhere: {
    connect: 'use handlers.open',
    connect_error: 'connect() rejects with the reason',
    disconnect: 'use handlers.close',
    data: 'use handlers.message',
  },
};

/** Checked options of `handshakeRequest`. */
export interface CheckedHandshakeOptions extends HandshakeRequestOptions {
  readonly subprotocols?: readonly string[] | undefined;
  readonly headers?: FieldPairs | undefined;
}

/** Whether a value is an AbortSignal, of any realm or polyfill. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}

/** What one attempt can be asked for, but for its handlers. */
export const connectRows = {
  ...connectionRows,
  subprotocols: subprotocolsCheck,
  headers: headersCheck,
  crossOriginHeaders: listOf(
    check<string>('the name of a header', (value) => typeof value === 'string'),
    'an array of header names',
  ),
  tls: nested(clientTlsSchema),
  proxy: proxyCheck,
  createConnection: handler,
  handshakeTimeout: delay,
  maxHeaderSize: size,
  maxHeaderCount: size,
  maxRedirects: size,
  beforeRedirect: handler,
  signal: check<AbortSignal>('an AbortSignal', isSignal),
  logger: loggerCheck,
} satisfies Rows<Omit<ConnectOptions, 'handlers' | 'observer' | 'reconnect' | 'resume'>>;

/** `connect` of the public entry takes the other values (src/engine/connect.ts). */
export const onlyFalse = check<false>(
  'false; connect() of harmony-websocket/engine takes more',
  (value) => value === false,
);

export const connectSchema: Schema<ConnectOptions> = {
  of: 'connect',
  example: "{ subprotocols: 'chat.v1', headers: { Authorization: 'Bearer …' } }",
  rows: {
    ...connectRows,
    reconnect: onlyFalse,
    resume: onlyFalse,
    handlers: nested(handlersSchema),
    observer: observerCheck,
  } satisfies Rows<ConnectOptions>,
  elsewhere: connectElsewhere,
};

/** @throws WebSocketError ERR_WS_OPTION for two options that each say how the server is reached */
export function checkWay({ createConnection, proxy }: Pick<ConnectOptions, 'createConnection' | 'proxy'>): void {
  if (createConnection === undefined || proxy === undefined || proxy === 'none') return;
  const expected = "'none' or no proxy with createConnection, which decides on the way itself";
  throw webSocketError('ERR_WS_OPTION', 'proxy', proxy, expected);
}

export const handshakeSchema: Schema<HandshakeRequestOptions> = {
  of: 'handshakeRequest',
  example: "{ subprotocols: 'chat.v1', opened(connection) {}, failed(error) {} }",
  required: ['opened', 'failed'],
  rows: {
    ...connectionRows,
    subprotocols: subprotocolsCheck,
    headers: headersCheck,
    // Node checks its own options.
    request: check<object>('an object with options of http.request and tls.connect', (value) => isRecord(value)),
    handshakeTimeout: delay,
    handlers: nested(handlersSchema),
    observer: observerCheck,
    upgraded: handler,
    answered: handler,
    opened: handler,
    failed: handler,
  } satisfies Rows<HandshakeRequestOptions>,
  elsewhere: { ...connectElsewhere, ...handshakeElsewhere },
};
