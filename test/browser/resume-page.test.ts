// Pages whose sessions survive: without a network, frozen, duplicated, left and come back to. In Chromium, against a server
// with sessions; each time nothing is lost, and nothing comes twice.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createServer, type ServerConnection } from '../../src/engine/index.ts';
import { repository } from '../support/command.ts';
import { Inbox } from '../support/inbox.ts';
import { peer } from '../support/peers.ts';

const found = peer('chromium');

/** What the page does: keeps what it hears, and sends what it is told to. */
const program = `import { ResumableWebSocket } from './src/browser/resume.ts';
  const socket = new ResumableWebSocket(new URLSearchParams(location.search).get('server'));
  const messages = [], events = [];
  socket.addEventListener('message', ({ data }) => messages.push(typeof data === 'string' ? data : 'bytes ' + data.byteLength));
  for (const type of ['open', 'interrupted', 'resumed', 'expired', 'close']) socket.addEventListener(type, () => events.push(type));
  addEventListener('pageshow', ({ persisted }) => { if (persisted) events.push('shown again'); });
  Object.assign(window, { socket, messages, events });`;

interface World {
  readonly url: string;
  readonly opened: Inbox<ServerConnection>;
  readonly received: string[];
  /** Cuts what is open, and takes nothing until `heal`. */
  sever(): void;
  heal(): void;
  readonly isSevered: boolean;
}

describe('a page with a session', { skip: found.skip, timeout: 120_000 }, () => {
  let browser: Browser;
  let bundle = '';
  before(async () => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: repository, loader: 'ts' },
      bundle: true,
      format: 'esm',
      tsconfig: join(repository, 'src/browser/tsconfig.json'),
      write: false,
    });
    bundle = outputFiles[0]?.text ?? '';
    browser = await chromium.launch({
      executablePath: found.path,
      // Pages that were left are kept, as they are for people.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    });
  });
  after(() => browser?.close());

  /** A server, and a way to it that can be cut. */
  async function world(t: TestContext): Promise<World> {
    const opened = new Inbox<ServerConnection>();
    const received: string[] = [];
    const server = createServer({
      resume: true,
      open: opened.push,
      message: (_connection, data) => void received.push(typeof data === 'string' ? data : `bytes ${data.length}`),
    });
    t.after(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    const sockets = new Set<Socket>();
    let isSevered = false;
    const proxy = createTcpServer((socket) => {
      if (isSevered) {
        socket.destroy();
        return;
      }
      const upstream = connectTcp(port, '127.0.0.1');
      for (const one of [socket, upstream]) {
        sockets.add(one);
        one.on('error', () => {});
        one.on('close', () => {
          sockets.delete(one);
          socket.destroy();
          upstream.destroy();
        });
      }
      socket.pipe(upstream).pipe(socket);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const http = createHttpServer(({ url = '' }, response) => {
      const isScript = url.startsWith('/page.js');
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? bundle : url === '/other' ? 'other' : '<script type="module" src="/page.js"></script>');
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      http.close();
      http.closeAllConnections();
    });
    const portOf = (listener: { address(): unknown }): number => (listener.address() as AddressInfo).port;
    return {
      url: `http://127.0.0.1:${portOf(http)}/?server=${encodeURIComponent(`ws://127.0.0.1:${portOf(proxy)}/`)}`,
      opened,
      received,
      sever() {
        isSevered = true;
        for (const socket of sockets) socket.destroy();
      },
      heal() {
        isSevered = false;
      },
      get isSevered() {
        return isSevered;
      },
    };
  }

  async function visit(t: TestContext, url: string): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(url);
    return { context, page };
  }

  const messagesOf = (page: Page): Promise<string[]> => page.evaluate('messages');
  const eventsOf = (page: Page): Promise<string[]> => page.evaluate('events');
  const send = (page: Page, text: string): Promise<unknown> => page.evaluate(`socket.send(${JSON.stringify(text)})`);
  const until = (page: Page, condition: string): Promise<unknown> =>
    page.waitForFunction(condition, undefined, { timeout: 60_000 });
  const arrived = async (received: readonly string[], count: number): Promise<void> => {
    while (received.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  test('without a network, and with one again: it comes back at once', async (t) => {
    const { url, opened, received, sever, heal } = await world(t);
    const { context, page } = await visit(t, url);
    const connection = await opened.next();
    await send(page, 'up 1');
    connection.send('down 1');
    await until(page, 'messages.length === 1');
    await context.setOffline(true);
    sever();
    await until(page, 'events.includes("interrupted")');
    await send(page, 'up 2');
    connection.send('down 2');
    connection.send(Buffer.alloc(600_000));
    heal();
    await context.setOffline(false);
    await until(page, 'messages.length === 3');
    await page.evaluate('socket.send(new Uint8Array(700000))');
    await arrived(received, 3);
    assert.deepEqual(await messagesOf(page), ['down 1', 'down 2', 'bytes 600000']);
    assert.deepEqual(received, ['up 1', 'up 2', 'bytes 700000']);
    const events = await eventsOf(page);
    assert.deepEqual([events[0], events.at(-1)], ['open', 'resumed']);
    assert.ok(!events.includes('expired'));
    await page.evaluate('socket.close(4000, "bye")');
    assert.equal((await connection.closed).code, 4000);
  });

  test('frozen while messages are sent', async (t) => {
    const { url, opened } = await world(t);
    const { context, page } = await visit(t, url);
    const connection = await opened.next();
    await until(page, 'events.includes("open")');
    const session = await context.newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    for (let count = 0; count < 50; count++) connection.send(`${count}`);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await until(page, 'messages.length >= 50');
    assert.deepEqual(
      await messagesOf(page),
      Array.from({ length: 50 }, (_, index) => `${index}`),
    );
  });

  test('duplicated: each tab has its own session', async (t) => {
    const { url, opened } = await world(t);
    const { context, page } = await visit(t, url);
    const first = await opened.next();
    await until(page, 'events.includes("open")');
    const [copy] = await Promise.all([context.waitForEvent('page'), page.evaluate('void window.open(location.href)')]);
    const second = await opened.next();
    await until(copy, 'events.includes("open")');
    assert.notEqual(first.session?.id, second.session?.id);
    first.send('first');
    second.send('second');
    await Promise.all([until(page, 'messages.length > 0'), until(copy, 'messages.length > 0')]);
    assert.deepEqual([await messagesOf(page), await messagesOf(copy)], [['first'], ['second']]);
    assert.deepEqual(await eventsOf(page), ['open']);
  });

  test('left, and come back to', async (t) => {
    const { url, opened, received } = await world(t);
    const { page } = await visit(t, url);
    const connection = await opened.next();
    await until(page, 'events.includes("open")');
    await send(page, 'before');
    await arrived(received, 1);
    await page.goto(new URL('/other', url).href);
    connection.send('meanwhile 1');
    connection.send('meanwhile 2');
    // A page that was kept does not load again.
    await page.goBack({ waitUntil: 'commit' });
    await until(page, 'events.includes("shown again")');
    await until(page, 'messages.length === 2');
    await send(page, 'after');
    await arrived(received, 2);
    assert.deepEqual(await messagesOf(page), ['meanwhile 1', 'meanwhile 2']);
    assert.deepEqual(received, ['before', 'after']);
    assert.deepEqual(
      (await eventsOf(page)).filter((name) => name !== 'shown again'),
      ['open', 'interrupted', 'resumed'],
    );
    assert.equal(connection.isOpen, true);
  });
});
