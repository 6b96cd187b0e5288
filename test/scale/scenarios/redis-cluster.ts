// Redis Cluster with sharded pub/sub: slots move to another master while messages pass.

import { moveSlots } from '../brokers.ts';
import type { Daemon } from '../daemon.ts';
import { now } from '../moment.ts';
import type { Scenario } from '../scenario.ts';
import { begin, finish, seconds, topics } from './usual.ts';

/** All that a master of three has: topics of it certainly move. */
const SLOTS = 5_461;

export const slotMoved: Scenario = {
  name: 'redis-cluster',
  title: 'Redis Cluster of three masters, sharded pub/sub: 5,461 slots move to another master',
  buses: ['redis-cluster'],
  async play(script) {
    const { stage } = script;
    const load = await begin(script);
    const [one, two] = stage.brokers.servers as [Daemon, Daemon];
    script.say('slots move');
    const from = now();
    await moveSlots(one, two, SLOTS);
    script.figure('the move took', seconds(now() - from));
    await stage.connectAll(topics);
    script.figure('all paths deliver after', seconds(now() - from));
    await finish(script, load);
  },
};
