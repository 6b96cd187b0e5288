// The listeners of an in-memory network, by address and port. Free ports are assigned as the system does it.

import { isIP, isIPv4 } from 'node:net';
import { isUnixAddress, type SocketAddress } from '../node/address.ts';
import type { Listener } from './listener.ts';
import { canShare, isSharing, type SharingListener, sharedListener } from './shared-port.ts';
import { addressError } from './system-error.ts';

/** The first port that systems assign by themselves (RFC 6335 §6). */
const FIRST_FREE_PORT = 49152;
const LAST_PORT = 65535;

export class PortTable {
  readonly #listeners = new Set<Listener>();
  #last = FIRST_FREE_PORT - 1;

  /** All listeners, the oldest first. */
  get listeners(): Iterable<Listener> {
    return this.#listeners;
  }

  /** Returns the next port that was not assigned before. After the last port it starts again at the first. */
  freePort(): number {
    this.#last = this.#last === LAST_PORT ? FIRST_FREE_PORT : this.#last + 1;
    return this.#last;
  }

  /** @throws the system's EADDRINUSE */
  add(listener: Listener): void {
    const { address } = listener;
    for (const present of this.#listeners) {
      const { address: other } = present;
      if (isSame(other, address) && canShare(present, listener)) continue;
      if (isSame(other, address) || overlaps(other, address) || overlaps(address, other)) {
        throw addressError('listen', 'EADDRINUSE', address);
      }
    }
    this.#listeners.add(listener);
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Returns the listener for an address. A listener on exactly this address comes before one on all addresses. */
  find(address: SocketAddress): Listener | undefined {
    const sharing: SharingListener[] = [];
    let found: Listener | undefined;
    for (const listener of this.#listeners) {
      if (isSame(listener.address, address)) {
        if (!isSharing(listener)) return listener;
        sharing.push(listener);
      }
      if (overlaps(listener.address, address)) found = listener;
    }
    return sharing.length > 0 ? sharedListener(sharing) : found;
  }

  /** Returns the scripted servers on exactly this address. */
  sharing(address: SocketAddress): SharingListener[] {
    return [...this.#listeners].filter(isSharing).filter((listener) => isSame(listener.address, address));
  }
}

function isSame(one: SocketAddress, other: SocketAddress): boolean {
  if (isUnixAddress(one) || isUnixAddress(other)) {
    return isUnixAddress(one) && isUnixAddress(other) && one.path === other.path;
  }
  return one.host === other.host && one.port === other.port;
}

/** Whether a listener on `all` takes connections to `address`. `0.0.0.0` covers IPv4, `::` covers both families. */
function overlaps(all: SocketAddress, address: SocketAddress): boolean {
  if (isUnixAddress(all) || isUnixAddress(address) || all.port !== address.port) return false;
  return all.host === '::' || (all.host === '0.0.0.0' && isIPv4(address.host));
}

/** Returns the form in which addresses are compared: without the brackets of URLs, in lower case. */
export function plainAddress(host: string): string {
  const address = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIP(address) === 0 ? address.toLowerCase().replace(/\.$/u, '') : address.toLowerCase();
}

/** Whether an address is this device itself, which it reaches without a net. */
export function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
