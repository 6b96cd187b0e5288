// examples/chat in Chromium over several processes: two tabs on different nodes, one of which is killed while both talk. The tab comes
// back on another node, nothing is missing, nothing comes twice, and nobody is shown as having left. Over Redis; with CHAT_ALL=1 also
// over NATS and in workers of one machine.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type Command, repository } from '../support/command.ts';
import { NatsServer } from '../support/nats-server.ts';
import { peer } from '../support/peers.ts';
import { RedisServer } from '../support/redis.ts';
import { startChat, Visitor } from './chat-page.ts';
import { launchChromium, skip } from './chromium.ts';

const screenshots = `${repository}/build/screenshots`;

async function redis(t: TestContext): Promise<string[]> {
  const server = await RedisServer.start();
  t.after(() => server.close());
  return ['--nodes', '3', '--bus', server.url];
}

async function nats(t: TestContext): Promise<string[]> {
  const server = await NatsServer.start((directory) => `jetstream { store_dir: "${directory}" }`);
  t.after(() => server.end());
  return ['--nodes', '3', '--bus', server.url];
}

const isWhole = process.env.CHAT_ALL === '1';
const places = [
  ['nodes over Redis', redis, peer('redis-server').skip],
  ...(isWhole ? ([['nodes over NATS', nats, peer('nats-server').skip]] as const) : []),
  ...(isWhole ? ([['workers of one machine', async () => ['--workers', '2'], false]] as const) : []),
] as const;

/** The process of the node that a page shows. */
async function processOf(command: Command, node: string): Promise<number> {
  const [, worker] = /^worker (\d+)$/u.exec(node) ?? [];
  return Number(worker ?? (await command.seen(new RegExp(`${node} is process (\\d+)`, 'u')))[1]);
}

describe('the chat over several processes', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  after(() => browser?.close());

  for (const [name, start, lacks] of places) {
    test(`${name}: one is killed`, { skip: lacks }, async (t) => {
      const { command, url } = await startChat(t, ...(await start(t)));
      const ann = await Visitor.enter(t, browser, url, 'Ann');
      const killed = await ann.node();
      let ben = await Visitor.enter(t, browser, url, 'Ben');
      while ((await ben.node()) === killed) {
        await ben.page.close();
        ben = await Visitor.enter(t, browser, url, 'Ben');
      }
      const said: string[] = [];
      const say = async (visitor: Visitor, text: string): Promise<void> => {
        said.push(text);
        await visitor.say(text);
      };
      for (const text of ['one', 'two', 'three']) await say(text === 'two' ? ann : ben, text);
      for (const visitor of [ann, ben]) await visitor.has(said);

      process.kill(await processOf(command, killed), 'SIGKILL');
      for (let count = 0; count < 5; count++) {
        await say(ben, `Ben, while Ann is away: ${count}`);
        await say(ann, `Ann, while her node is dead: ${count}`);
      }
      for (const visitor of [ann, ben]) await visitor.has(said);
      assert.notEqual(await ann.node(), killed);
      await say(ann, 'I am back');
      await say(ben, 'Nothing was missing');
      for (const visitor of [ann, ben]) await visitor.has(said);
      await ann.sees('Ben', ann.page.getByRole('complementary'));
      assert.equal(await ben.page.getByText('Ann has left').count(), 0);
      assert.deepEqual([...ann.problems, ...ben.problems], []);
      await ann.page.screenshot({ path: `${screenshots}/chat-after-kill-${name.replaceAll(' ', '-')}.png` });
      // Before the broker.
      command.signal('SIGTERM');
      assert.equal(await command.exit, 0);
    });
  }
});
