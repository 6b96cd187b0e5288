// A node fails, or is slow.

import { now } from '../moment.ts';
import type { Scenario } from '../scenario.ts';
import { begin, finish, seconds, topics, topicsOf } from './usual.ts';

export const killed: Scenario = {
  name: 'node-killed',
  title: 'node killed (SIGKILL), replaced after 8 s; its clients come back to the others',
  buses: ['redis', 'nats'],
  async play(script) {
    const { stage } = script;
    const load = await begin(script);
    const clients = stage.clients.filter(({ node }) => node === 'node-3');
    script.say('node-3 is killed');
    const from = now();
    stage.excuse(3);
    await stage.node(3).kill();
    const gone = now();
    // Messages that it took and had not handed on.
    stage.gaps.add({ node: 'node-3', from: gone - 500, to: gone, why: 'killed' });
    script.figure('clients that had to move', `${clients.length}`);
    const settled = await stage.until('the clients are back', () => stage.clients.every(({ isSettled }) => isSettled));
    script.figure('all of them subscribed again after', seconds(settled));
    await stage.until('the others report it', () =>
      [1, 2].every((number) => stage.heard('nodeGone', from, stage.node(number).name).length > 0),
    );
    const told = Math.max(
      ...[1, 2].map((number) => stage.heard('nodeGone', from, stage.node(number).name)[0]?.at ?? 0),
    );
    script.figure('reported as gone after', seconds(told - gone));
    await script.seconds(2);
    script.say('another one takes its place');
    await stage.replace(3);
    await stage.connectAll(topics);
    await finish(script, load);
    const counted = await stage.node(1).count();
    script.check('all clients are counted', counted.count === stage.clients.length, `${counted.count}`);
  },
};

export const frozen: Scenario = {
  name: 'node-frozen',
  title: 'node frozen (SIGSTOP) for 12 s',
  buses: ['redis', 'nats'],
  async play(script) {
    const { stage } = script;
    const load = await begin(script);
    script.say('node-3 is frozen');
    const from = now();
    stage.node(3).freeze();
    await stage.pass(4_000);
    const { missing } = await stage.node(1).count();
    script.check(
      'a count names the node that does not answer',
      missing.includes('node-3'),
      missing.join(', ') || 'none',
    );
    await stage.pass(8_000);
    const told = [1, 2].map((number) => stage.heard('nodeGone', from, stage.node(number).name)[0]?.at ?? Infinity);
    script.check('the others reported it', told.every(Number.isFinite), `${told.filter(Number.isFinite).length} of 2`);
    script.figure('reported as gone after', seconds(Math.max(...told) - from));
    script.say('node-3 goes on');
    const back = now();
    stage.node(3).thaw();
    await stage.until('it is there again', () =>
      [1, 2].every((number) => stage.heard('nodeJoined', back, stage.node(number).name).length > 0),
    );
    script.figure('there again after', seconds(now() - back));
    await stage.connectAll(topics);
    await finish(script, load);
  },
};

export const slow: Scenario = {
  name: 'slow-node',
  title: 'node that computes for 10 s while 16 KiB messages come: the broker cuts it off',
  buses: ['redis', 'nats'],
  stage: () => ({
    // A flood of large messages to all clients would be more than the machine can do.
    clients: 60,
    brokers: {
      redis: ['--client-output-buffer-limit', 'pubsub', '8mb', '4mb', '2'],
      nats: ['max_pending: 8388608', 'write_deadline: "2s"'],
    },
  }),
  async play(script) {
    const { stage } = script;
    await stage.gather(topicsOf);
    await stage.connectAll(topics);
    script.say('node-1 floods, node-3 computes');
    const milliseconds = 14_000;
    const from = now();
    stage.node(1).tell({ command: 'flood', topics: topics.slice(0, 3), size: 16 * 1024, rate: 400, milliseconds });
    await script.stage.pass(1_000);
    stage.node(3).tell({ command: 'block', milliseconds: 10_000 });
    await stage.until('the flood is over', () => stage.floods.length > 0);
    await stage.connectAll(topics);
    await stage.calm();
    const cut = stage.heard('lost', from, 'node-3').length + stage.heard('failed', from, 'node-3').length;
    script.check('node-3 reported that it missed something', cut > 0, `${cut} reports`);
    const others = [1, 2].flatMap((number) => stage.heard('lost', from, stage.node(number).name));
    script.check('the other nodes noticed nothing', others.length === 0, `${others.length} losses`);
  },
};
