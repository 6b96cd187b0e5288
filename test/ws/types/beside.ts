// Packages that are typed by @types/ws take our classes: a program that changes its own import passes them on. It does not run.

import * as theirs from 'ws';
import * as ours from '../../../src/ws/index.ts';

const webSocket = new ours.WebSocket('ws://localhost');
const server = new ours.WebSocketServer({ noServer: true });

export const plain: theirs.WebSocket = webSocket;
export const byDefault: theirs.default = webSocket;
export const listening: theirs.WebSocketServer = server;
export const Class: typeof theirs.WebSocket = ours.WebSocket;
export const own = new ours.WebSocketServer({ noServer: true, WebSocket: class extends ours.WebSocket {} });
export const options: theirs.ServerOptions = server.options;
theirs.createWebSocketStream(webSocket);
server.on('connection', (client: theirs.WebSocket) => client.send('x'));
