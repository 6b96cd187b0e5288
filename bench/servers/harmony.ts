// This package's engine. Pings are off where the load answers none; `ws`, Bun and Deno send none either, by default or
// as they are set here.

import { createServer } from 'harmony-websocket/engine';
import { pemOf, ready, task } from './child.ts';
import type { ServerTask } from './task.ts';

const given = task<ServerTask>();
const heartbeat = given.heartbeat === undefined ? undefined : { interval: given.heartbeat, timeout: given.heartbeat };
const isPublish = given.kind === 'publish';
const server = createServer({
  heartbeat: given.isPinged ? heartbeat : false,
  compression: given.message.deflate === undefined ? false : { threshold: 0 },
  limits: given.budget === undefined ? {} : { maxQueuedBytes: given.budget },
  slowConsumer: given.budget === undefined ? 'close' : 'drop-oldest',
  ...given.engine,
  open(connection) {
    if (isPublish && connection.url !== '/publish') connection.subscribe('news');
  },
  message: isPublish
    ? (_, data) => void server.publish('news', data)
    : (connection, data) => void connection.send(data),
});
const { port } = await server.listen({ host: '127.0.0.1', tls: pemOf(given) });
ready(port);
