// A rolling restart of all nodes, while clients with resumable sessions ask and publish.

import { now } from '../moment.ts';
import type { ResumingClient } from '../resuming-client.ts';
import type { Scenario } from '../scenario.ts';
import { judge, resumingClients, sum } from './resuming.ts';
import { seconds } from './usual.ts';

/** As in the other scenarios. */
const TOPICS = 31;

export const rolling: Scenario = {
  name: 'rolling',
  title: 'all nodes replaced, one after the other, with clients that resume',
  buses: ['redis', 'nats'],
  stage: (_bus, sessions) => ({ sessions }),
  async play(script) {
    const { stage } = script;
    const clients = await resumingClients(script, (index) => `news.${index % TOPICS}`);
    await script.seconds(2);
    script.say('questions and publishes');
    let turn = 0;
    const timer = setInterval(() => {
      for (let step = 0; step < 2; step++) {
        const client = clients[turn++ % clients.length] as ResumingClient;
        client.ask();
        client.publish();
      }
    }, 10);
    await script.seconds(3);
    for (const number of [1, 2, 3]) {
      script.say(`node-${number} is replaced`);
      const from = now();
      stage.excuse(number);
      await stage.node(number).drain();
      await stage.replace(number);
      script.figure(`node-${number} replaced in`, seconds(now() - from));
      await script.seconds(3);
    }
    clearInterval(timer);
    await judge(script, clients, 'each question was accepted and answered once, in order');
    script.figure('resumed', `${sum(clients, ({ resumed }) => resumed)}`);
  },
};
