// docs/browser.md: its example runs in Chromium, and its table of refused options is complete.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { refusedOptions } from '../../src/browser/refusal.ts';
import { recordedServer } from '../kit/recorder.ts';
import { launchChromium, skip } from './chromium.ts';
import { KitHost } from './kit-host.ts';

const guide = readFileSync(new URL('../../docs/browser.md', import.meta.url), 'utf8');

test('docs/browser.md names the refused options in the order of their checks', () => {
  const [, section = ''] = /^## What is refused\n([\s\S]*?)^## /mu.exec(guide) ?? [];
  const names = [...section.matchAll(/^\| `(\w+)`/gmu)].map(([, name]) => name);
  assert.deepEqual(names, refusedOptions);
});

describe('docs/browser.md in Chromium', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  test('the example talks to the kit’s server', async (t) => {
    const { server, trace, url } = await recordedServer({ protocol: 'chat' });
    t.after(() => server.stop());
    server.on('messageReceive', ({ data, clientConnection }) => {
      trace.record(`messageReceive ${data}`);
      void server.send(`echo: ${data}`, clientConnection);
    });
    const [, example = ''] = /^```ts\n([\s\S]*?)^```$/mu.exec(guide) ?? [];
    assert.ok(example.includes('ws://127.0.0.1:8080/'));
    const contents = example.replace('ws://127.0.0.1:8080/', `${url}/`);
    const { outputFiles } = await build({
      stdin: { contents, loader: 'ts', resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      logLevel: 'silent',
    });
    const page = await new KitHost(browser).open(t);
    const lines: string[] = [];
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
    const closed = page.waitForEvent('console', (message) => message.text().startsWith('closed'));
    await page.addScriptTag({ content: outputFiles[0]!.text, type: 'module' });
    await closed;
    assert.deepEqual(lines, ['info closed 1000 CLOSE_NORMAL']);
    assert.equal(await page.title(), 'echo: Hello from a page');
    await trace.until('close');
    assert.deepEqual(trace.events, ['connect', 'messageReceive Hello from a page', "close{1000,'CLOSE_NORMAL'}"]);
  });
});
