// Whether a server takes another client (§4.3 of the kit specification). "Client" means an IP address there, and
// "connection" one of possibly several from it.

import type { ConnectionTable } from './connection-table.ts';

/** The two limits of `WebSocketServerConfig`. */
export interface AdmissionLimits {
  /** Different addresses at a time. */
  readonly maxClients: number;
  /** Connections of one address at a time. */
  readonly maxConnectionsPerClient: number;
}

/** Whether one more connection from `ip` stays within the limits. */
export function admits(limits: AdmissionLimits, table: ConnectionTable, ip: string): boolean {
  const count = table.countOf(ip);
  const clients = count === 0 ? table.ipCount + 1 : table.ipCount;
  return clients <= limits.maxClients && count + 1 <= limits.maxConnectionsPerClient;
}
