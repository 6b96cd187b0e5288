// The options of a server in the shape of `ws`, and what the engine gets of them.

import type { Server as HttpServer, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { ServerSettings } from '../server/options.ts';
import { compressionSettings, connectionSettings, type SocketOptions } from './client-options.ts';
import type { WebSocket } from './websocket.ts';

/** What `verifyClient` is told of a request. */
export interface ClientInfo<Request = IncomingMessage> {
  origin: string;
  secure: boolean;
  req: Request;
}

/** Decides on a client at once. */
export type VerifyClientCallbackSync<Request = IncomingMessage> = (info: ClientInfo<Request>) => boolean;

/** Decides on a client by a callback. Told from the other by its number of parameters. */
export type VerifyClientCallbackAsync<Request = IncomingMessage> = (
  info: ClientInfo<Request>,
  callback: (result: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

/** Options of a server. */
export interface ServerOptions<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends SocketOptions {
  /** Address to listen on. Default: all. */
  host?: string | undefined;
  /** Port to listen on. One of `port`, `server` and `noServer` must be given. */
  port?: number | undefined;
  /** Connections that the system may keep until they are accepted. Default 511. */
  backlog?: number | undefined;
  /** An HTTP server that you run, whose upgrades are taken. */
  server?: HttpServer<Request> | HttpsServer<Request> | undefined;
  /** Upgrades come by `handleUpgrade`. */
  noServer?: boolean | undefined;
  /** Takes only upgrades of this path. Default: all. */
  path?: string | undefined;
  /** Whether `clients` is kept. Default `true`. */
  clientTracking?: boolean | undefined;
  /** Selects one of the subprotocols that the client offers; `false`: none. Default: the first. */
  handleProtocols?: (protocols: Set<string>, request: InstanceType<Request>) => string | false;
  /** Whether a client may connect. */
  verifyClient?:
    | VerifyClientCallbackAsync<InstanceType<Request>>
    | VerifyClientCallbackSync<InstanceType<Request>>
    | undefined;
  /** The class of the connections: `WebSocket`, or one that extends it. */
  WebSocket?: Class | undefined;
}

/**
 * Options with their defaults.
 *
 * @throws TypeError if not exactly one of `port`, `server` and `noServer` is given
 */
export function completeServerOptions<Options extends object>(given: Options | undefined): Options {
  const options: Record<string, unknown> = {
    allowSynchronousEvents: true,
    autoPong: true,
    backlog: null,
    clientTracking: true,
    closeTimeout: 30_000,
    handleProtocols: null,
    host: null,
    maxPayload: 100 * 1024 * 1024,
    noServer: false,
    path: null,
    perMessageDeflate: false,
    port: null,
    server: null,
    skipUTF8Validation: false,
    verifyClient: null,
    ...given,
  };
  const hasPort = options.port !== null && options.port !== undefined;
  if ([hasPort, Boolean(options.server), Boolean(options.noServer)].filter(Boolean).length !== 1) {
    const names = 'One and only one of the "port", "server", or "noServer" options must be specified';
    throw new TypeError(names);
  }
  return options as Options;
}

/** `ws` has none of these bounds; a program that wants them has its own, in `verifyClient` or before. */
const UNBOUNDED = {
  maxConnections: Number.POSITIVE_INFINITY,
  maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
  maxConnectionsPerMinute: Number.POSITIVE_INFINITY,
  maxHandshakes: Number.POSITIVE_INFINITY,
  maxTotalQueuedBytes: Number.POSITIVE_INFINITY,
  maxTotalUnfinishedBytes: Number.POSITIVE_INFINITY,
};

/** Settings of the engine's server. */
export function serverSettings(options: SocketOptions): ServerSettings {
  const settings = connectionSettings(options);
  return {
    ...settings,
    compression: compressionSettings(options.perMessageDeflate, false),
    // The HTTP server has bounded the head; `verifyClient` may take any time.
    handshakeTimeout: 0,
    maxHeaderCount: Number.POSITIVE_INFINITY,
    limits: { ...settings.limits, ...UNBOUNDED },
  };
}
