// The page of `serve` in Chromium, as a person uses it: fields by their labels, buttons by their names, and what the
// log and the state say. Screenshots for people to look at are left in build/screenshots/.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, describe, type TestContext, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { repository, serve } from '../cli/command.ts';
import { listen } from '../cli/peer.ts';
import { launchChromium, skip } from './chromium.ts';

const screenshots = `${repository}/build/screenshots`;

describe('the page in Chromium', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /** The page of a fresh server. A breach of the page's content policy, or an exception, fails the test. */
  async function visit(t: TestContext, options: Parameters<Browser['newPage']>[0] = {}) {
    const server = await serve(t);
    const page = await browser.newPage(options);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('WebSocket connection to'))
        problems.push(message.text());
    });
    // A hundred times what it takes; the tests' own limit would not say where they hang.
    page.setDefaultTimeout(60_000);
    t.after(() => page.close());
    await page.goto(server.page);
    return { ...server, page, log: createLog(page), problems };
  }

  function createLog(page: Page) {
    const rows = page.locator('.row');
    return {
      /** Waits for a row; `text` is of its content. */
      async row(direction: 'sent' | 'received' | 'none', kind: string, text: string | RegExp) {
        const row = rows
          .and(page.locator(`[data-direction=${direction}][data-kind=${kind}]`))
          .filter({ hasText: text });
        await row.first().waitFor();
        return row.first();
      },
      count: () => rows.count(),
    };
  }

  function state(page: Page, text: string): Promise<void> {
    return page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async function connect(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 'Connected');
  }

  test('connects to its own server, sends a text by Enter and shows the echo', async (t) => {
    const { page, log, sockets, problems } = await visit(t);
    assert.equal(await page.getByLabel('URL').inputValue(), sockets);
    assert.equal(await page.getByLabel('Message').isDisabled(), true);
    await connect(page);
    await page.keyboard.type('Grüße, 你好');
    await page.keyboard.press('Enter');
    await log.row('sent', 'text', 'Grüße, 你好');
    const echo = await log.row('received', 'text', 'Grüße, 你好');
    assert.match((await echo.textContent()) ?? '', /^\d\d:\d\d:\d\d\.\d{3}↓receivedtext15 BGrüße, 你好$/);
    assert.equal(await page.getByLabel('Message').inputValue(), '');
    assert.deepEqual(problems, []);
  });

  test('Enter in the URL connects; a subprotocol is offered and shown', async (t) => {
    const { page, command } = await visit(t);
    await page.getByLabel('Subprotocols').fill('chat, other');
    await page.getByLabel('URL').press('Enter');
    await state(page, 'Connected · chat');
    await command.seen(/#1 {4}open .* subprotocol chat\n/);
  });

  test('markup in a message is text', async (t) => {
    const { page, log, problems } = await visit(t);
    await connect(page);
    await page.getByLabel('Message').fill('<img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Send' }).click();
    await log.row('received', 'text', '<img src=x onerror=alert(1)>');
    assert.equal(await page.locator('.row img').count(), 0);
    assert.deepEqual(problems, []);
  });

  test('sends files as binary messages; bytes show as hex, pictures as pictures', async (t) => {
    const { page, log, problems } = await visit(t);
    await connect(page);
    const picture = createPng(120, 60);
    await page.getByLabel('Files to send').setInputFiles([
      { name: 'four.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 254, 255]) },
      { name: 'picture.png', mimeType: 'image/png', buffer: picture },
    ]);
    await log.row('sent', 'binary', /four\.bin\s*00 01 fe ff$/);
    await log.row('received', 'binary', /4 B\s*00 01 fe ff$/);
    await log.row('sent', 'binary', 'picture.png');
    const images = page.locator('.row img');
    await images.nth(1).waitFor();
    const widths = await images.evaluateAll(async (all) => {
      const loaded = all as unknown as { decode(): Promise<void>; naturalWidth: number }[];
      await Promise.all(loaded.map((image) => image.decode()));
      return loaded.map((image) => image.naturalWidth);
    });
    assert.deepEqual(widths, [120, 120]);
    assert.deepEqual(problems, []);
  });

  test('a file can be dropped anywhere', async (t) => {
    const { page, log } = await visit(t);
    await connect(page);
    const transfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array([104, 105])], 'dropped.txt'));
      return transfer;
    })()`);
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.getByText('Drop to send as binary messages').waitFor();
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await log.row('received', 'binary', '68 69');
    assert.equal(await page.getByText('Drop to send as binary messages').isVisible(), false);
  });

  test('closes with a chosen code and reason', async (t) => {
    const { page, log, command } = await visit(t);
    await connect(page);
    await page.getByLabel('Close code').fill('3001');
    await page.getByLabel('Reason').fill('done for today');
    await page.getByRole('button', { name: 'Close' }).click();
    await state(page, 'Closed with 3001');
    await log.row('none', 'note', 'closed with 3001 (a code of the application): done for today');
    await command.seen(/#1 {4}closed {3}3001 "done for today"\n/);
    assert.equal(await page.getByLabel('Message').isDisabled(), true);
  });

  test('a code that a browser cannot send, and a reason that does not fit, are refused in words', async (t) => {
    const { page } = await visit(t);
    await connect(page);
    const close = page.getByRole('button', { name: 'Close' });
    for (const code of ['', '999', '1001', '2999', '5000', '3e3']) {
      await page.getByLabel('Close code').fill(code);
      await close.click();
      await page.getByRole('alert').filter({ hasText: 'a browser can send only 1000 and 3000 to 4999' }).waitFor();
      assert.equal(await page.getByLabel('Close code').getAttribute('aria-invalid'), 'true');
    }
    await page.getByLabel('Close code').fill('1000');
    await page.getByLabel('Reason').fill('ü'.repeat(62));
    await close.click();
    await page.getByRole('alert').filter({ hasText: '124 bytes. A Close frame holds at most 123' }).waitFor();
    await state(page, 'Connected');
    await page.getByLabel('Reason').fill('ü'.repeat(61));
    await close.click();
    await state(page, 'Closed with 1000');
  });

  test('"bye" is answered by the server closing', async (t) => {
    const { page, log } = await visit(t);
    await connect(page);
    await page.getByLabel('Message').fill('bye');
    await page.getByLabel('Message').press('Enter');
    await state(page, 'Closed with 1000');
    await log.row('none', 'note', 'closed with 1000 (normal closure): bye');
    await connect(page);
  });

  test('a server that ends is reported', async (t) => {
    const { page, log, command } = await visit(t);
    await connect(page);
    command.signal('SIGINT');
    await state(page, 'Closed with 1001');
    await log.row('none', 'note', /going away.*server is going away/);
    assert.equal(await command.exit, 0);
  });

  test('a server that is gone is an error, and so is one that cannot be reached', async (t) => {
    const { page, log, command } = await visit(t);
    await connect(page);
    command.signal('SIGKILL');
    await state(page, 'Connection lost');
    await log.row('none', 'error', 'connection lost: it ended without a closing handshake (1006)');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await state(page, 'Could not connect');
    await log.row('none', 'error', 'could not connect: nothing listens there');
  });

  test('a URL or subprotocol that is not valid is refused in words', async (t) => {
    const { page, sockets } = await visit(t);
    for (const [url, text] of [
      ['', 'The URL is empty.'],
      ['nothing here', '“nothing here” is not a URL.'],
      ['ftp://127.0.0.1/', 'ftp: is not a WebSocket scheme'],
      ['localhost:8080', 'localhost: is not a WebSocket scheme'],
      ['ws://127.0.0.1/#part', 'A WebSocket URL cannot have a fragment'],
    ] as const) {
      await page.getByLabel('URL').fill(url);
      await page.getByLabel('URL').press('Enter');
      await page.getByRole('alert').filter({ hasText: text }).waitFor();
    }
    await page.getByLabel('URL').fill(sockets);
    for (const [subprotocols, text] of [
      ['chat, chat', 'The subprotocol “chat” is named twice.'],
      ['a/b', '“a/b” is not a subprotocol'],
    ] as const) {
      await page.getByLabel('Subprotocols').fill(subprotocols);
      await page.getByLabel('Subprotocols').press('Enter');
      await page.getByRole('alert').filter({ hasText: text }).waitFor();
    }
    await state(page, 'Not connected');
  });

  test('the log keeps the last 1000 rows, and can be cleared', async (t) => {
    const { page, log } = await visit(t);
    await connect(page);
    await page.evaluate(`(async () => {
      for (let i = 1; i <= 600; i++) {
        document.getElementById('text').value = 'message ' + i;
        document.getElementById('send-form').requestSubmit();
      }
    })()`);
    await log.row('received', 'text', /message 600$/);
    assert.equal(await log.count(), 1000);
    assert.match((await page.locator('#totals').textContent()) ?? '', /↑ 600 · .*↓ 600 · /s);
    await page.getByRole('button', { name: 'Clear' }).click();
    assert.equal(await log.count(), 0);
  });

  test('20,000 messages: exact totals, a bounded log, and one change per frame outside live regions', async (t) => {
    const { page, log, problems } = await visit(t);
    const { url, server } = await listen(t, (socket) => {
      for (let i = 1; i <= 20_000; i++) socket.send(`message ${i} ${'x'.repeat(60)}`);
    });
    await page.evaluate(`(() => {
      const seen = (window.seen = { frames: 0, log: 0, rows: 0, totals: 0, live: 0 });
      (function frame() { seen.frames++; requestAnimationFrame(frame); })();
      const observe = (selector, count) => {
        const all = { childList: true, characterData: true, subtree: true };
        for (const target of document.querySelectorAll(selector)) new MutationObserver(count).observe(target, all);
      };
      observe('#log', (records) => {
        seen.log++;
        for (const { target, addedNodes } of records) if (target.id === 'log') seen.rows += addedNodes.length;
      });
      observe('#received', () => seen.totals++);
      observe('[aria-live]:not([aria-live=off]), [role=status], [role=alert], output', () => seen.live++);
    })()`);
    await page.getByLabel('URL').fill(url);
    await page.getByLabel('URL').press('Enter');
    await page.locator('#received').filter({ hasText: '20,000 · ' }).waitFor();
    await log.row('received', 'text', /^.*message 20000 x+$/);
    const sizes = Array.from({ length: 20_000 }, (_, index) => `message ${index + 1} `.length + 60);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.equal(await page.locator('#received').textContent(), `20,000 · ${(total / 1024 / 1024).toFixed(1)} MiB`);
    assert.equal(await log.count(), 1000);
    assert.match((await page.locator('.row').first().textContent()) ?? '', /message 19001 x/);
    // Two notes came before: connecting, connected.
    const omitted = page.getByText('19,002 earlier rows are not shown: the log keeps the last 1,000.');
    assert.equal(await omitted.isVisible(), true);
    const seen = (await page.evaluate('seen')) as Record<'frames' | 'log' | 'rows' | 'totals' | 'live', number>;
    assert.ok(seen.log <= seen.frames, JSON.stringify(seen));
    assert.ok(seen.totals <= seen.frames, JSON.stringify(seen));
    assert.ok(seen.rows <= 64 * seen.frames, JSON.stringify(seen));
    assert.ok(seen.live < 100, JSON.stringify(seen));
    assert.equal(server.clients.size, 1, 'still connected');
    await page.getByRole('button', { name: 'Clear' }).click();
    assert.equal(await omitted.isVisible(), false);
    assert.equal(await page.locator('#received').textContent(), '0');
    assert.deepEqual(problems, []);
  });

  test('a reader who has scrolled up stays there while messages arrive, and is led back', async (t) => {
    const { page, log } = await visit(t);
    const { url, server } = await listen(t, (socket) => {
      for (let i = 1; i <= 100; i++) socket.send(`first ${i}`);
    });
    await page.getByLabel('URL').fill(url);
    await page.getByLabel('URL').press('Enter');
    await log.row('received', 'text', /first 100$/);
    await page.evaluate(`document.getElementById('log-scroll').scrollTop = 0`);
    // The scroll event comes with the next frame.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    for (const socket of server.clients) socket.send('later');
    await log.row('received', 'text', /later$/);
    assert.equal(await page.evaluate(`document.getElementById('log-scroll').scrollTop`), 0);
    await page.getByRole('button', { name: 'Newest' }).click();
    assert.equal(await page.getByRole('button', { name: 'Newest' }).isVisible(), false);
    assert.ok(((await page.evaluate(`document.getElementById('log-scroll').scrollTop`)) as number) > 0);
  });

  test('a screen reader hears of a message, and of the state, not of the counters', async (t) => {
    const { page } = await visit(t);
    await connect(page);
    await page.getByLabel('Message').fill('hello');
    await page.getByLabel('Message').press('Enter');
    await page.locator('[aria-live=polite]').filter({ hasText: 'received: hello' }).waitFor({ state: 'attached' });
    assert.equal(await page.locator('#totals').locator('output, [aria-live], [role]').count(), 0);
    assert.equal(await page.getByRole('log').getAttribute('aria-live'), 'off');
  });

  test('the password of a URL does not show in the log', async (t) => {
    const { page, log } = await visit(t);
    await page.getByLabel('URL').fill('ws://user:secret@127.0.0.1:1/');
    await page.getByLabel('URL').press('Enter');
    await log.row('none', 'note', 'connecting to ws://***@127.0.0.1:1/');
    assert.doesNotMatch((await page.locator('#log').textContent()) ?? '', /secret/);
  });

  for (const [name, width, height, colorScheme] of [
    ['wide-light', 1200, 760, 'light'],
    ['wide-dark', 1200, 760, 'dark'],
    ['narrow-light', 390, 844, 'light'],
    ['narrow-dark', 390, 844, 'dark'],
  ] as const) {
    test(`${name}: fits, and leaves a screenshot`, async (t) => {
      const { page, log } = await visit(t, { viewport: { width, height }, colorScheme });
      await connect(page);
      await page.getByLabel('Message').fill('Hello');
      await page.getByLabel('Message').press('Enter');
      await page.getByLabel('Message').fill(JSON.stringify({ order: 4711, items: ['A-100', 'B-7'], paid: true }));
      await page.getByLabel('Message').press('Enter');
      const files = [
        { name: 'sample.bin', mimeType: '', buffer: Buffer.from(Array.from({ length: 300 }, (_, i) => i & 255)) },
        { name: 'gradient.png', mimeType: 'image/png', buffer: createPng(160, 70) },
      ];
      await page.getByLabel('Files to send').setInputFiles(files);
      await log.row('received', 'binary', /00 01 02/);
      await page.locator('.row img').nth(1).waitFor();
      await page.screenshot({ path: `${screenshots}/page-${name}.png` });
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.equal(overflow, 0, 'nothing sticks out to the side');
    });
  }
});

/** A picture: a gradient, as a PNG of 8-bit RGB. */
function createPng(width: number, height: number): Buffer {
  const rows = Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_, x) => [40 + (x % 200), 90 + (y % 160), 220 - (x % 200)]);
    return Buffer.from([0, ...pixels.flat()]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
