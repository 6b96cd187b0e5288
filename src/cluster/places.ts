// Where the workers listen. The primary process holds a bound socket for each worker and address, all with one port
// (SO_REUSEPORT): the system spreads connections over them, and a worker accepts from its own without the others. The socket
// stays while its worker is replaced, so that a client which connects meanwhile waits instead of being refused.

import dns from 'node:dns/promises';
import { isIP } from 'node:net';
import { bindShared, canBindShared, type ListenHandle } from '../node/internals/listen-handle.ts';

interface Place {
  readonly handle: ListenHandle;
  /** Processes that listen on it: two while one takes the place of the other. */
  readonly users: Set<object>;
}

interface Address {
  readonly host: string | null;
  readonly family: 4 | 6 | null;
  /** 0 until the first socket is bound. */
  port: number;
  /** By the number of the worker. */
  readonly places: Map<number, Place>;
}

export class Places {
  readonly #addresses = new Map<string, Promise<Address>>();
  readonly isUsable = canBindShared();

  /**
   * The socket of one worker for an address.
   *
   * @param index  how many of the same host and port the process has already
   * @throws (rejects) the system's error
   */
  async take(
    user: object,
    number: number,
    host: string,
    port: number,
    index: number,
  ): Promise<{ key: string; handle: ListenHandle }> {
    // A program that listens twice on one port has an error there, as without a cluster.
    if (index > 0 && port !== 0) throw inUse(host, port);
    const key = `${index} ${port} ${host}`;
    let found = this.#addresses.get(key);
    if (found === undefined) {
      found = this.#address(host, port);
      this.#addresses.set(key, found);
      found.catch(() => this.#addresses.delete(key));
    }
    const address = await found;
    let place = address.places.get(number);
    if (place === undefined) {
      const isFirst = address.places.size === 0;
      const bound = this.#bind(key, address, isFirst);
      address.port = bound.port;
      place = { handle: bound.handle, users: new Set() };
      address.places.set(number, place);
    }
    place.users.add(user);
    return { key, handle: place.handle };
  }

  /** A process does not listen there any more. */
  async leave(user: object, number: number, key: string): Promise<void> {
    const address = await this.#addresses.get(key)?.catch(() => undefined);
    const place = address?.places.get(number);
    if (address === undefined || place?.users.delete(user) !== true || place.users.size > 0) return;
    place.handle.close();
    address.places.delete(number);
    if (address.places.size === 0) this.#addresses.delete(key);
  }

  /**
   * A process is gone that may be replaced. Its sockets go, so that no client waits there, unless nobody else listens on the port:
   * then clients wait for the one that takes its place.
   */
  async gone(user: object, number: number): Promise<void> {
    for (const found of this.#addresses.values()) {
      const address = await found.catch(() => undefined);
      const place = address?.places.get(number);
      if (address === undefined || place?.users.delete(user) !== true || place.users.size > 0) continue;
      const isOther = [...address.places.values()].some((other) => other.users.size > 0);
      if (!isOther) continue;
      place.handle.close();
      address.places.delete(number);
    }
  }

  async close(): Promise<void> {
    const addresses = [...this.#addresses.values()];
    this.#addresses.clear();
    for (const found of addresses) {
      const address = await found.catch(() => undefined);
      for (const { handle } of address?.places.values() ?? []) handle.close();
      address?.places.clear();
    }
  }

  #bind(key: string, { host, port, family }: Address, isFirst: boolean): { handle: ListenHandle; port: number } {
    try {
      return bindShared(host, port, family, isFirst);
    } catch (error) {
      if (isFirst) this.#addresses.delete(key);
      throw error;
    }
  }

  async #address(host: string, port: number): Promise<Address> {
    const places = new Map<number, Place>();
    if (host === '') return { host: null, family: null, port, places };
    const version = isIP(host);
    const found = version === 0 ? await dns.lookup(host) : { address: host, family: version };
    return { host: found.address, family: found.family === 6 ? 6 : 4, port, places };
  }
}

function inUse(host: string, port: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`listen EADDRINUSE ${host}:${port}`), { code: 'EADDRINUSE', syscall: 'listen' });
}
