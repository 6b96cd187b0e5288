// From what an application gives to a driver.

import { readCredentials } from './credentials-file.ts';
import { type NatsConnectionLike, natsClient } from './nats-client.ts';
import { NatsDriver } from './nats-driver.ts';
import { type AttemptOptions, BorrowedLink, type NatsLink, OwnLink } from './nats-link.ts';
import { parseServers } from './nats-servers.ts';

/** A function of `@nats-io/transport-node` that logs in. */
export type NatsAuthenticator = (nonce?: string) => unknown;

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
  /** Token, for servers that have one instead of users. */
  token?: string | undefined;
  /** Path of a credentials file (JWT and key). It is read again for each connection, so that it may be renewed. */
  creds?: string | undefined;
  /** Authenticator of `@nats-io/transport-node`: `nkeyAuthenticator(seed)`, or your own function. */
  authenticator?: NatsAuthenticator | undefined;
  /** TLS options of `@nats-io/transport-node`: `caFile`, `certFile`, `keyFile`, and those of `node:tls`. `{}`: only with TLS. */
  tls?: object | undefined;
  /**
   * Milliseconds between pings to the server. A server that has not answered two of them counts as lost, so a connection
   * that is half open is noticed after three times this. Default 2,000.
   */
  pingInterval?: number | undefined;
}

/** Milliseconds for one attempt to connect to one server. */
const ATTEMPT = 3_000;

/**
 * @param name  of the connection, in the monitoring of nats-server
 * @throws WebSocketError ERR_WS_PACKAGE_MISSING, ERR_WS_OPTION
 */
export function natsDriver(access: NatsAccess, name = 'harmony-websocket'): NatsDriver {
  // The layer above leaves out its own messages: they need not come at all.
  const { link, address } = natsLink(access, { user: 'natsBus', name, noEcho: true });
  return new NatsDriver(link, address);
}

/** A link, and its address without credentials. `user`: what it is for, in errors; `name`: in the monitoring of nats-server. */
export function natsLink(
  access: NatsAccess,
  { user, name, noEcho }: { readonly user: string; readonly name: string; readonly noEcho: boolean },
): { readonly link: NatsLink; readonly address: string } {
  const { connection } = access;
  if (connection !== undefined) return { link: new BorrowedLink(connection), address: 'nats:connection' };
  const { servers = 'nats://127.0.0.1:4222', creds, tls } = access;
  const client = natsClient(user);
  const { hosts, isEncrypted, ...login } = parseServers(typeof servers === 'string' ? [servers] : servers);
  const options: AttemptOptions = {
    name,
    reconnect: false,
    noEcho,
    timeout: ATTEMPT,
    pingInterval: access.pingInterval ?? 2_000,
    maxPingOut: 2,
    ignoreClusterUpdates: false,
    noAsyncTraces: true,
    ...login,
  };
  for (const key of ['user', 'pass', 'token', 'authenticator'] as const) {
    if (access[key] !== undefined) Object.assign(options, { [key]: access[key] });
  }
  if (tls !== undefined || isEncrypted) options.tls = { ...tls };
  if (creds !== undefined) {
    options.authenticator = client.credsAuthenticator(() => readCredentials(creds));
  }
  const scheme = options.tls === undefined ? 'nats' : 'tls';
  const address = hosts.map((host) => `${scheme}://${host}`).join(',');
  return { link: new OwnLink(client, hosts, options), address };
}
