// What takes the connections to an address of an in-memory network.

import type { AsyncResource } from 'node:async_hooks';
import type { SocketAddress } from '../node/address.ts';
import type { MemorySocket } from './memory-socket.ts';

/** A listener of the network. */
export interface Listener {
  /** Over TCP, an IP address; `::` and `0.0.0.0` stand for all addresses. */
  readonly address: SocketAddress;
  /** Whether it is a scripted peer, which belongs to the test and not to the code under test. */
  readonly isPeer: boolean;
  /**
   * What a scripted server without TLS takes: plain requests, or those that upgrade to WebSocket. One server of each kind can
   * share a port, as real servers do.
   */
  readonly takes?: 'requests' | 'upgrades' | undefined;
  /** Whether its sockets stay open for writing after the other end has ended. */
  readonly allowHalfOpen: boolean;
  /** The asynchronous context in which it takes connections. */
  readonly context: AsyncResource;
  /** Takes the server end of a new connection. */
  accept(socket: MemorySocket): void;
  /** Stops listening. Called at the end of a test. */
  stop(): unknown;
}
