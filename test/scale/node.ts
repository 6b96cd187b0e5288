// One node of the system under test: a server on a bus. Its clients subscribe, publish and ask by short texts; its parent
// process disturbs it, and is told what its bus reports. The parameter is its task.
//
// From a client            to it
// S topic                  s topic, when it is subscribed
// U topic                  u topic
// P topic publisher n …    a publisher n moment node; or r publisher n code, when `publish` has thrown
// E n                      e n, an answer to the session only
//
// Subscribers get `M topic publisher n moment …`.

import {
  createServer,
  fileStore,
  type Resumption,
  type ServerConnection,
  type WebSocketError,
} from 'harmony-websocket/engine';
import { makeBus } from './bus-of-node.ts';
import { now } from './moment.ts';
import type { NodeCommand, NodeEvent, NodeTask } from './node-task.ts';

/** Milliseconds between two steps of a flood. */
const STEP = 10;
const task = JSON.parse(process.argv.at(-1) as string) as NodeTask;
const store = task.sessions === undefined ? undefined : await storeOf(task.sessions);
const bus = await makeBus(task, (what, text, gap = 0) => tell({ event: 'bus', what, at: now(), gap, text }));
const server = createServer({
  ...bus,
  limits: { maxQueuedBytes: 256 * 1024 * 1024 },
  ...(store && {
    resume: {
      store,
      drainSpread: 500,
      maxResumesPerMinute: Infinity,
      mode: task.sessions === 'jetstream' ? 'ahead' : 'spill',
      storeFailed: ({ message }) => console.error(message),
    },
    resumed,
  }),
  open(connection) {
    connection.send(`h ${task.name}`);
  },
  message(connection, data) {
    const text = data as string;
    const [kind = '', topic = '', publisher = '', number = ''] = text.slice(0, 200).split(' ');
    if (kind === 'S') {
      connection.subscribe(topic);
      if (connection.session) connection.session.data = [...new Set([...topicsOf(connection), topic])];
      connection.send(`s ${topic}`);
    } else if (kind === 'U') {
      connection.unsubscribe(topic);
      connection.send(`u ${topic}`);
    } else if (kind === 'E') {
      connection.send(`e ${topic}`);
    } else if (kind === 'P') {
      const at = now();
      const head = `P ${topic} ${publisher} ${number}`;
      try {
        server.publish(topic, `M ${topic} ${publisher} ${number} ${at}${text.slice(head.length)}`);
      } catch (error) {
        connection.send(`r ${publisher} ${number} ${(error as WebSocketError).code}`);
        return;
      }
      connection.send(`a ${publisher} ${number} ${at} ${task.name}`);
    }
  },
});
const { port } = await server.listen({ host: '127.0.0.1' });
process.on('message', (command: NodeCommand) => void obey(command));
process.on('disconnect', () => process.exit());
tell({ event: 'listening', port, at: now() });

async function storeOf(sessions: string) {
  if (sessions !== 'jetstream') return fileStore({ directory: sessions });
  const { natsStore } = await import('harmony-websocket/nats');
  return natsStore({ servers: task.urls, replicas: 3 });
}

function resumed(connection: ServerConnection, { isRestored }: Resumption): void {
  if (isRestored) for (const topic of topicsOf(connection)) connection.subscribe(topic);
  connection.send(`h ${task.name}`);
}

function topicsOf(connection: ServerConnection): string[] {
  return (connection.session?.data as string[] | undefined) ?? [];
}

async function obey(command: NodeCommand): Promise<void> {
  switch (command.command) {
    case 'publish':
      server.publish(command.topic, command.text);
      break;
    case 'block': {
      const until = now() + command.milliseconds;
      while (now() < until);
      break;
    }
    case 'flood':
      flood(command);
      break;
    case 'count': {
      const { count, missing } = await server.count();
      tell({ event: 'counted', id: command.id, count, missing: missing.map(({ name }) => name) });
      break;
    }
    case 'drain':
      await server.drain({ code: 1012, reason: 'deploy' });
      await store?.close();
      process.exit();
  }
}

/** Publishes at an even rate. A late step publishes all that is due at once. */
function flood({ topics, size, rate, milliseconds }: NodeCommand & { command: 'flood' }): void {
  const start = now();
  const padding = 'x'.repeat(Math.max(0, size - 80));
  let number = 0;
  let accepted = 0;
  const timer = setInterval(() => {
    const passed = Math.min(now() - start, milliseconds);
    const rows: [string, number, number][] = [];
    for (; number < (passed * rate) / 1000; number++) {
      const topic = topics[number % topics.length] as string;
      const at = now();
      try {
        server.publish(topic, `M ${topic} ${task.name} ${number} ${at} ${padding}`);
      } catch {
        continue;
      }
      accepted++;
      rows.push([topic, number, at]);
    }
    tell({ event: 'flooded', rows });
    if (passed < milliseconds) return;
    clearInterval(timer);
    tell({ event: 'flood over', accepted, refused: number - accepted });
  }, STEP);
}

function tell(event: NodeEvent): void {
  process.send?.(event);
}
