// Sessions in JetStream, on three servers. The one that leads the streams is killed while clients ask.

import { connect } from '@nats-io/transport-node';
import { now } from '../moment.ts';
import type { ResumingClient } from '../resuming-client.ts';
import type { Scenario, Script } from '../scenario.ts';
import { judge, resumingClients } from './resuming.ts';
import { seconds, topics } from './usual.ts';

/** What a client has sent waits for a majority of the servers before it is answered. */
const CLIENTS = 60;

export const jetStream: Scenario = {
  name: 'jetstream',
  title: 'sessions in JetStream with three replicas: the server that leads their streams is killed, back after 10 s',
  buses: ['nats'],
  stage: () => ({
    clients: CLIENTS,
    sessions: 'jetstream',
    brokers: { servers: 3, nats: ['jetstream { store_dir: "$directory" }'] },
    urlsOf: (node, urls) => [...urls.slice(node), ...urls.slice(0, node)],
  }),
  async play(script) {
    const { stage } = script;
    const clients = await resumingClients(script, (index) => topics[index % topics.length] as string);
    await script.seconds(2);
    script.say('questions and publishes');
    let turn = 0;
    let isPublishing = true;
    const timer = setInterval(() => {
      const client = clients[turn++ % clients.length] as ResumingClient;
      client.ask();
      // Topics lose messages while a node changes the server. Sessions must not.
      if (isPublishing) client.publish();
    }, 10);
    await script.seconds(3);
    isPublishing = false;
    await script.seconds(1);
    const leader = await leaderOf(script);
    const server = stage.brokers.servers[leader];
    script.say(`server-${leader} leads, and is killed`);
    const from = now();
    const before = clients.map(({ answered }) => answered);
    await server?.end('SIGKILL');
    await stage.until('everybody is answered again', () =>
      clients.every(({ answered }, index) => answered > (before[index] as number) + 1),
    );
    script.figure('all clients have answers again after', seconds(now() - from));
    await script.seconds(10);
    script.say('the server is back');
    await server?.start();
    await script.seconds(3);
    clearInterval(timer);
    await judge(script, clients, 'each question was answered once, in order');
  },
};

/** @returns the number of the server that leads the stream of messages */
async function leaderOf({ stage }: Script): Promise<number> {
  const connection = await connect({ servers: [...stage.brokers.urls] });
  const reply = await connection.request('$JS.API.STREAM.INFO.wsr_session_logs');
  await connection.close();
  const { cluster } = reply.json<{ cluster: { leader: string } }>();
  return Number(cluster.leader.split('-').at(-1));
}
