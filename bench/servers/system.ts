// This package's engine as one node of a system.

import { createServer } from 'harmony-websocket/engine';
import { ready, task } from './child.ts';
import { partsOf, type SystemTask, topicsIn } from './system-task.ts';

const { broker, bus } = task<SystemTask>();
const server = createServer({
  ...(await busOptions()),
  heartbeat: false,
  open(connection) {
    for (const topic of topicsIn(connection.url)) connection.subscribe(topic);
  },
  message(_, text) {
    const [topic, data] = partsOf(text as string);
    server.publish(topic, data);
  },
});
const { port } = await server.listen({ host: '127.0.0.1' });
ready(port);

async function busOptions(): Promise<object> {
  if (broker === undefined || bus === undefined) return {};
  if (bus === 'nats') {
    const { natsBus } = await import('harmony-websocket/nats');
    return { bus: natsBus({ servers: [broker] }) };
  }
  const { redisBus } = await import('harmony-websocket/redis');
  return { bus: redisBus({ url: broker, sharded: bus === 'redis-sharded' }) };
}
