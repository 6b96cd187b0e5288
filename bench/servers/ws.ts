// Echo with `ws`, compression off as by its default.

import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { ready } from './child.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
  ready((server.address() as AddressInfo).port);
});
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
