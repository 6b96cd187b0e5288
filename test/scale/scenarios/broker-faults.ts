// The broker, or the way to it, fails.

import { faultProxy, type Proxied } from '../../support/fault-proxy.ts';
import { Scope } from '../../support/handles.ts';
import type { Daemon } from '../daemon.ts';
import { now } from '../moment.ts';
import type { Scenario, Script } from '../scenario.ts';
import { begin, finish, recovered, told } from './usual.ts';

const ALL = [1, 2, 3];

export const killed: Scenario = {
  name: 'broker-killed',
  title: 'broker killed, back after 5 s',
  buses: ['redis', 'nats'],
  async play(script) {
    const broker = onlyBroker(script);
    const load = await begin(script);
    script.say('the broker is killed');
    const from = now();
    await broker.end('SIGKILL');
    await script.seconds(5);
    told(script, ALL, from);
    script.say('the broker is back');
    const back = now();
    await broker.start();
    await recovered(script, ALL, back);
    await finish(script, load);
  },
};

export const restarted: Scenario = {
  name: 'broker-empty',
  title: 'broker ends in order and starts again empty, at once',
  buses: ['redis', 'nats'],
  async play(script) {
    const broker = onlyBroker(script);
    const load = await begin(script);
    script.say('the broker starts again');
    const from = now();
    await broker.end('SIGTERM');
    await broker.start();
    await recovered(script, ALL, from);
    told(script, ALL, from);
    await finish(script, load);
  },
};

export const frozen: Scenario = {
  name: 'broker-frozen',
  title: 'broker frozen (SIGSTOP) for 30 s',
  buses: ['redis', 'nats'],
  async play(script) {
    const broker = onlyBroker(script);
    const load = await begin(script);
    script.say('the broker is frozen');
    const from = now();
    broker.freeze();
    await script.stage.pass(30_000);
    told(script, ALL, from);
    script.say('the broker goes on');
    const back = now();
    broker.thaw();
    await recovered(script, ALL, back);
    await finish(script, load);
  },
};

export const halfOpen: Scenario = {
  ...behindProxy(),
  name: 'network-half-open',
  title: 'network between one node and the broker gone for 15 s: half-open connections, nothing answers',
};

export const reset: Scenario = {
  ...behindProxy(true),
  name: 'network-reset',
  title: 'connections between one node and the broker reset three times',
};

export const clusterServer: Scenario = {
  name: 'nats-cluster',
  title: 'one of three NATS servers killed, back after 5 s',
  buses: ['nats'],
  // Each node has another server first.
  stage: () => ({
    brokers: { servers: 3 },
    urlsOf: (node, urls) => [...urls.slice(node), ...urls.slice(0, node)],
  }),
  async play(script) {
    const { stage } = script;
    const load = await begin(script);
    const [server] = stage.brokers.servers as [Daemon];
    script.say('a server is killed');
    const from = now();
    await server.end('SIGKILL');
    await script.seconds(5);
    const losers = ALL.filter((number) => stage.heard('lost', from, stage.node(number).name).length > 0);
    script.figure('nodes that had to go to another server', `${losers.length}`);
    await recovered(script, losers, from);
    script.say('the server is back');
    await server.start();
    await finish(script, load);
  },
};

/** The third node reaches the broker only through a proxy. */
function behindProxy(isReset = false): Pick<Scenario, 'buses' | 'stage' | 'play'> {
  const scope = new Scope();
  const connections = new Set<Proxied>();
  let isDown = false;
  return {
    buses: ['redis', 'nats'],
    stage: () => ({
      async urlsOf(node, urls) {
        if (node !== 2) return urls;
        const url = new URL(urls[0] as string);
        const proxy = await faultProxy(scope, Number(url.port), (proxied) => {
          connections.add(proxied);
          if (isDown) proxied.freeze();
        });
        url.port = String(proxy.port);
        return [url.href.replace(/\/$/u, '')];
      },
    }),
    async play(script) {
      const load = await begin(script);
      if (isReset) {
        for (let round = 0; round < 3; round++) {
          script.say('the connections of node-3 are reset');
          const from = now();
          for (const proxied of connections) proxied.reset();
          connections.clear();
          await recovered(script, [3], from);
          told(script, [3], from);
        }
      } else {
        script.say('the network of node-3 is gone');
        const from = now();
        isDown = true;
        for (const proxied of connections) proxied.freeze();
        await script.stage.pass(15_000);
        told(script, [3], from);
        script.say('new connections pass again, the old ones stay silent');
        const back = now();
        isDown = false;
        await recovered(script, [3], back);
      }
      await finish(script, load);
      const others = [1, 2].flatMap((number) => script.stage.heard('lost', 0, script.stage.node(number).name));
      script.check('the other nodes noticed nothing', others.length === 0, `${others.length} losses`);
      await scope.end();
    },
  };
}

function onlyBroker({ stage }: Script): Daemon {
  return stage.brokers.servers[0] as Daemon;
}
