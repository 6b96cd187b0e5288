// Socket.IO as one node of a system, with its Redis adapter, as its documentation sets it up.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { ready, task } from '../servers/child.ts';
import { type SystemTask, topicsIn } from '../servers/system-task.ts';

const { broker } = task<SystemTask>();
const http = createServer();
const io = new Server(http, { transports: ['websocket'], ...(await adapter()) });
io.on('connection', (socket) => {
  socket.join(topicsIn(`/?topics=${socket.handshake.query.topics ?? ''}`));
  socket.on('p', (topic, data) => io.to(topic).emit('n', data));
});
http.listen(0, '127.0.0.1', () => ready((http.address() as AddressInfo).port));

async function adapter(): Promise<{ adapter?: unknown }> {
  if (broker === undefined) return {};
  const publisher = createClient({ url: broker });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  return { adapter: createAdapter(publisher, subscriber) };
}
