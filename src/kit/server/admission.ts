// Whether a server accepts another connection (kit specification §4.3). A "client" is an IP address there, which may have
// several connections.

import { counted } from '../described.ts';
import type { ConnectionTable } from './connection-table.ts';

/** The two limits of `WebSocketServerConfig`, and the bans of devices. */
export interface AdmissionLimits {
  /** How many different addresses may be connected at a time. */
  readonly maxClients: number;
  /** How many connections one address may have at a time. */
  readonly maxConnectionsPerClient: number;
  /** Whether an address that connects too often is banned. */
  readonly hasBans: boolean;
}

/** Whether another connection from `ip` is within the limits. */
export function admits(limits: AdmissionLimits, table: ConnectionTable, ip: string): boolean {
  const count = table.countOf(ip);
  const clients = count === 0 ? table.ipCount + 1 : table.ipCount;
  return clients <= limits.maxClients && count + 1 <= limits.maxConnectionsPerClient;
}

/** Why another connection from `ip` exceeds the limits: a clause for an error. */
export function excess(limits: AdmissionLimits, table: ConnectionTable, ip: string): string {
  const count = table.countOf(ip);
  if (count + 1 > limits.maxConnectionsPerClient) {
    return `${ip} has ${counted(count, 'connection')}, and maxConnectionsForOneClient is ${limits.maxConnectionsPerClient}`;
  }
  return `${counted(table.ipCount, 'other client')} ${table.ipCount === 1 ? 'is' : 'are'} connected, and maxConcurrentClientsNumber is ${limits.maxClients}`;
}

/** In whole seconds, both ends included. */
const WINDOW = 60;
const BAN = 60;
/** How many connections one address may make within a window. The next one leads to a ban. */
const MAX_CONNECTIONS_PER_WINDOW = 51;
/** How many addresses are remembered before the outdated ones are removed. */
const SWEEP_SIZE = 1024;

/** The history of one address, in whole seconds. */
interface Visitor {
  windowStart: number;
  connections: number;
  bannedAt: number | undefined;
}

/**
 * How often addresses connect, and which of them are banned for it (kit specification §4.3, steps 4 and 5). Devices
 * keep one list for the process: all servers share it, and it survives `stop`.
 */
export class BanList {
  readonly #visitors = new Map<string, Visitor>();
  #sweepSize = SWEEP_SIZE;

  /**
   * Counts a connection that is within the limits.
   *
   * @param now  the wall clock in milliseconds since 1970
   * @returns whether it may be accepted; if not, the address is banned, possibly by this very connection
   */
  admits(ip: string, now: number): boolean {
    const second = Math.floor(now / 1000);
    const visitor = this.#visitors.get(ip);
    if (visitor === undefined) {
      this.#sweep(second);
      this.#visitors.set(ip, { windowStart: second, connections: 1, bannedAt: undefined });
      return true;
    }
    if (visitor.bannedAt !== undefined) {
      if (second - visitor.bannedAt <= BAN) return false;
      visitor.bannedAt = undefined;
    }
    if (second - visitor.windowStart > WINDOW) {
      visitor.windowStart = second;
      visitor.connections = 0;
    }
    visitor.connections++;
    if (visitor.connections <= MAX_CONNECTIONS_PER_WINDOW) return true;
    visitor.bannedAt = second;
    return false;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#visitors.size;
  }

  /** Forgets addresses whose window or ban is over: a peer with many addresses must not fill our memory. */
  #sweep(second: number): void {
    if (this.#visitors.size < this.#sweepSize) return;
    for (const [ip, { windowStart, bannedAt }] of this.#visitors) {
      const until = bannedAt === undefined ? windowStart + WINDOW : bannedAt + BAN;
      if (second > until) this.#visitors.delete(ip);
    }
    this.#sweepSize = Math.max(SWEEP_SIZE, this.#visitors.size * 2);
  }
}
