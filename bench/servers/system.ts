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
  const face: string = bus === 'nats' ? 'harmony-websocket/nats' : 'harmony-websocket/redis';
  const { natsBus, redisBus } = (await import(face)) as Record<'natsBus' | 'redisBus', (options: object) => object>;
  if (bus === 'nats') return { bus: natsBus({ servers: [broker] }) };
  return { bus: redisBus(bus === 'redis' ? { url: broker } : { url: broker, sharded: true }) };
}
