// The listeners of a network in memory, by address and port, which are given out as the system does it.

import type { AsyncResource } from 'node:async_hooks';
import { isIP, isIPv4 } from 'node:net';
import { isUnixAddress, type SocketAddress } from '../node/address.ts';
import type { MemorySocket } from './memory-socket.ts';
import { addressError } from './system-error.ts';

/** Where the system begins to give out ports (RFC 6335 §6). */
const FIRST_FREE_PORT = 49152;
const LAST_PORT = 65535;

/** Somebody who takes connections. */
export interface Listener {
  /** Of TCP, with an IP address; `::` and `0.0.0.0` are all addresses. */
  readonly address: SocketAddress;
  /** A scripted peer, which belongs to the test and not to the code under test. */
  readonly isPeer: boolean;
  /** Whether its sockets stay open for writing when the peer has ended. */
  readonly allowHalfOpen: boolean;
  /** Asynchronous context in which it takes connections. */
  readonly context: AsyncResource;
  /** Takes the server's end of a new connection. */
  accept(socket: MemorySocket): void;
  /** Stops; called at the end of a test. */
  stop(): unknown;
}

export class PortTable {
  readonly #listeners = new Set<Listener>();
  #last = FIRST_FREE_PORT - 1;

  /** All listeners, the oldest first. */
  get listeners(): Iterable<Listener> {
    return this.#listeners;
  }

  /** A port that nobody has got before; they begin anew when all have been used. */
  freePort(): number {
    this.#last = this.#last === LAST_PORT ? FIRST_FREE_PORT : this.#last + 1;
    return this.#last;
  }

  /** @throws the system's EADDRINUSE */
  add(listener: Listener): void {
    const { address } = listener;
    for (const { address: other } of this.#listeners) {
      if (isSame(other, address) || overlaps(other, address) || overlaps(address, other)) {
        throw addressError('listen', 'EADDRINUSE', address);
      }
    }
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** The listener that takes connections to this address: one of the address itself before one of all addresses. */
  find(address: SocketAddress): Listener | undefined {
    let found: Listener | undefined;
    for (const listener of this.#listeners) {
      if (isSame(listener.address, address)) return listener;
      if (overlaps(listener.address, address)) found = listener;
    }
    return found;
  }
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  if (isUnixAddress(one) || isUnixAddress(other)) {
    return isUnixAddress(one) && isUnixAddress(other) && one.path === other.path;
  }
  return one.host === other.host && one.port === other.port;
}

/** Whether a listener of `all` takes connections to `address`: `0.0.0.0` those to IPv4, `::` those to both. */
function overlaps(all: SocketAddress, address: SocketAddress): boolean {
  if (isUnixAddress(all) || isUnixAddress(address) || all.port !== address.port) return false;
  return all.host === '::' || (all.host === '0.0.0.0' && isIPv4(address.host));
}

/** The form in which an address is compared: without the brackets of URLs, in lower case. */
export function plainAddress(host: string): string {
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIP(address) === 0 ? address.toLowerCase().replace(/\.$/u, '') : address.toLowerCase();
}
