// In a page, rejections of the kit that nobody handles are a line of its console and no error of the page; those of the
// page itself are as ever.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, skip } from './chromium.ts';
import { KitHost } from './kit-host.ts';

describe('the kit in Chromium: what nobody handles', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let host: KitHost;
  before(async () => {
    browser = await launchChromium();
    host = new KitHost(browser);
  });
  after(() => browser?.close());

  /** What the page's console and the page's errors say, once `body` and a while after it have run. */
  async function outcome(context: TestContext, body: string): Promise<{ lines: string[]; errors: string[] }> {
    const page: Page = await host.open(context);
    const lines: string[] = [];
    const errors: string[] = [];
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
    page.on('pageerror', (error) => errors.push(error.message));
    // By the page's own script: the rejections of code that a test evaluates are handled.
    await page.addScriptTag({
      content: `{ const ws = kit.webSocket.createWebSocket(); const server = kit.webSocket.createWebSocketServer(); ${body} }
        setTimeout(() => { document.title = 'done'; }, 100);`,
    });
    await page.waitForFunction('document.title === "done"');
    return { lines, errors };
  }

  test('each is one warning with call, code and reason', async (context) => {
    const { lines, errors } = await outcome(
      context,
      `void ws.send('x');
      ws.close().then(() => {});
      server.start({ serverPort: 1 });
      (async () => { await ws.connect('hello'); })();`,
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(lines.map((line) => line.split(/ "|: (?=there|the)/)[0]).sort(), [
      'warning harmony-websocket: WebSocket.close failed with 2302999',
      'warning harmony-websocket: WebSocket.connect failed with 2302001',
      'warning harmony-websocket: WebSocket.send failed with -1',
      'warning harmony-websocket: WebSocketServer.start failed with 2302999',
    ]);
    assert.ok(
      lines.some((line) => line.includes('the client is not connected; call connect')),
      lines.join('\n'),
    );
  });

  test('a handled rejection prints nothing, even if a listener of the page handles it', async (context) => {
    const { lines, errors } = await outcome(
      context,
      `ws.send('x').catch(() => {});
      addEventListener('unhandledrejection', (event) => {
        console.info('page', event.reason.code);
        event.preventDefault();
      });
      void ws.send('x');`,
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(lines, ['info page -1']);
  });

  test('errors of the page are its own', async (context) => {
    const { lines, errors } = await outcome(
      context,
      `ws.send('x').catch(() => { throw new Error('own'); });
      (async () => { throw new Error('mine'); })();`,
    );
    assert.deepEqual(errors.sort(), ['mine', 'own']);
    assert.deepEqual(lines, []);
  });

  test('a failed connect without a listener for error is a warning', async (context) => {
    const { lines } = await outcome(context, `ws.connect('ws://127.0.0.1:1/');`);
    const own = lines.filter((line) => line.includes('harmony-websocket: '));
    assert.equal(own.length, 1, lines.join('\n'));
    assert.match(own[0] ?? '', /^warning harmony-websocket: WebSocket has no listener for its error event: 200 /);
  });

  test('arguments that fight back are answered', async (context) => {
    const { lines, errors } = await outcome(
      context,
      `const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      const codes = [];
      const note = (error) => codes.push(error.code + ' ' + (error.cause instanceof Error));
      Promise.all([
        ws.connect('ws://127.0.0.1/', proxy), ws.connect('ws://127.0.0.1/', { get header() { throw new TypeError('no'); } }),
        ws.send(proxy), ws.close(proxy), server.start(proxy), server.send(proxy, proxy),
      ].map((answer) => answer.catch(note))).then(() => console.info(codes.join()));`,
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(lines, ['info 2302999 true,2302999 true,401 true,2302999 true,2302999 true,2302999 true']);
  });
});
