// `websocket`, which has no types of its own.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import websocket from 'websocket';
import { ready } from '../servers/child.ts';

const http = createServer();
const server = new websocket.server({
  httpServer: http,
  autoAcceptConnections: true,
  maxReceivedFrameSize: 64 << 20,
  maxReceivedMessageSize: 64 << 20,
  keepalive: false,
});
server.on('connect', (connection) => {
  connection.on('message', (message) => {
    if (message.type === 'utf8') connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => ready((http.address() as AddressInfo).port));
