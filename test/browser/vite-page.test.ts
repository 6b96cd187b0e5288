// A project as a user has it: an ArkTS networking class in a page through Vite, with the package installed from its
// tarball. The page, built and from the dev server, talks to our server in Chromium.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { recordedServer } from '../kit/recorder.ts';
import { Project } from '../support/tarball.ts';
import { launchChromium, skip } from './chromium.ts';

describe('a browser page through Vite', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let installed: Project | string;
  before(async () => {
    [browser, installed] = await Promise.all([launchChromium(), Project.install('vite-page')]);
  });
  after(async () => {
    await browser?.close();
    if (typeof installed === 'object') installed.remove();
  });

  /** The project; without it the test is skipped. */
  function project(t: TestContext): Project | undefined {
    if (typeof installed === 'object') return installed;
    t.skip(installed);
    return undefined;
  }

  /** Opens the page at `address`, which asks a server of the kit; what the page shows then. */
  async function conversation(t: TestContext, address: string): Promise<string> {
    const { server, trace, url } = await recordedServer();
    t.after(() => server.stop());
    server.on('messageReceive', ({ data, clientConnection }) => {
      trace.record(`asked ${data}`);
      const { text } = JSON.parse(data as string) as { text: string };
      void server.send(JSON.stringify({ kind: 'answer', text: text.toUpperCase() }), clientConnection);
    });
    const page = await browser.newPage();
    t.after(() => page.close());
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${address}?server=${encodeURIComponent(url)}`);
    const output = page.locator('output').filter({ hasText: /./u });
    // What goes wrong in the page is a better message than that nothing came.
    await output.waitFor({ timeout: 60_000 }).catch((error: Error) => assert.fail(`${problems.join('\n')}\n${error}`));
    await trace.until('close');
    assert.deepEqual(trace.events, [
      'connect',
      'asked {"kind":"question","text":"hello"}',
      "close{1000,'CLOSE_NORMAL'}",
    ]);
    assert.deepEqual(problems, []);
    return (await output.textContent()) ?? '';
  }

  /**
   * The answer, how many were asked, whether there is one `webSocket`, and the codes with which a server refuses and, after
   * `configure` took its permissions, a client.
   */
  const shown = 'HELLO 1 true 2302999 201';

  test('vite build: the page talks to our server, and has nothing of Node', async (t) => {
    const where = project(t);
    if (where === undefined) return;
    const { code, output } = await where.start('npm', 'run', 'build').ended;
    assert.equal(code, 0, output);
    // Vite's remark about a module of Node in a page.
    assert.doesNotMatch(output, /externalized for browser compatibility/u);
    const assets = join(where.folder, 'dist/assets');
    const scripts = readdirSync(assets).map((name) => readFileSync(join(assets, name)));
    for (const script of scripts) assert.doesNotMatch(script.toString(), /from ?"node:|Buffer\.from|process\.env/u);
    const sizes = scripts.map((script) => `${script.byteLength} bytes, ${gzipSync(script).byteLength} with gzip`);
    t.diagnostic(`page and kit: ${sizes.join('; ')}`);
    assert.equal(await conversation(t, await serve(t, join(where.folder, 'dist'))), shown);
  });

  test('the dev server: the same, with the package as it is', async (t) => {
    const where = project(t);
    if (where === undefined) return;
    const [address] = await where.start('node', 'dev.js').seen(/http:\S+/u);
    assert.equal(await conversation(t, address), shown);
  });
});

/** Serves a folder. */
async function serve(t: TestContext, folder: string): Promise<string> {
  const types: Record<string, string> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://host');
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
