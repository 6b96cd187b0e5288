// The bus of a node, by the name that the command line has for it.

import type { Bus, BusHandlers } from 'harmony-websocket/bus';
import type { NodeTask } from './node-task.ts';

type Tell = (what: 'ready' | 'lost' | 'failed' | 'nodeJoined' | 'nodeGone', text: string, gap?: number) => void;

/** @returns options for `createServer` */
export async function makeBus(task: NodeTask, tell: Tell): Promise<{ bus?: Bus }> {
  if (task.bus === 'none') return {};
  const handlers: BusHandlers = {
    lost: ({ message }) => tell('lost', message),
    ready: ({ gap }) => tell('ready', '', gap),
    failed: ({ message }) => tell('failed', message),
    nodeJoined: ({ name }) => tell('nodeJoined', name),
    nodeGone: ({ name }) => tell('nodeGone', name),
  };
  return { bus: await busOf(task, { ...handlers, node: task.name }) };
}

async function busOf({ bus, urls }: NodeTask, options: BusHandlers & { node: string }): Promise<Bus> {
  if (bus === 'nats') {
    const { natsBus } = await import('harmony-websocket/nats');
    return natsBus({ ...options, servers: urls });
  }
  const { redisBus } = await import('harmony-websocket/redis');
  if (bus !== 'redis-cluster') return redisBus({ ...options, url: urls[0], sharded: bus === 'redis-sharded' });
  const { createCluster } = await import('redis');
  const client = createCluster({ rootNodes: urls.map((url) => ({ url })) });
  client.on('error', () => {});
  return redisBus({ ...options, client });
}
