// An HTTP server of the application that takes in-memory connections. Node does not know about them: the server has no
// handle, does not count the connections, and always reports that it is closed. So the three members that report and end
// listening are replaced on the object while it listens.

import type { Server as HttpServer } from 'node:http';
import { addressInfo, type TcpAddress } from '../node/address.ts';
import type { MemoryListening } from './memory-network.ts';

const members = ['listening', 'address', 'close'] as const;

/** Makes a server report that it is listening, until it is closed. */
export function showListening(server: HttpServer, listening: MemoryListening): void {
  const close = (callback?: (error?: Error) => void): HttpServer => {
    // As in Node, the port is free at once, and `close` is emitted when the last connection has ended.
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
