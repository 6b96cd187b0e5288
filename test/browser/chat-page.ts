// The page of examples/chat as two people use it: in Chromium, by its labels and buttons.

import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type Cleanup, Command, repository } from '../support/command.ts';

/** A hundred times what it takes. */
const PATIENCE = 30_000;

/** Starts the example. @returns it, and the URL that it prints */
export async function startChat(t: Cleanup, ...parameters: string[]): Promise<{ command: Command; url: string }> {
  const command = new Command(t, ['examples/chat/main.js', '--port', '0', ...parameters], { folder: repository });
  const [, url = ''] = await command.seen(/Open (http:\S+)/u);
  return { command, url };
}

/** Somebody in the chat. */
export class Visitor {
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.startsWith('WebSocket connection to')) this.problems.push(text);
    });
  }

  /** Comes in, by the keyboard. */
  static async enter(
    t: Cleanup,
    browser: Browser,
    url: string,
    name: string,
    room = 'lobby',
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext(options);
    t.after(() => context.close());
    const visitor = new Visitor(await context.newPage());
    const { page } = visitor;
    await page.goto(url);
    await page.keyboard.type(name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(room); // the text of the field is selected
    await page.keyboard.press('Enter');
    await visitor.state(/^Connected to /u);
    await page.getByRole('heading', { name: `#${room}` }).waitFor();
    await visitor.sees(`${name} (you)`, page.getByRole('complementary'));
    return visitor;
  }

  async state(text: RegExp): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async sees(text: string, where = this.page.getByRole('log')): Promise<void> {
    await where.getByText(text, { exact: true }).first().waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message').fill(text);
    await this.page.getByLabel('Message').press('Enter');
  }

  /** The node that it is connected to. */
  async node(): Promise<string> {
    await this.state(/^Connected to /u);
    return ((await this.page.getByRole('status').textContent()) ?? '').replace('Connected to ', '');
  }

  /** What was said, in order: what does not wait any more. */
  texts(): Promise<string[]> {
    return this.page.locator('.message:not(.waits) .text').allTextContents();
  }

  /** Waits until all of these are there, and nothing else. */
  async has(texts: readonly string[]): Promise<void> {
    // The page's content policy forbids what `waitForFunction` does.
    if (texts.length > 0)
      await this.page
        .locator('.message:not(.waits)')
        .nth(texts.length - 1)
        .waitFor();
    assert.deepEqual([...(await this.texts())].sort(), [...texts].sort());
  }
}
