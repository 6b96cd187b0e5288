// The kit's client in a page of Chromium against our servers: messages and who owns them, opening and closing, answers,
// listeners and reuse (kit specification §3).

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { type CloseEvent, createServer, type ServerOptions } from '../../src/engine/index.ts';
import { Recorder, recordedServer } from '../kit/recorder.ts';
import { ScriptedServer } from '../kit/scripted-server.ts';
import { hex } from '../kit/wire.ts';
import { certificates } from '../support/certificates.ts';
import { launchChromium, skip } from './chromium.ts';
import { inPage, KitHost } from './kit-host.ts';

describe('the kit in Chromium', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let host: KitHost;
  before(async () => {
    browser = await launchChromium();
    host = new KitHost(browser);
  });
  after(() => browser?.close());

  /** An echo server, and how its connections end. */
  async function echo(t: TestContext, options: ServerOptions<undefined> = {}, tls?: { cert: string; key: string }) {
    const ends: CloseEvent[] = [];
    const trace = new Recorder();
    const server = createServer({
      message: (connection, data) => void connection.send(data),
      close: (_, event) => {
        ends.push(event);
        trace.record(`close ${event.code} ${event.reason}`);
      },
      ...options,
    });
    t.after(() => server.close());
    const { port } = await server.listen({ port: 0, host: '127.0.0.1', tls });
    return { url: `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}/`, ends, trace };
  }

  /** A server that opens and sends `frames`; it ends TCP when the client has, or has answered a Close frame. */
  async function scripted(t: TestContext, frames: string) {
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.write(hex(frames));
      if (frames.startsWith('88')) await peer.frame().catch(() => {});
      else await peer.closed();
      peer.socket.end();
    });
    t.after(() => server.close());
    return server.url;
  }

  describe('kit §3.7, §3.10: messages', () => {
    for (const [name, expression] of [
      ['text', "'Grüße, 你好 👋'"],
      ['empty text', "''"],
      ['text with U+0000', "'a\\0b'"],
      ['text of 1 MiB', "'ä'.repeat(512 * 1024)"],
    ] as const) {
      test(name, async (t) => {
        const { url } = await echo(t);
        const result = await inPage<{ same: boolean; ends: boolean }>(
          await host.open(t),
          url,
          `const sent = ${expression};
          const answer = new Promise((resolve) => ws.on('message', (_error, value) => resolve(value)));
          await ws.connect(url);
          await ws.send(sent);
          const same = (await answer) === sent;
          await trace.until('dataEnd');
          return { same, ends: true };`,
        );
        assert.deepEqual(result, { same: true, ends: true });
      });
    }

    for (const [name, size] of [
      ['binary', 4],
      ['empty binary: an ArrayBuffer of no bytes', 0],
      ['binary of 1 MiB', 1024 * 1024],
    ] as const) {
      test(name, async (t) => {
        const { url } = await echo(t);
        const result = await inPage<unknown>(
          await host.open(t),
          url,
          `const sent = new Uint8Array(${size}).map((_, i) => (i * 31) ^ (i >> 8));
          const answer = new Promise((resolve) => ws.on('message', (_error, value) => resolve(value)));
          await ws.connect(url);
          await ws.send(sent.buffer);
          const value = await answer;
          const received = new Uint8Array(value);
          return {
            isBuffer: value instanceof ArrayBuffer,
            length: value.byteLength,
            same: sent.every((byte, i) => byte === received[i]),
          };`,
        );
        assert.deepEqual(result, { isBuffer: true, length: size, same: true });
      });
    }

    test('a received buffer belongs only to its listener, which may transfer it', async (t) => {
      const { url } = await echo(t);
      const events = await inPage(
        await host.open(t),
        url,
        `ws.on('message', (_error, value) => {
          trace.record('on ' + new Uint8Array(value));
          structuredClone(value, { transfer: [value] });
          trace.record('left ' + value.byteLength);
        });
        ws.onMessage((_error, value) => trace.record('onMessage ' + new Uint8Array(value)));
        ws.onDataEnd(() => trace.record('onDataEnd'));
        ws.on('openInfo', () => {});
        ws.on('open', () => void ws.send(new Uint8Array([1, 2, 3]).buffer));
        await ws.connect(url);
        await trace.until('onDataEnd');
        return trace.events;`,
      );
      assert.deepEqual(events, ['on 1,2,3', 'left 0', 'onMessage 1,2,3', 'dataEnd', 'onDataEnd']);
    });

    test('the payload is as it was during the call, before the opening and after it', async (t) => {
      const { url } = await echo(t);
      const messages = await inPage(
        await host.open(t),
        url,
        `const bytes = new Uint8Array([1, 1, 1]);
        const connected = ws.connect(url);
        await ws.send(bytes.buffer);
        bytes.fill(2);
        await trace.until('openInfo');
        await ws.send(bytes.buffer);
        bytes.fill(3);
        const large = new Uint8Array(1024 * 1024).fill(4);
        const sent = ws.send(large.buffer);
        large.fill(5);
        await sent;
        let changed;
        ws.onMessage((_error, value) => { changed = new Uint8Array(value).some((byte) => byte !== 4); });
        const found = await trace.until('message', 3);
        return [...found.slice(0, 2), found[2].slice(0, 13), String(changed)];`,
      );
      assert.deepEqual(messages, ['message <010101>', 'message <020202>', 'message <0404', 'false']);
    });

    test('sent between connect and open: answered at once, and in order after `open`', async (t) => {
      const { url } = await echo(t);
      const events = await inPage(
        await host.open(t),
        url,
        `ws.off('openInfo');
        void trace.outcome('connect', ws.connect(url));
        ws.send('first', trace.callback('first'));
        void trace.outcome('second', ws.send('second'));
        ws.on('open', () => { trace.record('open'); void ws.send('third'); });
        await trace.until('dataEnd', 3);
        return trace.events.filter((event) => event !== 'dataEnd');`,
      );
      const answers = ['connect→true', 'first→true', 'second→true'];
      assert.deepEqual(events, [...answers, 'open', 'message first', 'message second', 'message third']);
    });

    test('messages sent before a failed opening are dropped', async (t) => {
      const server = await ScriptedServer.listen(async (peer) => {
        await peer.request();
        peer.socket.destroy();
      });
      t.after(() => server.close());
      const events = await inPage(
        await host.open(t),
        server.url,
        `void ws.connect(url);
        await trace.outcome('send', ws.send('x'));
        await trace.until('error');
        await trace.outcome('send', ws.send('x'));
        return trace.events;`,
      );
      assert.deepEqual(events, ['send→true', "error{200,'0'}", 'send→-1']);
    });

    test('5,242,864 bytes may be sent, one more is 401; a string counts as UTF-8', async (t) => {
      const lengths: number[] = [];
      const { url } = await echo(t, { message: (_, data) => void lengths.push(Buffer.byteLength(data)) });
      const events = await inPage(
        await host.open(t),
        url,
        `const most = 5 * 1024 * 1024 - 16;
        await ws.connect(url);
        await trace.until('openInfo');
        trace.events.length = 0;
        for (const data of [new ArrayBuffer(most), 'x'.repeat(most), 'ü'.repeat(most / 2), '€'.repeat(1747621) + 'x']) {
          await trace.outcome('send', ws.send(data));
        }
        const tooMuch = [new ArrayBuffer(most + 1), 'x'.repeat(most + 1), 'ü'.repeat(most / 2) + 'x', '€'.repeat(1747622)];
        for (const data of tooMuch) await trace.outcome('send', ws.send(data));
        await ws.close();
        await trace.until('close');
        return trace.events;`,
      );
      const outcomes = [...Array(4).fill('send→true'), ...Array(4).fill('send→401')];
      assert.deepEqual(events, [...outcomes, "close{1000,'CLOSE_NORMAL'}"]);
      assert.deepEqual(lengths, Array(4).fill(5_242_864));
    });

    test('a lone surrogate becomes U+FFFD', async (t) => {
      const { url } = await echo(t);
      const [message] = await inPage(
        await host.open(t),
        url,
        `await ws.connect(url); await ws.send('a\\ud800b'); return trace.until('message');`,
      );
      assert.equal(message, 'message a\ufffdb');
    });

    test('without a `message` listener there is no `dataEnd` either', async (t) => {
      const { url } = await echo(t, {
        open(connection) {
          for (const text of ['one', 'two', 'three']) connection.send(text);
          void connection.close(1000, 'done');
        },
      });
      const events = await inPage(
        await host.open(t),
        url,
        `ws.on('message', (_error, value) => {
          trace.record('message ' + value);
          ws.off('message');
        });
        await ws.connect(url);
        await trace.until('close');
        return trace.events.slice(2);`,
      );
      assert.deepEqual(events, ['message one', 'dataEnd', "close{1000,'done'}"]);
    });

    test('wss', async (t) => {
      const { cert, key } = certificates().server;
      const { url } = await echo(t, {}, { cert, key });
      const messages = await inPage(
        await host.open(t),
        url,
        `await ws.connect(url); await ws.send('secret'); return trace.until('message');`,
      );
      assert.deepEqual(messages, ['message secret']);
    });
  });

  describe('kit §3.4, §3.5: subprotocols', () => {
    for (const [name, options] of [
      ['the `protocol` option', { protocol: 'v3.chat, v2.chat,v1.chat' }],
      [
        'a `Sec-WebSocket-Protocol` header, which stands in for it',
        { header: { 'Sec-WebSocket-Protocol': 'v2.chat' } },
      ],
    ] as const) {
      test(`${name}: \`openInfo\` has what the server selected, \`open\` has not`, async (t) => {
        const { url } = await echo(t, { subprotocols: ['v1.chat', 'v2.chat'] });
        const events = await inPage(
          await host.open(t),
          url,
          `await ws.connect(url, ${JSON.stringify(options)}); await trace.until('openInfo'); return trace.events;`,
        );
        assert.deepEqual(events, [
          'open{"status":101,"message":"Switching Protocols"}',
          'openInfo{"status":101,"message":"Switching Protocols","protocol":"v2.chat"}',
        ]);
      });
    }

    test('a server that ignores the offer: the browser refuses the handshake', async (t) => {
      const { url } = await echo(t);
      const events = await inPage(
        await host.open(t),
        url,
        `await ws.connect(url, { protocol: 'chat' }); await trace.until('error'); return trace.events;`,
      );
      assert.deepEqual(events, ["error{200,'0'}"]);
    });
  });

  describe('kit §3.8: close', () => {
    const sent = (code: number) => (code === 1005 ? '1005 ' : '1000 bye');
    for (const [options, reported, onTheWire] of [
      ...Array.from(
        { length: 16 },
        (_, i) => [`{ code: ${1000 + i}, reason: 'bye' }`, `${1000 + i},'bye'`, sent(1000 + i)] as const,
      ),
      ['undefined', "1000,'CLOSE_NORMAL'", '1000 CLOSE_NORMAL'],
      ['{}', "1000,'CLOSE_NORMAL'", '1000 CLOSE_NORMAL'],
      ["{ code: 4000, reason: '' }", "1000,'CLOSE_NORMAL'", '1000 CLOSE_NORMAL'],
      ["{ code: -100, reason: 'bye' }", "1000,'bye'", '1000 bye'],
      ['{ code: 0, reason: null }', "1000,'CLOSE_NORMAL'", '1000 CLOSE_NORMAL'],
      ["{ code: '1001' }", "1000,'CLOSE_NORMAL'", '1000 CLOSE_NORMAL'],
      ["{ reason: 'ü'.repeat(80) }", `1000,'${'ü'.repeat(80)}'`, `1000 ${'ü'.repeat(61)}`],
    ] as const) {
      test(`close(${options})`, async (t) => {
        const { url, trace } = await echo(t);
        const events = await inPage(
          await host.open(t),
          url,
          `await ws.connect(url);
          await trace.until('openInfo');
          trace.events.length = 0;
          await trace.outcome('close()', ws.close(${options}));
          await trace.outcome('close()', ws.close());
          await trace.outcome('send', ws.send('x'));
          await trace.until('close{');
          await trace.outcome('close()', ws.close());
          return trace.events;`,
        );
        const after = ['close()→2302999', 'send→-1', `close{${reported}}`, 'close()→2302999'];
        assert.deepEqual(events, ['close()→true', ...after]);
        assert.deepEqual(await trace.until('close'), [`close ${onTheWire}`]);
      });
    }

    test('while connecting, to a server that never answers', async (t) => {
      const server = await ScriptedServer.listen((peer) => peer.closed());
      t.after(() => server.close());
      const events = await inPage(
        await host.open(t),
        server.url,
        `await trace.outcome('connect', ws.connect(url));
        await trace.outcome('send', ws.send('x'));
        await trace.outcome('close()', ws.close({ code: 1001, reason: 'never mind' }));
        await trace.outcome('close()', ws.close());
        await trace.outcome('send', ws.send('x'));
        await trace.outcome('connect', ws.connect(url));
        await trace.until('close{');
        await trace.outcome('connect', ws.connect(url));
        await trace.outcome('close()', ws.close());
        await trace.until('close{', 2);
        return trace.events;`,
      );
      assert.deepEqual(events.slice(0, 3), ['connect→true', 'send→true', 'close()→true']);
      assert.deepEqual(
        events.filter((event) => event.startsWith('close{')),
        ["close{1001,'never mind'}", "close{1000,'CLOSE_NORMAL'}"],
      );
      assert.deepEqual(
        events.filter((event) => /^(?:open|error)/u.test(event)),
        [],
      );
    });

    test('a peer that never answers: after `closeTimeout` the requested code and reason all the same', async (t) => {
      const server = await ScriptedServer.listen(async (peer) => {
        await peer.open();
        await peer.closed();
        peer.socket.end();
      });
      t.after(() => server.close());
      const events = await inPage(
        await host.open(t),
        server.url,
        `kit.configure({ closeTimeout: 100 });
        ws.on('openInfo', () => void ws.close({ code: 1003, reason: 'enough' }));
        await ws.connect(url);
        await trace.until('close{');
        await trace.outcome('connect', ws.connect(url));
        await trace.until('close{', 2);
        return trace.events.filter((event) => !event.startsWith('open'));`,
      );
      assert.deepEqual(events, ["close{1003,'enough'}", 'connect→true', "close{1003,'enough'}"]);
    });
  });

  test('kit §3.5: a server that never answers the request: after `handshakeTimeout` an error', async (t) => {
    const server = await ScriptedServer.listen((peer) => peer.closed());
    t.after(() => server.close());
    const events = await inPage(
      await host.open(t),
      server.url,
      `kit.configure({ handshakeTimeout: 100 });
      await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', "error{200,'0'}"]);
  });

  test('kit §8: permissions and domains of `harmony-websocket/configure` hold', async (t) => {
    const { url } = await echo(t);
    const events = await inPage(
      await host.open(t),
      url,
      `const undo = kit.configure({ allowedDomains: ['example.com'] });
      await trace.outcome('connect', ws.connect(url));
      undo();
      kit.configure({ permissions: [] });
      await trace.outcome('connect', ws.connect(url));
      await trace.outcome('send', ws.send('x'));
      await trace.outcome('close()', ws.close());
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→2302998', 'connect→201', 'send→201', 'close()→201']);
  });

  describe('kit §3.9: the end by the peer', () => {
    const noError: [name: string, frames: string, result: string][] = [
      ['code and text', '88 06  03 f5 62 75 73 79', "1013,'busy'"],
      ['code without text', '88 02  03 f3', "1011,'The link is down'"],
      ['no payload', '88 00', "1000,'The link is down'"],
      ['an application’s code', '88 07  0f a0 67 61 6d 65 21', "4000,'game!'"],
    ];
    for (const [name, frames, result] of noError) {
      test(`Close frame with ${name}`, async (t) => {
        const url = await scripted(t, frames);
        const events = await inPage(
          await host.open(t),
          url,
          `await ws.connect(url); await trace.until('close{'); return trace.events.slice(2);`,
        );
        assert.deepEqual(events, [`close{${result}}`]);
      });
    }

    // The engine reports 1002, 1002, 1007; a page is told 1006 for all that the browser itself fails.
    const failed: [name: string, frames: string][] = [
      ['an illegal Close code', '88 04  03 ee 6e 6f'],
      ['a reserved opcode', '83 00'],
      ['text that is not UTF-8', '81 01 ff'],
    ];
    for (const [name, frames] of failed) {
      test(`${name}: error, then close with code 0`, async (t) => {
        const url = await scripted(t, frames);
        const events = await inPage(
          await host.open(t),
          url,
          `await ws.connect(url); await trace.until('close{'); return trace.events.slice(2);`,
        );
        assert.deepEqual(events, ["error{200,'0'}", "close{0,'The link is down'}"]);
      });
    }
  });

  describe('kit §3.1: reuse', () => {
    test('fifty connections of one object, each begun inside the `close` of the one before', async (t) => {
      const { url, ends } = await echo(t);
      const counts = await inPage<unknown>(
        await host.open(t),
        url,
        `let rounds = 0;
        ws.on('openInfo', () => void ws.send('round ' + rounds));
        ws.on('dataEnd', () => void ws.close());
        ws.on('close', () => {
          rounds++;
          if (rounds < 50) ws.connect(url, trace.callback('connect'));
          else trace.record('done');
        });
        ws.connect(url, trace.callback('connect'));
        await trace.until('done');
        const count = (start) => trace.events.filter((event) => event.startsWith(start)).length;
        return { connected: count('connect→true'), opened: count('open{'), messages: count('message round') };`,
      );
      assert.deepEqual(counts, { connected: 50, opened: 50, messages: 50 });
      assert.equal(ends.length, 50);
      assert.ok(ends.every(({ code, reason }) => code === 1000 && reason === 'CLOSE_NORMAL'));
    });

    test('a second connect is 2302003 while connecting, open and closing', async (t) => {
      const { url } = await echo(t);
      const events = await inPage(
        await host.open(t),
        url,
        `void trace.outcome('connect', ws.connect(url));
        ws.connect(url, trace.callback('connect'));
        await trace.until('openInfo');
        await trace.outcome('connect', ws.connect(url));
        const closing = ws.close();
        void trace.outcome('connect', ws.connect(url));
        await closing;
        await trace.until('close{');
        return trace.events.filter((event) => event.startsWith('connect'));`,
      );
      assert.deepEqual(events, ['connect→true', ...Array(3).fill('connect→2302003')]);
    });
  });

  test('kit §11: answers come in the order of the calls, in both forms', async (t) => {
    const { url } = await echo(t);
    const events = await inPage(
      await host.open(t),
      url,
      `ws.connect(url, trace.callback('1'));
      void trace.outcome('2', ws.send('x'));
      ws.send(null, trace.callback('3'));
      ws.send('y', trace.callback('4'));
      trace.record('called');
      await trace.until('4');
      return trace.events;`,
    );
    assert.deepEqual([events[0], ...events.slice(1).sort()], ['called', '1→true', '2→true', '3→401', '4→true']);
    assert.ok(events.indexOf('1→true') < events.indexOf('3→401') && events.indexOf('3→401') < events.indexOf('4→true'));
  });

  test('kit §1.7: one listener an event; what it throws is uncaught and breaks nothing', async (t) => {
    const { url } = await echo(t);
    const page = await host.open(t);
    const uncaught: string[] = [];
    page.on('pageerror', (error) => uncaught.push(error.message));
    const events = await inPage(
      page,
      url,
      `ws.on('open', () => trace.record('replaced'));
      ws.on('open', () => { trace.record('open'); throw new Error('from open'); });
      ws.off('openInfo');
      ws.on('message', () => trace.record('never'));
      ws.off('message', () => {});
      ws.on('message', () => { throw new Error('from message'); });
      await ws.connect(url);
      await ws.send('x');
      await trace.until('dataEnd');
      ws.off('close');
      ws.onWebSocketClose((_error, { code }) => trace.record('closed ' + code));
      await ws.close();
      await trace.until('closed');
      return trace.events;`,
    );
    assert.deepEqual(events, ['open', 'dataEnd', 'closed 1000']);
    assert.deepEqual(uncaught, ['from open', 'from message']);
  });

  test('kit §2.1: without an `error` listener a failure is silent', async (t) => {
    const server = await ScriptedServer.listen((peer) => void peer.socket.destroy());
    t.after(() => server.close());
    const page = await host.open(t);
    const uncaught: string[] = [];
    page.on('pageerror', (error) => uncaught.push(error.message));
    const events = await inPage(
      page,
      server.url,
      `ws.off('error');
      ws.onWebSocketError(() => trace.record('error'));
      await ws.connect(url);
      await trace.until('error');
      const other = kit.webSocket.createWebSocket();
      await other.connect(url);
      await ws.connect(url);
      await trace.until('error', 2);
      return trace.events;`,
    );
    assert.deepEqual(events, ['error', 'error']);
    assert.deepEqual(uncaught, []);
  });

  test('kit §2.4: the `error` event is an Error with code, message and data', async (t) => {
    const refused = await inPage<unknown>(
      await host.open(t),
      // A port that browsers block (Fetch §2.9).
      'ws://127.0.0.1:1/',
      `const error = await new Promise((resolve) => {
        ws.on('error', resolve);
        void ws.connect(url);
      });
      return [error instanceof Error, error instanceof kit.BusinessError, JSON.stringify(error), error.cause.message];`,
    );
    assert.deepEqual(refused, [
      true,
      true,
      '{"code":200,"message":"Websocket connect failed","data":"0"}',
      'the browser could not open the WebSocket and does not tell a page why; look into its console',
    ]);
  });

  test('a policy of the page that forbids the address is a failed connection', async (t) => {
    const { url } = await echo(t);
    const events = await inPage(
      await host.open(t, { policy: "connect-src 'none'" }),
      url,
      `await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      await trace.outcome('connect', ws.connect(url));
      await trace.until('error', 2);
      return trace.events;`,
    );
    const failing = ['connect→true', "error{200,'0'}"];
    assert.deepEqual(events, [...failing, ...failing]);
  });

  test('so is ws: from a page of https:', async (t) => {
    const { cert, key } = certificates().server;
    const events = await inPage(
      await host.open(t, { tls: { cert, key } }),
      // Of a network for documentation (RFC 5737); the browser does not even try.
      'ws://192.0.2.1/',
      `await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      void ws.connect(url);
      await trace.outcome('close()', ws.close());
      await trace.until('close{');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', "error{200,'0'}", 'close()→true', "close{1000,'CLOSE_NORMAL'}"]);
  });

  test('the kit’s server and a page: subprotocol, both kinds of messages, its close event', async (t) => {
    const { server, trace: atServer, url } = await recordedServer({ protocol: 'chat' });
    t.after(() => server.stop());
    await inPage(
      await host.open(t),
      url,
      `await ws.connect(url, { protocol: 'chat' });
      await trace.until('openInfo');
      await ws.send('text');
      await ws.send(new Uint8Array([0, 255]).buffer);
      await ws.close({ code: 1001, reason: 'leaving' });
      await trace.until('close');`,
    );
    await atServer.until('close');
    assert.deepEqual(atServer.events, [
      'connect',
      'messageReceive text',
      'messageReceive <00ff>',
      "close{1000,'leaving'}",
    ]);
  });
});
