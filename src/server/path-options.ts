// What a user gives for one path of `createServer({ paths })`: handlers and settings that differ from the server's.

import type { Buffer } from 'node:buffer';
import type { CloseEvent } from '../core/connection/close-event.ts';
import type { HandlerResult } from '../core/connection/handlers.ts';
import type { ConnectionSettings } from '../core/connection/settings.ts';
import type { WebSocketError } from '../core/errors.ts';
import type { Decision } from './decision.ts';
import type { ServerHandlers, ServerOptions, ServerSettings, UpgradeRequest } from './options.ts';
import type { PathParams } from './path-pattern.ts';
import type { ServerConnection } from './server-connection.ts';

/** A request for a path with parameters. */
export type PathRequest<Path extends string> = UpgradeRequest & { readonly params: PathParams<Path> };

/** A connection of a path with parameters. */
export type PathConnection<Context, Path extends string> = ServerConnection<Context> & {
  readonly params: PathParams<Path>;
};

/** Handlers of one path: see {@link ServerHandlers}. Those that are absent are the server's. */
export interface PathHandlers<Context, Path extends string> {
  /** Decides on a request: see {@link ServerHandlers}. */
  upgrade?(request: PathRequest<Path>): Decision<Context> | PromiseLike<Decision<Context>>;
  /** A connection is open. */
  open?(connection: PathConnection<Context, Path>): HandlerResult;
  /** A message has arrived. */
  message?(
    connection: PathConnection<Context, Path>,
    data: string | Buffer,
    isBinary: boolean,
    fragments?: readonly number[],
  ): HandlerResult;
  /** The connection has failed; `close` follows. */
  error?(connection: PathConnection<Context, Path>, error: WebSocketError): HandlerResult;
  /** The connection has ended. */
  close?(connection: PathConnection<Context, Path>, event: CloseEvent): HandlerResult;
  /** There is room for messages again. */
  drain?(connection: PathConnection<Context, Path>): HandlerResult;
  /** A Ping frame has arrived, and was answered. */
  ping?(connection: PathConnection<Context, Path>, payload: Buffer): HandlerResult;
  /** A Pong frame has arrived. */
  pong?(connection: PathConnection<Context, Path>, payload: Buffer): HandlerResult;
  /** A handler has thrown or rejected. */
  failed?(error: unknown, connection: PathConnection<Context, Path>): HandlerResult;
}

/** Settings of one path. Those that are absent are the server's; of `limits`, each single one. */
export type PathSettings = Omit<ConnectionSettings, 'streamAbove'> &
  Pick<ServerSettings, 'subprotocols' | 'allowedOrigins'>;

/** Handlers and settings of one path, in one object. */
export type PathOptions<Context, Path extends string = string> = PathHandlers<Context, Path> & PathSettings;

/** Options of a server with paths. */
export type RoutedServerOptions<Context, Path extends string> = ServerHandlers<Context> &
  ServerSettings &
  Pick<ServerOptions<undefined>, 'observer'> & {
    /**
     * Handlers and settings by path: `{ '/chat/:room': { message(connection, data) {} } }`. The parameters are in `params` of
     * requests and connections, each decoded once. A path without parameters comes first, then the one whose text is longer from
     * the left. Other paths are answered 404. What a path does not have is the server's.
     */
    paths: { readonly [Name in Path]: PathOptions<Context, Name> };
  };
