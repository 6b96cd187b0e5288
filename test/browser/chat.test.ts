// examples/chat in Chromium, in one process: rooms, who is there, history, the keyboard, and how it looks. Screenshots are left in
// build/screenshots/. With several nodes: chat-nodes.test.ts.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { repository } from '../support/command.ts';
import { startChat, Visitor } from './chat-page.ts';
import { launchChromium, skip } from './chromium.ts';

const screenshots = `${repository}/build/screenshots`;

describe('the chat in Chromium', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  after(() => browser?.close());

  const enter = (t: TestContext, url: string, name: string, room?: string) =>
    Visitor.enter(t, browser, url, name, room);

  test('two people talk, see each other come and go, and what was said before', async (t) => {
    const { url } = await startChat(t);
    const ann = await enter(t, url, 'Ann');
    await ann.say('Is anybody here?');
    await ann.sees('Is anybody here?');
    const ben = await enter(t, url, 'Ben');
    await ben.sees('Is anybody here?');
    await ann.sees('Ben has come');
    await ann.sees('Ben', ann.page.getByRole('complementary'));
    await ben.say('<b>Yes</b>\nme');
    await ann.has(['Is anybody here?', '<b>Yes</b>\nme']);
    await ben.page.close();
    await ann.sees('Ben has left');
    assert.deepEqual([...ann.problems, ...ben.problems], []);
  });

  test('rooms by the keyboard; messages in another one are counted', async (t) => {
    const { url } = await startChat(t);
    const [ann, ben] = [await enter(t, url, 'Ann'), await enter(t, url, 'Ben', 'tea')];
    await ann.page.getByLabel('Another room').fill('tea');
    await ann.page.getByLabel('Another room').press('Enter');
    await ann.sees('Ben', ann.page.getByRole('complementary'));
    await ann.page.keyboard.press('Alt+ArrowUp');
    await ann.page.getByRole('heading', { name: '#lobby' }).waitFor();
    await ben.say('Green or black?');
    await ann.page.getByRole('button', { name: '#tea 1' }).waitFor();
    assert.equal(await ann.page.title(), '(1) #lobby · Chat');
    await ann.page.keyboard.press('Alt+ArrowDown');
    await ann.has(['Green or black?']);
    await ann.page.getByRole('button', { name: 'Leave' }).click();
    await ben.sees('Ann has left');
    await ann.page.getByRole('heading', { name: '#lobby' }).waitFor();
  });

  test('without a network: what is written waits, and comes once', async (t) => {
    const { url } = await startChat(t);
    const [ann, ben] = [await enter(t, url, 'Ann'), await enter(t, url, 'Ben')];
    await ann.say('before');
    await ben.has(['before']);
    await ann.page.context().setOffline(true);
    await ann.page.evaluate(`document.dispatchEvent(new Event('offline'))`);
    await ben.say('meanwhile');
    await ann.say('from Ann');
    await ann.page.context().setOffline(false);
    for (const visitor of [ann, ben]) await visitor.has(['before', 'meanwhile', 'from Ann']);
  });

  test('what the server does not do is told', async (t) => {
    const { url } = await startChat(t);
    const ann = await enter(t, url, 'Ann');
    for (let count = 0; count < 31; count++) await ann.say(`message ${count}`);
    await ann.page.getByRole('alert').filter({ hasText: 'Not done: too fast: wait a few seconds.' }).waitFor();
    await ann.has(Array.from({ length: 30 }, (_, count) => `message ${count}`));
    assert.equal(await ann.page.getByLabel('Message').inputValue(), 'message 30');
  });

  test('light and dark, wide and narrow: it fits, and leaves a screenshot', async (t) => {
    const { url } = await startChat(t);
    const [ben, ann] = [await enter(t, url, 'Ben'), await enter(t, url, 'Ann')];
    await enter(t, url, 'Chen Yu');
    const { page } = ann;
    await ben.say('Has anybody tried to kill a node?');
    await ann.has(['Has anybody tried to kill a node?']);
    await ann.say('Yes. The page was away for a second, and nothing was missing.\n\nThe history has all of it.');
    await ann.sees('Chen Yu', page.getByRole('complementary'));
    await page.getByLabel('Another room').fill('tea');
    await page.getByLabel('Another room').press('Enter');
    await page.getByRole('button', { name: '#lobby' }).click();
    await page.locator('.waits').waitFor({ state: 'detached' });
    for (const [name, width, height] of [
      ['wide', 1200, 760],
      ['narrow', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${screenshots}/chat-${name}-${colorScheme}.png` });
        assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0, name);
      }
    }
    assert.equal(await page.getByLabel('Your name').isVisible(), false);
    assert.deepEqual(ann.problems, []);
  });
});
