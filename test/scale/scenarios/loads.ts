// Large messages, too large ones, and very many topics.

import { now } from '../moment.ts';
import type { Scenario } from '../scenario.ts';
import { begin, finish, seconds } from './usual.ts';

/** Bytes that neither broker takes with the settings below. */
const TOO_LARGE = 1_200_000;

export const tooLarge: Scenario = {
  name: 'too-large',
  title: "payload above the broker's limit (1 MiB), among others",
  buses: ['redis', 'nats'],
  stage: () => ({ brokers: { redis: ['--proto-max-bulk-len', '1mb'] } }),
  async play(script) {
    const { stage } = script;
    const load = await begin(script);
    script.say('messages that are too large');
    const before = now();
    const senders = stage.clients.slice(0, 6);
    for (const client of senders) {
      for (const topic of client.topics) client.publish(topic, 'x'.repeat(TOO_LARGE));
    }
    await finish(script, load);
    const refusals = senders.flatMap((client) => client.refusals);
    script.check(
      'each of 12 was refused, with a code',
      refusals.length === 12,
      `${refusals.length}, ${[...new Set(refusals)].join(', ')}`,
    );
    const lost = stage.heard('lost', before);
    script.check('no node lost its bus', lost.length === 0, `${lost.length} losses`);
  },
};

export const large: Scenario = {
  name: 'large',
  title: '64 KiB messages, 2,000 a second from one node, each to one subscriber of another node',
  buses: ['redis', 'nats'],
  stage: () => ({ clients: 30 }),
  async play(script) {
    const { stage } = script;
    const rate = 2_000;
    const milliseconds = 10_000;
    script.say('clients come');
    await stage.gather((index) => [`large.${index}`]);
    await stage.connectAll(stage.clients.map((_, index) => `large.${index}`));
    const topics = stage.clients.flatMap(({ node, topics }) => (node === 'node-1' ? [] : [...topics]));
    script.say('2,000 a second');
    const before = now();
    const cpu = { nodes: stage.usage.cpu, broker: stage.brokers.servers[0]?.cpu ?? 0 };
    stage.node(1).tell({ command: 'flood', topics, size: 64 * 1024, rate, milliseconds });
    await stage.until('the flood is over', () => stage.floods.length > 0);
    const took = now() - before;
    await stage.calm();
    const { accepted } = stage.floods[0] as { accepted: number };
    script.figure('published a second', ((accepted * 1000) / took).toFixed(0));
    script.figure('deliveries per CPU second of nodes', perSecond(stage.ledger.delivered, stage.usage.cpu - cpu.nodes));
    script.figure(
      '… of the broker',
      perSecond(stage.ledger.delivered, (stage.brokers.servers[0]?.cpu ?? 0) - cpu.broker),
    );
  },
};

export const churn: Scenario = {
  name: 'churn',
  title: '10,000 topics, 500 subscriptions a second come and as many go',
  buses: ['redis', 'nats'],
  async play(script) {
    const { stage } = script;
    const count = 10_000;
    const topics = Array.from({ length: count }, (_, index) => `topic.${index}`);
    const each = Math.ceil(count / stage.settings.clients);
    script.say('10,000 subscriptions');
    const before = now();
    await stage.gather((index) => topics.slice(index * each, (index + 1) * each));
    script.figure('10,000 subscriptions confirmed after', seconds(now() - before));
    await stage.connectAll(topics);
    script.figure('all of them deliver after', seconds(now() - before));
    script.say('subscriptions come and go');
    let turn = 0;
    const timer = setInterval(() => {
      for (let step = 0; step < 10; step++, turn++) {
        const client = stage.clients[turn % stage.clients.length];
        const [first] = client?.topics ?? [];
        if (client === undefined || first === undefined) continue;
        client.unsubscribe(first);
        client.subscribe(topics[(turn * 7919) % count] as string);
      }
    }, 20);
    const load = stage.load((number) => topics[(number * 31) % count] as string, { rate: 1_000, size: 64 });
    await script.seconds(15);
    clearInterval(timer);
    await finish(script, load);
    script.figure('subscriptions that came and went', `${turn}`);
    script.figure('most memory of a node', `${(stage.usage.peak / 2 ** 20).toFixed(0)} MiB`);
  },
};

function perSecond(count: number, microseconds: number): string {
  return microseconds <= 0 ? 'unknown' : ((count * 1e6) / microseconds).toFixed(0);
}
