// What takes the connections to an address of an in-memory network.

import type { AsyncResource } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import type { SocketAddress } from '../node/address.ts';
import type { ServerTlsOptions } from '../node/tls-options.ts';
import type { MemorySocket } from './memory-socket.ts';

/** A listener of the network. */
export interface Listener {
  /** Over TCP, an IP address; `::` and `0.0.0.0` stand for all addresses. */
  readonly address: SocketAddress;
  /** Whether it is a scripted peer, which belongs to the test and not to the code under test. */
  readonly isPeer: boolean;
  /** For scripted servers: what it takes of a port, so that others can have the rest. */
  readonly share?: PortShare;
  /** Whether its sockets stay open for writing after the other end has ended. */
  readonly allowHalfOpen: boolean;
  /** The asynchronous context in which it takes connections. */
  readonly context: AsyncResource;
  /** Takes the server end of a new connection. */
  accept(socket: MemorySocket): void;
  /** Stops listening. Called at the end of a test. */
  stop(): unknown;
}

/** What a scripted server takes of the connections to a port that it shares. */
export interface PortShare {
  /** Plain requests, or those that upgrade to WebSocket. */
  readonly takes: 'requests' | 'upgrades';
  /** The only path that it takes; absent: all that no other server takes. */
  readonly path: string | undefined;
  /** The certificate of the port. */
  readonly tls: ServerTlsOptions | undefined;
  /** Takes a connection whose first request, still unread, is for this server. @param stream  `tcp`, or TLS over it */
  accept(tcp: MemorySocket, stream: Duplex): void;
}
