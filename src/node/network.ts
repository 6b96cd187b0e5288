// The network and the time that clients and servers use: the system's, unless a test has put another one in its place.
// This is the one thing in the package that is replaced behind the backs of its users, so that code under test runs
// unchanged on a network in memory; everything else is passed to constructors.

import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Clock } from '../core/ports.ts';
import { acceptCheaply } from './internals/accept.ts';
import { watchTlsHandshakes } from './internals/tls-accept.ts';
import { TimerWheel } from './timer-wheel.ts';

/** An HTTP server that takes connections. */
export interface Listening {
  readonly address: AddressInfo;
  /** Stops, and ends what is no WebSocket connection. Resolves when the port is free and all sockets are gone. */
  stop(): Promise<void>;
}

export interface Network {
  readonly clock: Clock;
  /**
   * Starts connecting. The socket emits `lookup` where `host` is a name, then `connect` or `error`, and stays half-open
   * after the peer's FIN.
   *
   * @param host  name or address, without brackets
   */
  connect(host: string, port: number): Socket;
  /**
   * Gives connections to `server`.
   *
   * @param host  absent: all addresses
   * @param port  0: any free port
   * @throws (rejects) the system's error
   */
  listen(server: HttpServer, host: string | undefined, port: number): Promise<Listening>;
}

/** Node's sockets and timers. */
const systemNetwork: Network = {
  clock: new TimerWheel(),
  connect: (host, port) => connect({ host, port, allowHalfOpen: true, noDelay: true }),
  listen(server, host, port) {
    return new Promise((resolve, reject) => {
      const unfinished = watchTlsHandshakes(server);
      server.once('error', reject);
      server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        server.off('error', reject);
        acceptCheaply(server);
        resolve({ address: server.address() as AddressInfo, stop: () => stop(server, unfinished) });
      });
    });
  },
};

function stop(server: HttpServer, unfinished: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    for (const socket of unfinished) socket.destroy();
  });
}

let current = systemNetwork;

/** The network to use now. */
export function network(): Network {
  return current;
}

/** A clock that is the current network's: timers belong to the network under which they were made. */
export const networkClock: Clock = {
  now: () => current.clock.now(),
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
