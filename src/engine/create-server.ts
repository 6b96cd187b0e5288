// `createServer` of the public entry: a server, and the sessions of clients that come back.

import type { Bus } from '../bus/seam.ts';
import { webSocketError } from '../core/errors.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { clusterWorker } from '../node/cluster-worker.ts';
import { resumableServerSchema } from '../resume/server/option-rows.ts';
import type { RoutedSessionOptions, SessionHandlers, SessionOptions } from '../resume/server/options.ts';
import { SessionPool } from '../resume/server/session-pool.ts';
import { Sessions } from '../resume/server/sessions.ts';
import { checkNoServer } from '../server/argument-checks.ts';
import type { ServerOptions, StreamingServerOptions } from '../server/options.ts';
import type { RoutedServerOptions } from '../server/path-options.ts';
import { Server } from '../server/server.ts';

/**
 * Creates a server. It takes connections after `listen` or `attach`, and single upgrades by `handleUpgrade`.
 *
 * @typeParam Context  type of `connection.context`, which `upgrade` sets by `accept({ context })`. With a context type,
 *                     an `upgrade` handler is required
 * @typeParam Path  the names in `paths`, with which handlers know the type of `params`
 * @param options  handlers and settings in one object: see {@link ServerOptions}, {@link RoutedServerOptions} for handlers by path,
 *                 and {@link SessionOptions} for clients that come back. They are read once, during the call
 * @throws WebSocketError ERR_WS_OPTION for an unknown option, with the name that was probably meant, and for a value of
 *         the wrong type or outside its range
 */
export function createServer(): Server<undefined>;
export function createServer<Context = undefined, Path extends string = string>(
  options: RoutedServerOptions<Context, Path> & RoutedSessionOptions<Context, Path>,
): Server<Context>;
export function createServer<Context = undefined>(
  options: StreamingServerOptions<Context> & SessionOptions<Context>,
): Server<Context>;
export function createServer<Context = undefined>(
  options: ServerOptions<Context> & SessionOptions<Context>,
): Server<Context>;
export function createServer<Context>(
  options?: ServerOptions<Context> & SessionOptions<Context>,
  ...rest: unknown[]
): Server<Context> {
  refuseArguments('createServer', rest, 'handlers are in its options, and listen() returns a Promise');
  checkNoServer(options);
  const checked = withWorkersBus(
    readOptions(resumableServerSchema, options) as ServerOptions<Context> & SessionOptions<Context>,
  );
  const { resume = false, paths = {} } = checked as typeof checked & {
    paths?: Readonly<Record<string, SessionHandlers<Context>>>;
  };
  if (resume === false) {
    checkNoSessionHandlers(checked);
    for (const [path, own] of Object.entries(paths)) checkNoSessionHandlers(own, `paths["${path}"].`);
    return new Server(checked, () => undefined);
  }
  const pool = new SessionPool<Context>(resume === true ? {} : resume);
  return new Server<Context>(checked, (server, handlers) => new Sessions(server, pool, handlers));
}

/** In a worker of a cluster, a server without a bus has the one of the workers. */
function withWorkersBus<Options extends { bus?: Bus | undefined }>(options: Options): Options {
  const worker = clusterWorker();
  if (worker !== undefined) options.bus ??= worker.bus() as Bus;
  return options;
}

/** They would never be called. */
function checkNoSessionHandlers(handlers: SessionHandlers<never>, place = ''): void {
  for (const name of ['interrupted', 'resumed', 'expired'] as const) {
    if (handlers[name] === undefined) continue;
    throw webSocketError(
      'ERR_WS_OPTION',
      place + name,
      handlers[name],
      'resume: true beside it; without, no client comes back',
    );
  }
}
