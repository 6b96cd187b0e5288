// Servers for `connect` that are not ours.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Peer {
  readonly url: string;
  readonly server: WebSocketServer;
}

/** A server that hands each connection to `serve`. */
export async function listen(
  t: TestContext,
  serve: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<Peer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  server.on('connection', serve);
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

export function echo(socket: WebSocket): void {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
}
