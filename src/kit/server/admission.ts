// Whether a server takes another client (§4.3 of the kit specification). "Client" means an IP address there, and
// "connection" one of possibly several from it.

import { counted } from '../described.ts';
import type { ConnectionTable } from './connection-table.ts';

/** The two limits of `WebSocketServerConfig`, and one that devices have besides. */
export interface AdmissionLimits {
  /** Different addresses at a time. */
  readonly maxClients: number;
  /** Connections of one address at a time. */
  readonly maxConnectionsPerClient: number;
  /** Whether addresses that connect too often are banned. */
  readonly hasBans: boolean;
}

/** Whether one more connection from `ip` stays within the limits. */
export function admits(limits: AdmissionLimits, table: ConnectionTable, ip: string): boolean {
  const count = table.countOf(ip);
  const clients = count === 0 ? table.ipCount + 1 : table.ipCount;
  return clients <= limits.maxClients && count + 1 <= limits.maxConnectionsPerClient;
}

/** Why one more connection from `ip` does not stay within the limits: a sentence. */
export function excess(limits: AdmissionLimits, table: ConnectionTable, ip: string): string {
  const count = table.countOf(ip);
  if (count + 1 > limits.maxConnectionsPerClient) {
    return `${ip} has ${counted(count, 'connection')}, and maxConnectionsForOneClient is ${limits.maxConnectionsPerClient}`;
  }
  return `the number of clients is ${table.ipCount}, and maxConcurrentClientsNumber is ${limits.maxClients}`;
}

/** Whole seconds, both ends included. */
const WINDOW = 60;
const BAN = 60;
/** Connections of one address within a window; the next one leads to a ban. */
const MAX_CONNECTIONS_PER_WINDOW = 51;
/** Addresses remembered before those are looked for that have become meaningless. */
const SWEEP_SIZE = 1024;

/** What is remembered of an address. Times are whole seconds. */
interface Visitor {
  windowStart: number;
  connections: number;
  bannedAt: number | undefined;
}

/**
 * How often addresses connect, and which of them are banned for it: steps 4 and 5 of §4.3. Devices keep one for the
 * process, over all servers and their ends.
 */
export class BanList {
  readonly #visitors = new Map<string, Visitor>();
  #sweepSize = SWEEP_SIZE;

  /**
   * Counts a connection that is otherwise welcome.
   *
   * @param now  wall clock in milliseconds
   * @returns whether it may be taken; otherwise the address is banned, perhaps from now on
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

  /** Number of addresses remembered. */
  get size(): number {
    return this.#visitors.size;
  }

  /** A peer with many addresses must not fill our memory: what has no effect any more is forgotten. */
  #sweep(second: number): void {
    if (this.#visitors.size < this.#sweepSize) return;
    for (const [ip, { windowStart, bannedAt }] of this.#visitors) {
      const until = bannedAt === undefined ? windowStart + WINDOW : bannedAt + BAN;
      if (second > until) this.#visitors.delete(ip);
    }
    this.#sweepSize = Math.max(SWEEP_SIZE, this.#visitors.size * 2);
  }
}
