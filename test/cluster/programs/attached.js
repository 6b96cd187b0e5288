// A worker of a test whose HTTP server is its own: node:cluster shares its port.

import http from 'node:http';
import process from 'node:process';
import { createServer } from 'harmony-websocket/engine';

const server = createServer({ open: (connection) => connection.send(`hello from ${process.pid}`) });
const httpServer = http.createServer((_, response) => response.end(`${process.pid}`));
server.attach(httpServer);
httpServer.listen(0, '127.0.0.1');
