// A server in the DevTools of Chromium: the front end that Chromium has in itself, as `devtools://` opens it. Screenshots for people
// to look at are left in build/screenshots/.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { connect, createServer } from '../../src/engine/index.ts';
import { createInspector, type InspectorOptions } from '../../src/inspector/index.ts';
import { repository } from '../support/command.ts';
import { launchChromium, skip } from './chromium.ts';

const screenshots = `${repository}/build/screenshots`;

describe('a server in DevTools', { skip, timeout: 120_000 }, () => {
  let browser: Browser;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /** An echo server, its inspector, and a connection that was there before. */
  async function inspected(context: TestContext, options: InspectorOptions = {}) {
    const server = createServer({
      compression: true,
      message(connection, data) {
        connection.send(data);
        if (data === 'bye') void connection.close(1000, 'bye');
      },
    });
    const { port } = await server.listen({ host: '127.0.0.1' });
    const url = `ws://127.0.0.1:${port}`;
    const early = await connect(`${url}/early?room=1`);
    const inspector = await createInspector(server, { port: 0, ...options });
    context.after(async () => {
      await inspector.close();
      await server.close();
    });
    return { url, early, inspector };
  }

  async function open(context: TestContext, url: string, colorScheme: 'light' | 'dark'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, colorScheme });
    context.after(() => page.close());
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    context.after(() => assert.deepEqual(problems, [], 'DevTools misses nothing'));
    page.setDefaultTimeout(30_000);
    await page.goto(url);
    return page;
  }

  /** Rows of the messages of a connection: what they say, their length. */
  async function messagesOf(page: Page, name: string, count: number): Promise<string[]> {
    await page.getByText(name, { exact: false }).first().click();
    await page.getByRole('tab', { name: 'Messages' }).click();
    const rows: Locator = page.getByRole('row').filter({ hasText: /\d\d:\d\d:\d\d\.\d{3}/ });
    await rows.nth(count - 1).waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').replace(/\t[\d:.]+$/, ''));
  }

  for (const scheme of ['light', 'dark'] as const) {
    test(`the Network panel lists connections and frames (${scheme})`, async (context) => {
      const { url, early, inspector } = await inspected(context, { token: 'a-token-of-20-letters' });
      const messages = early[Symbol.asyncIterator]();
      early.send('sent before DevTools was there');
      await messages.next();
      const page = await open(context, inspector.devtoolsUrl, scheme);
      await page.getByText('early?room=1').waitFor();

      const late = await connect(`${url}/late?room=2`, { compression: true, headers: { Cookie: 'sid=secret' } });
      const answers = late[Symbol.asyncIterator]();
      for (const data of [
        'hello',
        '{"kind":"greeting","to":"everybody"}',
        Buffer.from('some bytes'),
        'x'.repeat(5000),
      ]) {
        late.send(data);
        await answers.next();
      }
      late.ping('are you there?');
      late.send('bye');
      await late.closed;

      const shown = await messagesOf(page, 'late?room=2', 14);
      assert.deepEqual(shown.slice(0, 6), [
        'hello\t5',
        'hello\t5',
        '{"kind":"greeting","to":"everybody"}\t36',
        '{"kind":"greeting","to":"everybody"}\t36',
        'Binary message\t10 B',
        'Binary message\t10 B',
      ]);
      assert.match(shown[6] ?? '', /^x{50,}.*\t5000$/, 'inflated');
      assert.match(shown[8] ?? '', /^Ping message/);
      assert.match(shown[9] ?? '', /^Pong message/);
      assert.ok(
        shown.some((row) => /^Connection close message/.test(row)),
        shown.join('\n'),
      );
      await page.screenshot({ path: `${screenshots}/inspector-${scheme}.png` });

      assert.deepEqual(await messagesOf(page, 'early?room=1', 2), [
        'sent before DevTools was there\t30',
        'sent before DevTools was there\t30',
      ]);

      await page.getByText('late?room=2').first().click();
      await page.getByRole('tab', { name: 'Headers' }).click();
      await page.getByText('101 Switching Protocols').waitFor();
      await page.getByText('Sec-WebSocket-Key').first().waitFor();
      await page.getByText('(client)').first().waitFor();
      await page.getByText('***').first().waitFor();
      assert.equal(await page.getByText('secret').count(), 0);
      await page.screenshot({ path: `${screenshots}/inspector-headers-${scheme}.png` });
    });
  }
});
