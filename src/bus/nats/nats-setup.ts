// From what an application gives to a driver.

import { readFileSync } from 'node:fs';
import { webSocketErrorFrom } from '../../core/errors.ts';
import { type NatsConnectionLike, natsClient } from './nats-client.ts';
import { NatsDriver } from './nats-driver.ts';
import { type AttemptOptions, BorrowedLink, OwnLink } from './nats-link.ts';
import { parseServers } from './nats-servers.ts';

/** How NATS is reached: by servers and credentials, or by a connection of the application. */
export interface NatsAccess {
  /**
   * URLs of one or several servers of one cluster: `nats://127.0.0.1:4222`, `tls://user:password@nats.example`. Other servers
   * of the cluster are found by themselves. Default: `nats://127.0.0.1:4222`.
   */
  servers?: string | readonly string[] | undefined;
  /** A connection that the application has made with `@nats-io/transport-node`, and closes itself. */
  connection?: NatsConnectionLike | undefined;
  /** User name. */
  user?: string | undefined;
  /** Password of `user`. */
  pass?: string | undefined;
  /** Token, for servers that have one in place of users. */
  token?: string | undefined;
  /** Path of a credentials file (JWT and key). It is read again for each connection, so that it may be renewed. */
  creds?: string | undefined;
  /** Authenticator of `@nats-io/transport-node`: `nkeyAuthenticator(seed)`, or a function of your own. */
  authenticator?: object | undefined;
  /** TLS options of `@nats-io/transport-node`: `caFile`, `certFile`, `keyFile`, and those of `node:tls`. `{}`: only with TLS. */
  tls?: object | undefined;
  /** Name of the connection in the monitoring of nats-server. Default `harmony-websocket`. */
  name?: string | undefined;
  /**
   * Milliseconds between pings to the server. A server that has not answered two of them counts as lost, so a connection
   * that is half open is noticed after three times this. Default 2,000.
   */
  pingInterval?: number | undefined;
}

/** Milliseconds for one attempt to connect to one server. */
const ATTEMPT = 3_000;

/** @throws WebSocketError ERR_WS_PACKAGE_MISSING, ERR_WS_OPTION */
export function natsDriver(access: NatsAccess): NatsDriver {
  const { connection } = access;
  if (connection !== undefined) return new NatsDriver(new BorrowedLink(connection), 'nats:connection');
  const { servers = 'nats://127.0.0.1:4222', creds, tls } = access;
  const client = natsClient('natsBus');
  const { hosts, isEncrypted, ...login } = parseServers(typeof servers === 'string' ? [servers] : servers);
  const options: AttemptOptions = {
    name: access.name ?? 'harmony-websocket',
    reconnect: false,
    // The layer above leaves out what came from itself: it need not come at all.
    noEcho: true,
    timeout: ATTEMPT,
    pingInterval: access.pingInterval ?? 2_000,
    maxPingOut: 2,
    ignoreClusterUpdates: false,
    noAsyncTraces: true,
    ...login,
  };
  for (const name of ['user', 'pass', 'token', 'authenticator'] as const) {
    if (access[name] !== undefined) Object.assign(options, { [name]: access[name] });
  }
  if (tls !== undefined || isEncrypted) options.tls = { ...tls };
  if (creds !== undefined) {
    readCredentials(creds);
    options.authenticator = client.credsAuthenticator(() => readCredentials(creds));
  }
  const scheme = options.tls === undefined ? 'nats' : 'tls';
  return new NatsDriver(new OwnLink(client, hosts, options), hosts.map((host) => `${scheme}://${host}`).join(','));
}

function readCredentials(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_OPTION', 'creds', path, 'the path of a credentials file that can be read');
  }
}
