// The checks of the options of a server's calls.

import { messageElsewhere, messageRows } from '../bus/message-options.ts';
import type { Bus } from '../bus/seam.ts';
import { limitsElsewhere } from '../core/connection/foreign-options.ts';
import type { Limits } from '../core/connection/limits.ts';
import { connectionRows, limitRows, limitsSchema } from '../core/connection/option-rows.ts';
import type { Some } from '../core/connection/settings.ts';
import { webSocketError } from '../core/errors.ts';
import { type FieldPairs, headersCheck } from '../core/handshake/header-fields.ts';
import { subprotocolsCheck } from '../core/handshake/subprotocols.ts';
import type { Observer } from '../core/observer.ts';
import { observerCheck } from '../core/observer-rows.ts';
import type { Check, Rows, Schema } from '../core/option-check.ts';
import {
  anything,
  callable,
  check,
  delay,
  handler,
  integer,
  listOf,
  nested,
  oneOf,
  size,
  trueOrFalse,
} from '../core/option-kinds.ts';
import { handlerRows } from '../node/handler-rows.ts';
import { serverTlsSchema } from '../node/option-rows.ts';
import { type Logger, loggerCheck } from '../observe/logger.ts';
import { metricsEndpointCheck } from '../observe/metric-options.ts';
import { ORIGINS_EXPECTED } from './allowed-origins.ts';
import type { AcceptOptions } from './decision.ts';
import { serverElsewhere } from './foreign-options.ts';
import type { ServerLimits } from './limits.ts';
import type {
  AttachOptions,
  DrainOptions,
  ListenOptions,
  PublishOptions,
  ServerHandlers,
  ServerOptions,
  ServerSettings,
} from './options.ts';
import type { PathOptions } from './path-options.ts';
import { readPattern } from './path-pattern.ts';
import { Routes } from './routes.ts';
import { ServerConnection } from './server-connection.ts';
import { PROXIES_EXPECTED } from './trusted-proxies.ts';
import type { UpgradeOwner } from './upgrade-owner.ts';

/** Checked options of `createServer`. */
export interface CheckedServerOptions<Context> extends ServerHandlers<Context>, Omit<ServerSettings, 'subprotocols'> {
  readonly observer?: Observer<ServerConnection<Context>> | undefined;
  readonly logger?: Logger | undefined;
  /** See `Observing`; not an option of applications. */
  readonly isForObservers?: boolean | undefined;
  readonly bus?: Bus | undefined;
  readonly subprotocols?: readonly string[] | undefined;
  readonly paths?: Readonly<Record<string, CheckedPathOptions<Context>>> | undefined;
}

/** Checked options of one path. */
export type CheckedPathOptions<Context> = Omit<PathOptions<Context>, 'subprotocols'> & {
  readonly subprotocols?: readonly string[] | undefined;
};

/** Checked options of `accept`. */
export interface CheckedAcceptOptions<Context> extends Omit<AcceptOptions<Context>, 'headers'> {
  readonly headers?: FieldPairs | undefined;
}

const strings = (expected: string) =>
  listOf(
    check<string>(expected, (value) => typeof value === 'string'),
    `a list of ${expected}`,
  );

const { streamAbove: _, ...pathConnectionRows } = connectionRows;

const serverLimitRows: Rows<ServerLimits> = {
  maxConnections: size,
  maxConnectionsPerAddress: size,
  maxConnectionsPerMinute: size,
  maxHandshakes: size,
  maxTotalQueuedBytes: size,
  maxTotalUnfinishedBytes: size,
  maxTopicsPerConnection: size,
  maxTopicLength: size,
};

const serverLimitsSchema: Schema<Some<Limits & ServerLimits>> = {
  of: 'limits',
  example: '{ maxMessageSize: 1048576, maxConnections: 1000 }',
  rows: { ...limitRows, ...serverLimitRows },
  elsewhere: limitsElsewhere,
};

/** Options of one path. */
export const pathSchema: Schema<PathOptions<unknown>> = {
  of: 'paths',
  example: '{ message(connection, data) {} }',
  mayBeInstance: true,
  rows: {
    upgrade: handler,
    ...handlerRows,
    ...pathConnectionRows,
    limits: nested(limitsSchema),
    subprotocols: subprotocolsCheck,
    allowedOrigins: strings(ORIGINS_EXPECTED),
  } satisfies Rows<PathOptions<unknown>>,
  elsewhere: {
    refused: 'pass it to createServer({ refused }): it is told of all paths',
    handshakeTimeout: 'pass it to createServer({ handshakeTimeout }): the path is not known before the head',
    maxHeaderSize: 'pass it to createServer({ maxHeaderSize }): the path is not known before the head',
    maxHeaderCount: 'pass it to createServer({ maxHeaderCount })',
    trustedProxies: 'pass it to createServer({ trustedProxies })',
    forwarding: 'pass it to createServer({ forwarding })',
    observer: 'pass it to createServer({ observer }): connection.url tells the path',
    resume: 'pass it to createServer({ resume }): sessions are those of all paths',
    streamAbove: 'pass it to createServer({ streamAbove })',
    request: 'pass it to listen({ request }): a path is only for upgrades to WebSocket',
    get: 'pass request to listen({ request }): a path is only for upgrades to WebSocket',
  },
};

const PATHS_EXPECTED = "an object of paths such as { '/chat/:room': { message(connection, data) {} } }";

/** @param schema  of the options of one path */
export function pathsCheck<Own extends PathOptions<unknown>>(schema: Schema<Own>): Check<Record<string, Own>> {
  const onePath = nested(schema);
  return {
    expected: PATHS_EXPECTED,
    read(value, path, owner) {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      const entries = isObject ? Object.entries(value) : [];
      if (entries.length === 0) throw webSocketError('ERR_WS_OPTION', path, value, PATHS_EXPECTED);
      const paths = Object.fromEntries(
        entries.map(([name, options]) => {
          readPattern(name, path);
          return [name, onePath.read(options, `${path}["${name}"]`, owner) as Own] as const;
        }),
      );
      new Routes(paths);
      return paths;
    },
  };
}

/** The option `paths`. */
export interface PathTable {
  paths?: Record<string, PathOptions<unknown>> | undefined;
}

export const serverSchema: Schema<ServerOptions<unknown> & PathTable> = {
  of: 'createServer',
  example: '{ message(connection, data) {} }',
  mayBeInstance: true,
  rows: {
    upgrade: handler,
    ...handlerRows,
    refused: handler,
    observer: observerCheck,
    logger: loggerCheck,
    bus: check<Bus>("a bus, such as redisBus('redis://127.0.0.1:6379') of harmony-websocket/redis", isBus),
    ...connectionRows,
    limits: nested(serverLimitsSchema),
    subprotocols: subprotocolsCheck,
    handshakeTimeout: delay,
    maxHeaderSize: size,
    maxHeaderCount: size,
    allowedOrigins: strings(ORIGINS_EXPECTED),
    trustedProxies: strings(PROXIES_EXPECTED),
    forwarding: oneOf(['x-forwarded', 'forwarded', 'none']),
    paths: pathsCheck(pathSchema),
  } satisfies Rows<ServerOptions<unknown> & PathTable>,
  elsewhere: serverElsewhere,
};

/** The advice for options of `createServer` that are passed to another call by mistake. */
function toCreateServer(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(serverSchema.rows).map((name) => [name, `pass it to createServer({ ${name} })`]),
  );
}

const pathCheck = check<string>(
  "a path that begins with /, without query, such as '/chat', and as clients send it: '/caf%C3%A9' for /café",
  (value) => typeof value === 'string' && /^\/[!-~]*$/.test(value) && !/[?#]/.test(value),
);

const portCheck = integer(0, 65535, 'an integer from 0 (any free port) to 65535');

export const listenSchema: Schema<ListenOptions> = {
  of: 'listen',
  example: "{ port: 8080, host: '127.0.0.1' }",
  rows: {
    port: portCheck,
    host: check<string>(
      'a host name or an address of this machine',
      (value) => typeof value === 'string' && value !== '',
    ),
    path: check<string>(
      "the path of a Unix socket such as '/run/chat.sock'",
      (value) => typeof value === 'string' && value !== '',
    ),
    mode: integer(0, 0o777, 'permissions from 0 to 0o777, such as 0o660'),
    reusePort: trueOrFalse,
    proxyProtocol: trueOrFalse,
    tls: nested(serverTlsSchema),
    request: callable,
    metrics: metricsEndpointCheck(pathCheck),
    health: pathCheck,
  } satisfies Rows<ListenOptions>,
  elsewhere: {
    ...toCreateServer(),
    healthz: "use health: '/healthz'",
    healthcheck: "use health: '/healthz'",
    permissions: 'use mode',
    readableAll: 'use mode: 0o666',
    writableAll: 'use mode: 0o666',
    socketPath: 'use path',
    hostname: 'use host',
    address: 'use host',
    proxy_protocol: 'use proxyProtocol: true, and trustedProxies of createServer',
    acceptProxy: 'use proxyProtocol: true, and trustedProxies of createServer',
    backlog: "listen() uses the system's default; for another value, attach() to an HTTP server that listens with it",
    exclusive: 'for an option of node:net, attach() to an HTTP server that listens with it',
    ipv6Only: 'for an option of node:net, attach() to an HTTP server that listens with it',
    signal: 'to stop listening, call server.drain() or server.close()',
    fd: 'for an option of node:net, attach() to an HTTP server that listens with it',
    cert: 'use tls.cert',
    key: 'use tls.key',
    server: 'pass it to attach: server.attach(httpServer)',
  },
};

export const attachSchema: Schema<AttachOptions> = {
  of: 'attach',
  example: "{ path: '/chat' }",
  rows: {
    path: pathCheck,
  } satisfies Rows<AttachOptions>,
  elsewhere: {
    ...toCreateServer(),
    paths: 'pass it to createServer({ paths })',
    port: 'pass it to listen: server.listen({ port: 8080 })',
  },
};

export const ownerSchema: Schema<UpgradeOwner<unknown>> = {
  of: 'handleUpgrade',
  example: '{ upgrade: (request) => accept(), opened(connection, request) {} }',
  mayBeInstance: true,
  rows: { upgrade: handler, invalid: handler, accepting: handler, opened: handler } satisfies Rows<
    UpgradeOwner<unknown>
  >,
  elsewhere: {
    ...toCreateServer(),
    open: 'use opened, or pass open to createServer({ open })',
    accept: 'return accept(…) from upgrade',
    refuse: 'return refuse(…) from upgrade or invalid',
  },
};

export const publishSchema: Schema<PublishOptions<unknown>> = {
  of: 'publish',
  example: '{ except: connection, compress: true }',
  rows: {
    ...messageRows,
    except: check<never>(
      'a connection of this server, or the id of a connection',
      (value) => value instanceof ServerConnection || (typeof value === 'string' && CONNECTION_ID.test(value)),
    ),
  } satisfies Rows<PublishOptions<unknown>>,
  elsewhere: messageElsewhere,
};

const CONNECTION_ID = /^(?:[\w-]{1,64}\/)?\d{1,15}$/;

/** A bus is made by this package, perhaps by another copy of it. */
function isBus(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'use') === 'function';
}

export const drainSchema: Schema<DrainOptions<unknown>> = {
  of: 'drain',
  example: '{ spread: 30000, deadline: 10000 }',
  rows: {
    // The Close frame checks which codes may be sent.
    code: check<number>('a close code such as 1001', (value) => typeof value === 'number'),
    reason: check<string>(
      'a string, or a function that returns one for a connection',
      (value) => typeof value === 'string' || typeof value === 'function',
    ),
    spread: delay,
    order: oneOf(['newest', 'oldest', 'random']),
    deadline: delay,
  } satisfies Rows<DrainOptions<unknown>>,
  elsewhere: {
    timeout: 'use deadline (milliseconds)',
    grace: 'use deadline (milliseconds)',
    delay: 'use spread (milliseconds)',
    jitter: 'use spread (milliseconds)',
  },
};

export const acceptSchema: Schema<AcceptOptions<unknown>> = {
  of: 'accept',
  example: "{ context: user, subprotocol: 'chat.v1', headers: { 'Set-Cookie': 'a=b' } }",
  rows: {
    context: anything,
    subprotocol: check<string>("one of the client's offers, or '' for none", (value) => typeof value === 'string'),
    headers: headersCheck,
    limits: nested(limitsSchema),
    streamAbove: size,
  } satisfies Rows<AcceptOptions<unknown>>,
  elsewhere: {
    protocol: 'use subprotocol',
    subprotocols: 'use subprotocol, the one that you select',
    data: 'use context',
    user: 'use context: accept({ context: { user } })',
    userData: 'use context',
    header: 'use headers',
    cookie: "use headers: { 'Set-Cookie': '…' }",
    cookies: "use headers: { 'Set-Cookie': ['…', '…'] }",
    status: 'an accepted handshake always has status 101; for another status, return refuse(status, reason)',
  },
};
