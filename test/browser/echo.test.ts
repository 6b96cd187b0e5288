// Chromium's own WebSocket against our server: a client that nobody here wrote, with a parser that fails the connection
// over what RFC 6455 forbids.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type CloseEvent, createServer, type ServerConnection, type ServerOptions } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { launchChromium, skip } from './chromium.ts';

describe('Chromium against our server', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /** An echo server, and how its connections end. */
  async function start(t: TestContext, options: ServerOptions<undefined> = {}, tls?: { cert: string; key: string }) {
    let ended: (event: CloseEvent) => void;
    const end = new Promise<CloseEvent>((resolve) => {
      ended = resolve;
    });
    const server = createServer({
      message: (connection, data) => void connection.send(data),
      close: (_, event) => ended(event),
      ...options,
    });
    t.after(() => server.close());
    const { port } = await server.listen({ port: 0, host: '127.0.0.1', tls });
    return { url: `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}/`, end };
  }

  /**
   * Runs `body` in a page, with `url`, and with `opened`, a Promise of an open WebSocket. `next(event)` there awaits an
   * event of it.
   */
  async function inPage<T>(t: TestContext, url: string, body: string, subprotocols: string[] = []): Promise<T> {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    t.after(() => page.close());
    return page.evaluate(`(async () => {
      const socket = new WebSocket(${JSON.stringify(url)}, ${JSON.stringify(subprotocols)});
      socket.binaryType = 'arraybuffer';
      const next = (type) => new Promise((resolve, reject) => {
        socket.addEventListener(type, resolve, { once: true });
        if (type !== 'close') {
          socket.addEventListener('close', (e) => reject(new Error('closed: ' + e.code + ' ' + e.reason)), { once: true });
        }
      });
      const ending = new Promise((resolve) => socket.addEventListener('close', ({ code, reason, wasClean }) => {
        resolve({ code, reason, wasClean });
      }));
      await next('open');
      ${body}
    })()`) as Promise<T>;
  }

  const echoText = (expression: string) => `
    const sent = ${expression};
    const answer = next('message');
    socket.send(sent);
    const { data } = await answer;
    socket.close(1000);
    return { same: data === sent, length: data.length, end: await ending };`;

  for (const [name, expression, length] of [
    ['text', "'Grüße, 你好 👋'", 12],
    ['empty text', "''", 0],
    ['text of 1 MiB', "'ä'.repeat(512 * 1024)", 512 * 1024],
    ['text of 16 MiB', "'0123456789abcdef'.repeat(1024 * 1024)", 16 * 1024 * 1024],
  ] as const) {
    test(name, async (t) => {
      const { url, end } = await start(t);
      const result = await inPage(t, url, echoText(expression));
      assert.deepEqual(result, { same: true, length, end: { code: 1000, reason: '', wasClean: true } });
      assert.deepEqual(await end, { code: 1000, reason: '', wasClean: true });
    });
  }

  for (const [name, size] of [
    ['binary', 4],
    ['empty binary', 0],
    ['binary of 125 bytes, the most that 7 bits of length take', 125],
    ['binary of 126 bytes', 126],
    ['binary of 65,535 bytes, the most that 16 bits take', 65_535],
    ['binary of 65,536 bytes', 65_536],
    ['binary of 1 MiB', 1024 * 1024],
    ['binary of 16 MiB', 16 * 1024 * 1024],
  ] as const) {
    test(name, async (t) => {
      const { url } = await start(t);
      const result = await inPage(
        t,
        url,
        `const sent = new Uint8Array(${size});
        for (let i = 0; i < sent.length; i++) sent[i] = (i * 31) ^ (i >> 8);
        const answer = next('message');
        socket.send(sent);
        const received = new Uint8Array((await answer).data);
        return { length: received.length, same: sent.every((byte, i) => byte === received[i]) };`,
      );
      assert.deepEqual(result, { length: size, same: true });
    });
  }

  test('a thousand messages keep their order', async (t) => {
    const { url } = await start(t);
    const result = await inPage<string[]>(
      t,
      url,
      `const received = [];
      const all = new Promise((resolve) => socket.addEventListener('message', ({ data }) => {
        if (received.push(data) === 1000) resolve();
      }));
      for (let i = 0; i < 1000; i++) socket.send(String(i));
      await all;
      return received;`,
    );
    assert.deepEqual(
      result,
      Array.from({ length: 1000 }, (_, i) => String(i)),
    );
  });

  for (const [code, reason] of [
    [1000, ''],
    [3000, 'x'.repeat(123)],
    [4999, 'Ende gut'],
  ] as const) {
    test(`RFC 6455 §7.4: closed by the browser with ${code}`, async (t) => {
      const { url, end } = await start(t);
      const result = await inPage(t, url, `socket.close(${code}, ${JSON.stringify(reason)}); return ending;`);
      assert.deepEqual(result, { code, reason, wasClean: true });
      assert.deepEqual(await end, { code, reason, wasClean: true });
    });
  }

  test('RFC 6455 §7.1.5: closed by the browser without a code', async (t) => {
    const { url, end } = await start(t);
    const result = await inPage(t, url, 'socket.close(); return ending;');
    assert.deepEqual(result, { code: 1005, reason: '', wasClean: true });
    assert.deepEqual(await end, { code: 1005, reason: '', wasClean: true });
  });

  for (const [code, reason] of [
    [1000, 'done'],
    [1001, ''],
    [1013, 'try again later'],
    [4000, 'ü'.repeat(61)],
  ] as const) {
    test(`RFC 6455 §7.4: closed by the server with ${code}`, async (t) => {
      const { url, end } = await start(t, { message: (connection) => void connection.close(code, reason) });
      const result = await inPage(t, url, `socket.send('end it'); return ending;`);
      assert.deepEqual(result, { code, reason, wasClean: true });
      assert.deepEqual(await end, { code, reason, wasClean: true });
    });
  }

  test('RFC 6455 §5.4: a message that the server fragments arrives whole', async (t) => {
    const { url } = await start(t, {
      message(connection) {
        connection.sendFragment('Hel', { fin: false });
        connection.ping('between');
        connection.sendFragment('lo', { fin: true });
      },
    });
    assert.equal(await inPage(t, url, `const m = next('message'); socket.send('go'); return (await m).data;`), 'Hello');
  });

  test('RFC 6455 §5.5.2: the browser answers a ping', async (t) => {
    let answered: (payload: string) => void;
    const pong = new Promise<string>((resolve) => {
      answered = resolve;
    });
    const { url } = await start(t, {
      message: (connection) => connection.ping('are you there'),
      pong: (_: ServerConnection<undefined>, payload) => answered(payload.toString()),
    });
    await inPage(t, url, `socket.send('ping me');`);
    assert.equal(await pong, 'are you there');
  });

  test('RFC 6455 §4.2.2: the subprotocol is the first of the browser’s that the server speaks', async (t) => {
    const { url } = await start(t, { subprotocols: ['v1.chat', 'v2.chat'] });
    assert.equal(await inPage(t, url, 'return socket.protocol;', ['v3.chat', 'v2.chat', 'v1.chat']), 'v2.chat');
  });

  test('messages over wss:', async (t) => {
    const { cert, key } = certificates().server;
    const { url } = await start(t, {}, { cert, key });
    const result = await inPage<{ same: boolean }>(t, url, echoText("'0123456789abcdef'.repeat(65536)"));
    assert.equal(result.same, true);
  });
});
