// The clients of a server: found by their address, and listed in the order of connecting (kit specification §4.4 and
// §4.7).

import { hostAndPort } from '../../node/address.ts';
import type { ServerConnection } from '../../server/server-connection.ts';
import type { CloseResult, WebSocketConnection } from '../types.ts';

/** A client whose handshake was accepted. */
export class Client {
  readonly ip: string;
  readonly port: number;
  /** The code and reason with which the server closed it. */
  requested: CloseResult | undefined;
  /** Present once the connection is open. */
  connection: ServerConnection<Client> | undefined;

  constructor(ip: string, port: number) {
    this.ip = ip;
    this.port = port;
  }

  /** A fresh object, which belongs to the application. */
  get address(): WebSocketConnection {
    return { clientIP: this.ip, clientPort: this.port };
  }

  /** Address and port, for error texts. */
  get name(): string {
    return hostAndPort(this.ip, this.port);
  }

  /** Whether messages can be sent: neither end has begun to close. */
  get isOpen(): boolean {
    return this.requested === undefined && this.connection?.isOpen === true;
  }
}

export class ConnectionTable {
  readonly #clients = new Set<Client>();
  /**
   * By port: `send` looks up an address for each message, and a number is found without building a text. Rarely two
   * clients have the same port. A client may even connect to two listeners from one port; the newer connection comes
   * first.
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

  /** How many connections an address has. */
  countOf(ip: string): number {
    return this.#countByIp.get(ip) ?? 0;
  }

  /** How many different addresses are connected. */
  get ipCount(): number {
    return this.#countByIp.size;
  }
}
