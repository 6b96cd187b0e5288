// A server as its users write it for `ws`, with the classes of `ws` or with those of this package in its shape. Compression is
// off as by the default of `ws`, or has zlib's defaults, as ours.

import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { pemOf, ready, task } from './child.ts';
import type { ServerTask } from './task.ts';

/** The classes. */
export interface WsClasses {
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketServer: typeof WebSocketServer;
}

/** As our default. */
const LEVEL = 5;

export function serveAsWs({ WebSocket, WebSocketServer }: WsClasses): void {
  const given = task<ServerTask>();
  const pem = pemOf(given);
  const http = pem === undefined ? createHttpServer() : createHttpsServer(pem);
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate:
      given.message.deflate === undefined ? false : { threshold: 0, zlibDeflateOptions: { level: LEVEL } },
  });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    if (given.kind === 'echo') {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      return;
    }
    // As its documentation has it: "broadcast to all connected WebSocket clients, excluding itself".
    socket.on('message', (data: RawData, isBinary) => {
      for (const client of server.clients) {
        if (client !== socket && client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
      }
    });
  });
  // As its documentation has it: "How to detect and close broken connections?".
  if (given.heartbeat !== undefined) {
    const alive = new WeakSet<WebSocket>();
    server.on('connection', (socket) => {
      alive.add(socket);
      socket.on('pong', () => alive.add(socket));
    });
    setInterval(() => {
      for (const socket of server.clients) {
        if (!alive.delete(socket)) socket.terminate();
        else socket.ping();
      }
    }, given.heartbeat);
  }
  http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => ready((http.address() as AddressInfo).port));
}
