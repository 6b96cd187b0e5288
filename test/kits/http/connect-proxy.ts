// A proxy on the in-memory network that makes tunnels, byte by byte.

import { createServer } from 'node:http';
import { network as currentNetwork } from '../../../src/node/network.ts';
import type { TestNetwork } from '../../../src/testing/index.ts';

/** A proxy that is running. */
export interface ConnectProxy {
  /** First lines of the requests that it has got. */
  readonly asked: readonly string[];
  close(): void;
}

/** Starts a proxy whose tunnels all lead to one place. */
export async function connectProxy(
  network: TestNetwork,
  url: string,
  to: { readonly host: string; readonly port: number },
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const { hostname, port } = new URL(url);
  network.names.set(hostname, '127.0.0.1');
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(`${request.method} ${request.url} HTTP/${request.httpVersion}`);
    const upstream = currentNetwork().connect(to);
    upstream.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
    for (const end of [socket, upstream]) end.on('error', () => {});
  });
  await network.listen(server, { port: Number(port) });
  return { asked, close: () => void server.close() };
}
