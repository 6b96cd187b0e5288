// The clients of a server, found by their address and listed in the order in which they came (§4.4 and §4.7 of the kit
// specification).

import { hostAndPort } from '../../node/address.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import type { CloseResult, WebSocketConnection } from '../types.ts';

/** A client, from the acceptance of its handshake on. */
export class Client {
  readonly ip: string;
  readonly port: number;
  /** What the server closed it with. */
  requested: CloseResult | undefined;
  /** Present once the connection is open. */
  connection: ServerConnection<Client> | undefined;

  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
  }

  /** A fresh object for the application, which may do with it what it likes. */
  get address(): WebSocketConnection {
    return { clientIP: this.ip, clientPort: this.port };
  }

  /** For sentences. */
  get name(): string {
    return hostAndPort(this.ip, this.port);
  }

  /** Whether messages can be sent: nobody has begun to close. */
  get isOpen(): boolean {
    return this.requested === undefined && this.connection?.isOpen === true;
  }
}

export class ConnectionTable {
  readonly #clients = new Set<Client>();
  /**
   * By port, since `send` looks an address up for each message and a number needs no text to be built; rarely more than
   * one. With listeners on several ports a client may use one of its own ports for two of them; the newer one is first.
   */
  readonly #byPort = new Map<number, Client[]>();
  readonly #countByIp = new Map<string, number>();

  add(client: Client): void {
    this.#clients.add(client);
    const others = this.#byPort.get(client.port);
    if (others === undefined) this.#byPort.set(client.port, [client]);
    else others.unshift(client);
    this.#countByIp.set(client.ip, this.countOf(client.ip) + 1);
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client)) return;
    const others = (this.#byPort.get(client.port) ?? []).filter((other) => other !== client);
    if (others.length === 0) this.#byPort.delete(client.port);
    else this.#byPort.set(client.port, others);
    const count = this.countOf(client.ip) - 1;
    if (count === 0) this.#countByIp.delete(client.ip);
    else this.#countByIp.set(client.ip, count);
  }

  find(ip: string, port: number): Client | undefined {
    const clients = this.#byPort.get(port);
    if (clients === undefined) return undefined;
    for (const client of clients) if (client.ip === ip) return client;
    return undefined;
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
