// The network and the time that clients and servers use: the system's, unless a test has put another one in its place.
// Everything else in the package is passed to constructors. This is global, so that code under test runs unchanged on a
// network in memory.

import { chmodSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Clock } from '../core/ports.ts';
import { isUnixAddress, type SocketAddress, type TcpAddress, type UnixAddress } from './address.ts';
import { coarseTime } from './coarse-time.ts';
import { acceptCheaply } from './internals/accept.ts';
import { watchTlsHandshakes } from './internals/tls-accept.ts';
import { type NetSource, ownAddresses } from './net-source.ts';
import { freePath, withRights } from './socket-path.ts';
import { TimerWheel } from './timer-wheel.ts';

/** An HTTP server that takes connections. */
export interface Listening {
  /** Where it listens, with an IP address and the real port. */
  readonly address: SocketAddress;
  /** Stops, and ends what is not a WebSocket connection. Resolves when the address is free and all sockets are gone. */
  stop(): Promise<void>;
}

export interface Network {
  readonly clock: Clock;
  /** Whether others than the caller of {@link connect} know the sockets that it returns: their streams are then kept. */
  readonly sharesSockets?: boolean;
  /** What it says about itself. Absent: what the system says. */
  readonly nets?: NetSource;
  /**
   * Starts connecting. The socket emits `lookup` where the host is a name, then `connect` or `error`, and stays
   * half-open after the peer's FIN.
   *
   * @param options  further options of `net.connect`, for the system's sockets
   */
  connect(address: SocketAddress, options?: object): Socket;
  /**
   * Gives connections to `server`.
   *
   * @throws (rejects) the system's error
   */
  listen(server: HttpServer, address: SocketAddress): Promise<Listening>;
}

/** Node's sockets and timers. */
const systemNetwork: Network = {
  clock: new TimerWheel(),
  connect(address, options) {
    const all = { ...options, allowHalfOpen: true, noDelay: true };
    return isUnixAddress(address)
      ? connect({ ...all, path: address.path })
      : connect({ ...lookupOptions(address), ...all, host: address.host, port: address.port });
  },
  async listen(server, address) {
    const unfinished = watchTlsHandshakes(server);
    if (isUnixAddress(address)) await listenAtPath(server, address);
    else await begin(server, address);
    acceptCheaply(server);
    return { address: localAddress(server), stop: () => stop(server, unfinished) };
  },
};

/** @throws (rejects) the system's error */
function begin(server: HttpServer, address: SocketAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(listenOptions(address), () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function listenAtPath(server: HttpServer, address: UnixAddress): Promise<void> {
  const { path, mode } = address;
  const attempt = (): Promise<void> => {
    let begun = Promise.resolve();
    const start = (): void => {
      begun = begin(server, address);
    };
    if (mode === undefined) start();
    else withRights(mode, start);
    return begun;
  };
  try {
    await attempt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const code = await freePath(path);
    if (code === 'EADDRINUSE') throw error;
    if (code !== undefined)
      throw Object.assign(new Error(`listen ${code} ${path}`), { code, syscall: 'listen', address: path });
    await attempt();
  }
  if (mode === undefined || process.platform === 'win32') return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    server.close();
    throw error;
  }
}

/** The options by which Node asks for the family, and the application's own addresses of a name, where there are any. */
function lookupOptions({ host, family }: TcpAddress): { family?: 4 | 6; lookup?: LookupFunction } {
  const ofFamily = family === undefined ? {} : { family };
  const addresses = ownAddresses.get(host.toLowerCase());
  if (addresses === undefined) return ofFamily;
  const found = addresses
    .map((address) => ({ address, family: isIP(address) }))
    .filter((one) => family === undefined || one.family === family);
  return {
    ...ofFamily,
    lookup: (_host, { all }, callback) => {
      const first = found[0];
      if (first === undefined) callback(noAddress(host), '');
      else if (all) callback(null, found);
      else callback(null, first.address, first.family);
    },
  };
}

/** The error that the system has for a name without an address. */
function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname,
  });
}

function listenOptions(address: SocketAddress): object {
  if (isUnixAddress(address)) return { path: address.path };
  const { host, port, reusePort, handle } = address;
  if (handle !== undefined) return handle;
  return { port, ...(host === '' ? {} : { host }), ...(reusePort === true ? { reusePort } : {}) };
}

function localAddress(server: HttpServer): SocketAddress {
  const address = server.address();
  if (address === null) throw new TypeError('the server does not listen');
  return typeof address === 'string' ? { path: address } : { host: address.address, port: address.port };
}

function stop(server: HttpServer, unfinished: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    for (const socket of unfinished) socket.destroy();
  });
}

let current = systemNetwork;

/** Returns the network to use now. */
export function network(): Network {
  return current;
}

/** A clock that is the current network's: timers belong to the network under which they were made. */
export const networkClock: Clock = {
  now: () => current.clock.now(),
  wall: () => current.clock.wall?.() ?? current.clock.now(),
  coarse: {
    began: coarseTime.began,
    tenths() {
      if (current === systemNetwork) return coarseTime.tenths();
      return current.clock.coarse?.tenths() ?? Math.floor((networkClock.now() - coarseTime.began) / 100);
    },
  },
  timer: (owner) => current.clock.timer(owner),
};

/**
 * Puts `replacement` in the place of the current network. Connections that exist stay with theirs.
 *
 * @returns a function that takes it out again
 */
export function replaceNetwork(replacement: Network): () => void {
  const previous = current;
  current = replacement;
  return () => {
    if (current === replacement) current = previous;
  };
}
