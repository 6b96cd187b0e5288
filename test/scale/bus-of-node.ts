// The bus of a node, by the name that the command line has for it.

import type { NodeTask } from './node-task.ts';

type Tell = (what: 'ready' | 'lost' | 'failed' | 'nodeJoined' | 'nodeGone', text: string, gap?: number) => void;

/** @returns options for `createServer` */
export async function makeBus({ name, bus, urls }: NodeTask, tell: Tell): Promise<object> {
  const options = {
    node: name,
    lost: (error: Error) => tell('lost', error.message),
    ready: ({ gap }: { gap: number }) => tell('ready', '', gap),
    failed: (error: Error) => tell('failed', error.message),
    nodeJoined: (node: { name: string }) => tell('nodeJoined', node.name),
    nodeGone: (node: { name: string }) => tell('nodeGone', node.name),
  };
  if (bus === 'none') return {};
  const face: string = bus === 'nats' ? 'harmony-websocket/nats' : 'harmony-websocket/redis';
  const { natsBus, redisBus } = (await import(face)) as Record<'natsBus' | 'redisBus', (options: object) => object>;
  if (bus === 'nats') return { bus: natsBus({ ...options, servers: urls }) };
  if (bus === 'redis') return { bus: redisBus({ ...options, url: urls[0] }) };
  return { bus: redisBus({ ...options, url: urls[0], sharded: true }) };
}
