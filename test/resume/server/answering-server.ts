// A server that answers each message, with a bus and a store of sessions at a broker, and `mode: 'ahead'`. As a program, it serves
// over two brokers, and waits to be killed: its parameters are their URLs; it prints its ports.

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createServer, type Server } from '../../../src/engine/index.ts';
import { natsBus, natsStore } from '../../../src/nats/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';

export interface AnsweringServer {
  readonly server: Server<undefined>;
  readonly port: number;
  /** What clients have sent, as it was handled. */
  readonly handled: string[];
  end(): Promise<void>;
}

/** @param url  `redis://…` or `nats://…` */
export async function serveAnswers(url: string): Promise<AnsweringServer> {
  const isRedis = url.startsWith('redis:');
  const store = isRedis ? redisStore(url) : natsStore({ servers: url, storage: 'memory' });
  const handled: string[] = [];
  const server = createServer({
    bus: isRedis ? redisBus(url) : natsBus(url),
    resume: { store, mode: 'ahead', drainSpread: 0 },
    message(connection, data) {
      handled.push(data as string);
      connection.send(`answer ${data}`);
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const end = async (): Promise<void> => {
    await server.close();
    await store.close();
  };
  return { server, port, handled, end };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const servers = await Promise.all(process.argv.slice(2).map((url) => serveAnswers(url)));
  console.log(servers.map(({ port }) => port).join(' '));
}
