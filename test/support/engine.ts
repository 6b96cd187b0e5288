// Servers and clients of the engine for one test, closed at the end of its scope.

import {
  type ClientConnection,
  type ConnectOptions,
  connect,
  createServer,
  type Server,
  type ServerConnection,
  type ServerOptions,
} from '../../src/engine/index.ts';
import type { ListenOptions, ServerHandlers, ServerSettings } from '../../src/server/options.ts';
import { certificates } from './certificates.ts';
import type { Scope } from './handles.ts';
import { Inbox } from './inbox.ts';

export interface Listening<Context> {
  readonly server: Server<Context>;
  readonly port: number;
  readonly url: string;
  /** Connections as they opened. */
  readonly opened: Inbox<ServerConnection<Context>>;
}

/** A server that listens on 127.0.0.1. */
export async function listen<Context = undefined>(
  scope: Scope,
  options: ServerHandlers<Context> & ServerSettings = {},
  listenOptions: ListenOptions = {},
): Promise<Listening<Context>> {
  const opened = new Inbox<ServerConnection<Context>>();
  const { open } = options;
  const server = createServer({
    ...options,
    open(connection) {
      opened.push(connection);
      return open?.(connection);
    },
  } as ServerOptions<Context>);
  scope.defer(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1', ...listenOptions });
  const scheme = listenOptions.tls === undefined ? 'ws' : 'wss';
  return { server, port, url: `${scheme}://127.0.0.1:${port}/`, opened };
}

/** `tls` for a server on this machine. */
export function serverCertificate(): { cert: string; key: string } {
  const { cert, key } = certificates().server;
  return { cert, key };
}

/** `tls` for a client that trusts it. */
export function trust(): { ca: string } {
  return { ca: certificates().ca.cert };
}

/** A connection that is terminated at the end of the scope. */
export async function open(scope: Scope, url: string, options: ConnectOptions = {}): Promise<ClientConnection> {
  const connection = await connect(url, options);
  scope.defer(async () => {
    connection.terminate();
    await connection.closed;
  });
  return connection;
}

export interface Pair<Context> extends Listening<Context> {
  readonly client: ClientConnection;
  readonly connection: ServerConnection<Context>;
}

/** A server and one client connected to it. */
export async function pair<Context = undefined>(
  scope: Scope,
  options: ServerHandlers<Context> & ServerSettings = {},
  clientOptions: ConnectOptions = {},
  tls = false,
): Promise<Pair<Context>> {
  const listening = await listen(scope, options, tls ? { tls: serverCertificate() } : {});
  const client = await open(scope, listening.url, { ...(tls ? { tls: trust() } : {}), ...clientOptions });
  return { ...listening, client, connection: await listening.opened.next() };
}
