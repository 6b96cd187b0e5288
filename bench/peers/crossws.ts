// crossws on Node as one node of a system, with its sync over Redis, as its documentation sets it up.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import nodeAdapter from 'crossws/adapters/node';
import { redis } from 'crossws/sync';
import { createClient } from 'redis';
import { ready, task } from '../servers/child.ts';
import { partsOf, type SystemTask, topicsIn } from '../servers/system-task.ts';

const { broker } = task<SystemTask>();
const adapter = nodeAdapter({
  hooks: {
    open(peer) {
      for (const topic of topicsIn(peer.request.url)) peer.subscribe(topic);
    },
    message(peer, message) {
      const [topic, data] = partsOf(message.text());
      peer.publish(topic, data);
    },
  },
  ...(await sync()),
});
const http = createServer();
http.on('upgrade', (request, socket, head) => void adapter.handleUpgrade(request, socket, head));
http.listen(0, '127.0.0.1', () => ready((http.address() as AddressInfo).port));

async function sync(): Promise<{ sync?: unknown }> {
  if (broker === undefined) return {};
  const client = createClient({ url: broker });
  await client.connect();
  return { sync: redis({ client, channel: 'bench' }) };
}
