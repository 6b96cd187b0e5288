// A rolling restart of all nodes, while clients with resumable sessions ask and publish.

import { now } from '../moment.ts';
import { ResumingClient } from '../resuming-client.ts';
import type { Scenario } from '../scenario.ts';
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
    const clients = Array.from(
      { length: stage.settings.clients },
      (_, index) => new ResumingClient(`client-${index}`, `news.${index % TOPICS}`, stage.balancer.port, stage.ledger),
    );
    await stage.until('every subscription is confirmed', () => clients.every(({ isSettled }) => isSettled));
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
    await stage.until('everything is answered', () => clients.every(({ isDone }) => isDone));
    await stage.calm();
    const faults = clients.flatMap((client) => client.faults);
    const sum = (count: (client: ResumingClient) => number): number =>
      clients.reduce((total, client) => total + count(client), 0);
    script.figure('resumed', `${sum(({ resumed }) => resumed)}`);
    script.figure('questions answered', `${sum(({ answered }) => answered)} of ${sum(({ asked }) => asked)}`);
    script.check(
      'each question was accepted and answered once, in order',
      faults.length === 0,
      faults.slice(0, 3).join('; ') || 'none',
    );
    for (const client of clients) client.close();
  },
};
