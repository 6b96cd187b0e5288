// The server of the comparison: alone in a process, or in each worker of a cluster.

import http from 'node:http';
import process from 'node:process';
import { createServer } from 'harmony-websocket/engine';
import { redisBus } from 'harmony-websocket/redis';

const isPublish = process.env.WORKLOAD === 'publish';
const server = createServer({
  ...(process.env.OWN_BUS === undefined ? {} : { bus: redisBus(process.env.OWN_BUS) }),
  heartbeat: false,
  compression: false,
  open(connection) {
    if (isPublish && connection.url !== '/publish') connection.subscribe('news');
  },
  message: isPublish
    ? (_, data) => void server.publish('news', data)
    : (connection, data) => void connection.send(data),
});
const address = { port: 0, host: '127.0.0.1' };
let port;
if (process.env.ATTACHED === undefined) {
  ({ port } = await server.listen(address));
} else {
  const httpServer = http.createServer();
  server.attach(httpServer);
  await new Promise((resolve) => httpServer.listen(address, resolve));
  ({ port } = httpServer.address());
}
if (process.env.ALONE !== undefined) process.stdout.write(`${JSON.stringify({ port, pids: [process.pid] })}\n`);
