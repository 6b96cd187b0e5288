// The clients of a server, found by their address and listed in the order in which they came (§4.4 and §4.7 of the kit
// specification).

import type { ServerConnection } from '../server/server-connection.ts';
import type { CloseResult, WebSocketConnection } from './types.ts';

/** A client, from the acceptance of its handshake on. */
export class Client {
  readonly ip: string;
  readonly port: number;
  readonly key: string;
  /** What the server closed it with. */
  requested: CloseResult | undefined;
  /** Present once the connection is open. */
  connection: ServerConnection<Client> | undefined;

  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
    this.key = keyOf(ip, port);
  }

  /** A fresh object for the application, which may do with it what it likes. */
  get address(): WebSocketConnection {
    return { clientIP: this.ip, clientPort: this.port };
  }

  /** Whether messages can be sent: nobody has begun to close. */
  get isOpen(): boolean {
    return this.requested === undefined && this.connection?.isOpen === true;
  }
}

/** How an address is looked up. */
export function keyOf(ip: string, port: number): string {
  return `${ip}:${port}`;
}

export class ConnectionTable {
  readonly #clients = new Set<Client>();
  /** With listeners on several ports a client may use one of its own ports for two of them; the newer one is found. */
  readonly #byKey = new Map<string, Client>();
  readonly #countByIp = new Map<string, number>();

  add(client: Client): void {
    this.#clients.add(client);
    this.#byKey.set(client.key, client);
    this.#countByIp.set(client.ip, this.countOf(client.ip) + 1);
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client)) return;
    if (this.#byKey.get(client.key) === client) this.#byKey.delete(client.key);
    const count = this.countOf(client.ip) - 1;
    if (count === 0) this.#countByIp.delete(client.ip);
    else this.#countByIp.set(client.ip, count);
  }

  /** @param key  from {@link keyOf} */
  find(key: string): Client | undefined {
    return this.#byKey.get(key);
  }

  /** Oldest first. */
  [Symbol.iterator](): IterableIterator<Client> {
    return this.#clients.values();
  }

  /** Number of connections from an address. */
  countOf(ip: string): number {
    return this.#countByIp.get(ip) ?? 0;
  }

  /** Number of different addresses. */
  get ipCount(): number {
    return this.#countByIp.size;
  }
}
