// An HTTP server of the application that takes connections in memory. Node knows nothing of it: its server has no handle,
// does not count the connections, and calls itself closed at any time. So the three members that tell and end listening
// are replaced on the object for as long as it lasts.

import type { Server as HttpServer } from 'node:http';
import { addressInfo, type TcpAddress } from '../node/address.ts';
import type { MemoryListening } from './memory-network.ts';

const members = ['listening', 'address', 'close'] as const;

/** Makes a server show that it listens, until it is closed. */
export function showListening(server: HttpServer, listening: MemoryListening): void {
  const close = (callback?: (error?: Error) => void): HttpServer => {
    // As Node: the port is free at once, `close` comes when the last connection has ended.
    for (const name of members) Reflect.deleteProperty(server, name);
    if (callback !== undefined) server.once('close', () => callback());
    server.closeIdleConnections();
    void listening.close().then(() => server.close());
    return server;
  };
  const values = { listening: true, address: () => addressInfo(listening.address as TcpAddress), close };
  for (const name of members) {
    Object.defineProperty(server, name, { value: values[name], configurable: true, writable: true });
  }
}
