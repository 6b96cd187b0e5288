// What is checked of the options of `connect`, and what they are called in other libraries.

import { connectionElsewhere, connectionRows } from '../core/connection/option-rows.ts';
import { type FieldPairs, headersCheck } from '../core/handshake/fields.ts';
import { subprotocolsCheck } from '../core/handshake/subprotocols.ts';
import { handlersElsewhere, type Rows, type Schema } from '../core/option-check.ts';
import { check, delay, handler, listOf, nested, size } from '../core/option-kinds.ts';
import { clientTlsSchema, proxyCheck } from '../node/option-rows.ts';
import type { ClientHandlers, ConnectOptions } from './options.ts';

/** Options of `connect` that have been checked. */
export interface CheckedConnectOptions extends ConnectOptions {
  readonly subprotocols?: readonly string[] | undefined;
  readonly headers?: FieldPairs | undefined;
}

const handlersSchema: Schema<ClientHandlers> = {
  of: 'handlers',
  example: '{ message(connection, data) {} }',
  mayBeInstance: true,
  rows: {
    resolved: handler,
    open: handler,
    message: handler,
    error: handler,
    close: handler,
    drain: handler,
    ping: handler,
    pong: handler,
    failed: handler,
  } satisfies Rows<ClientHandlers>,
  elsewhere: {
    connect: 'its name here is handlers.open',
    connect_error: 'connect() rejects with the reason',
    disconnect: 'its name here is handlers.close',
    data: 'its name here is handlers.message',
  },
};

/** An AbortSignal, of whatever realm or polyfill. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}

export const connectSchema: Schema<ConnectOptions> = {
  of: 'connect',
  example: "{ subprotocols: 'chat.v1', headers: { Authorization: 'Bearer …' } }",
  rows: {
    ...connectionRows,
    subprotocols: subprotocolsCheck,
    headers: headersCheck,
    crossOriginHeaders: listOf(
      check<string>('the name of a header', (value) => typeof value === 'string'),
      'an array of header names',
    ),
    tls: nested(clientTlsSchema),
    proxy: proxyCheck,
    handshakeTimeout: delay,
    maxHeaderSize: size,
    maxHeaderCount: size,
    maxRedirects: size,
    beforeRedirect: handler,
    signal: check<AbortSignal>('an AbortSignal', isSignal),
    handlers: nested(handlersSchema),
  } satisfies Rows<ConnectOptions>,
  elsewhere: {
    ...connectionElsewhere,
    ...Object.fromEntries(
      Object.entries(handlersElsewhere).map(([name, own]) => [name, `its name here is handlers.${own}`]),
    ),
    header: 'its name here is headers',
    extraHeaders: 'its name here is headers',
    origin: "it is a header: headers: { Origin: 'https://example.org' }",
    host: "it is in the URL; to send another Host field, headers: { Host: 'example.org' }",
    hostname: 'it is in the URL',
    port: 'it is in the URL',
    path: 'it is in the URL',
    query: 'it is in the URL',
    url: 'it is the first argument',
    protocol: 'its name here is subprotocols',
    protocols: 'its name here is subprotocols',
    protocolVersion: '13 is the only version there is (RFC 6455); leave it out',
    auth: "credentials are in the URL (ws://user:password@host), or headers: { Authorization: '…' }",
    withCredentials: "cookies are a header: headers: { Cookie: '…' }",
    agent: 'proxies are proxy: { host, port }; certificates and trust are tls; sockets are not shared',
    followRedirects: 'its name here is maxRedirects, the number to follow',
    finishRequest: 'what it would set is in headers',
    createConnection: 'proxies are proxy: { host, port }; tests have harmony-websocket/testing',
    lookup: 'names are resolved by the system',
    connectTimeout: 'its name here is handshakeTimeout (milliseconds)',
    connectionTimeout: 'its name here is handshakeTimeout (milliseconds)',
    timeout: 'its name here is handshakeTimeout (milliseconds)',
    ca: 'its name here is tls.ca',
    cert: 'its name here is tls.cert',
    key: 'its name here is tls.key',
    passphrase: 'its name here is tls.passphrase',
    pfx: 'give its parts in PEM format: tls.cert, tls.key and tls.ca',
    rejectUnauthorized: 'its name here is tls.rejectUnauthorized',
    servername: 'its name here is tls.servername',
    minVersion: 'its name here is tls.minVersion',
    checkServerIdentity: 'the name is always verified; the one to expect is tls.servername',
    reconnection: 'a connection that has ended is not made again; call connect() from the close handler',
    reconnect: 'a connection that has ended is not made again; call connect() from the close handler',
    reconnectionAttempts: 'a connection that has ended is not made again; call connect() from the close handler',
    reconnectionDelay: 'a connection that has ended is not made again; call connect() from the close handler',
    reconnectInterval: 'a connection that has ended is not made again; call connect() from the close handler',
    maxRetries: 'a connection that has ended is not made again; call connect() from the close handler',
    autoConnect: 'connect() connects at once',
    forceNew: 'each connect() makes a connection of its own; leave it out',
    upgrade: 'only WebSocket is spoken here; leave it out',
    compress: 'its name here is compression',
  },
};
