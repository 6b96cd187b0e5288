// The event traces of kit specification §9, with the kit in a page of Chromium and our servers at the other end.
// Where a browser cannot tell what a device can, the test says what it reports instead; docs/browser.md has the table.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { Recorder, recordedServer } from '../kit/recorder.ts';
import { ScriptedServer } from '../kit/scripted-server.ts';
import { hex } from '../kit/wire.ts';
import { launchChromium, skip } from './chromium.ts';
import { inPage, KitHost } from './kit-host.ts';

const opened = [
  'open{"status":101,"message":"Switching Protocols"}',
  'openInfo{"status":101,"message":"Switching Protocols"}',
];
const refused = "error{200,'0'}";
const lost = "close{0,'The link is down'}";
const normal = "close{1000,'CLOSE_NORMAL'}";

/** A port of 127.0.0.1 on which nobody listens. */
async function refusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('the kit in Chromium, kit specification §9: event traces', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let host: KitHost;
  before(async () => {
    browser = await launchChromium();
    host = new KitHost(browser);
  });
  after(() => browser?.close());

  for (const form of ['callback', 'Promise'] as const) {
    test(`1. echo, client closes (${form} form)`, async (t) => {
      const { server, trace: atServer, url } = await recordedServer();
      t.after(() => server.stop());
      server.on('messageReceive', (message) => {
        atServer.record('messageReceive');
        void server.send(message.data, message.clientConnection);
      });
      const call = (name: string, method: string, ...args: string[]) =>
        form === 'callback'
          ? `ws.${method}(${[...args, `trace.callback('${name}')`].join(', ')});`
          : `void trace.outcome('${name}', ws.${method}(${args.join(', ')}));`;
      const events = await inPage(
        await host.open(t),
        url,
        `ws.on('openInfo', (_error, value) => {
          trace.record('openInfo' + JSON.stringify(value));
          ${call('send', 'send', "'hello'")}
        });
        ws.on('dataEnd', () => {
          trace.record('dataEnd');
          ${call('close()', 'close')}
        });
        ${call('connect', 'connect', 'url')}
        await trace.until('close{');
        return trace.events;`,
      );
      // No `headerReceive`: a page does not see the response.
      const rest = ['send→true', 'message hello', 'dataEnd', 'close()→true', normal];
      assert.deepEqual(events, ['connect→true', ...opened, ...rest]);
      await atServer.until('close{');
      assert.deepEqual(atServer.events, ['connect', 'messageReceive', normal]);
    });
  }

  test('2. refused port; the object connects again, from inside `error`', async (t) => {
    const { server, url } = await recordedServer();
    t.after(() => server.stop());
    const events = await inPage(
      await host.open(t),
      url,
      `ws.on('error', (error) => {
        trace.record('error{' + error.code + ",'" + error.data + "'}");
        void trace.outcome('connect', ws.connect(url));
      });
      await trace.outcome('connect', ws.connect('ws://127.0.0.1:${await refusedPort()}'));
      await trace.until('openInfo');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', refused, 'connect→true', ...opened]);
  });

  test('3. HTTP 403; a page does not see the status', async (t) => {
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.request();
      peer.socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    t.after(() => server.close());
    const events = await inPage(
      await host.open(t),
      server.url,
      `await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', refused]);
  });

  test('4. ws://', async (t) => {
    const events = await inPage(
      await host.open(t),
      'ws://',
      `await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→-1', refused]);
  });

  test('5. server killed', async (t) => {
    const { server, url } = await recordedServer();
    t.after(() => server.stop());
    const killed = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      await peer.frame();
      peer.socket.destroy();
    });
    t.after(() => killed.close());
    const events = await inPage(
      await host.open(t),
      url,
      `await ws.connect('${killed.url}');
      await ws.send('now');
      await trace.until('close');
      await trace.outcome('send', ws.send('x'));
      await trace.outcome('close()', ws.close());
      await trace.outcome('connect', ws.connect(url));
      await trace.until('openInfo', 2);
      return trace.events;`,
    );
    const after = ['send→-1', 'close()→2302999', 'connect→true', ...opened];
    assert.deepEqual(events, [...opened, refused, lost, ...after]);
  });

  test('6. server closes', async (t) => {
    const { server, trace: atServer, url } = await recordedServer();
    t.after(() => server.stop());
    server.on('connect', (connection) => void atServer.outcome('close()', server.close(connection)));
    const events = await inPage(
      await host.open(t),
      url,
      `await ws.connect(url);
      await trace.until('close');
      return trace.events;`,
    );
    assert.deepEqual(events, [...opened, normal]);
    await atServer.until('close{');
    assert.deepEqual(atServer.events, ['close()→true', normal]);
  });

  test('7. server stops with two clients', async (t) => {
    const { server, trace: atServer, url } = await recordedServer();
    const page = await host.open(t);
    const ended = inPage<string[][]>(
      page,
      url,
      `const other = kit.recordedClient();
      await ws.connect(url);
      await other.ws.connect(url);
      await Promise.all([trace.until('close'), other.trace.until('close')]);
      return [trace.events, other.trace.events];`,
    );
    await atServer.until('connect', 2);
    await server.stop();
    for (const events of await ended) assert.deepEqual(events, [...opened, "close{1001,'server is going away'}"]);
  });

  test('8. the server sends code 4001 with empty text', async (t) => {
    const answer = new Recorder();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.write(hex('88 02  0f a1'));
      const { first, payload } = await peer.frame();
      answer.record(`${first.toString(16)} ${payload.toString('hex')}`);
      peer.socket.end();
    });
    t.after(() => server.close());
    const events = await inPage(
      await host.open(t),
      server.url,
      `await ws.connect(url);
      await trace.until('close');
      return trace.events;`,
    );
    assert.deepEqual(events, [...opened, "close{4001,'The link is down'}"]);
    assert.deepEqual(answer.events, ['88 0fa1']);
  });

  test('10. send(A); send(B); close() right after open: the peer receives A, B, then the Close frame', async (t) => {
    const received = new Recorder();
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      for (let count = 0; count < 3; count++) {
        const { first, payload } = await peer.frame();
        received.record(`${first.toString(16)} ${payload.toString('latin1')}`);
      }
      peer.write(hex('88 02  03 e8'));
      peer.socket.end();
    });
    t.after(() => server.close());
    const events = await inPage(
      await host.open(t),
      server.url,
      `ws.on('openInfo', () => {
        void trace.outcome('send', ws.send('A'));
        void trace.outcome('send', ws.send('B'));
        void trace.outcome('close()', ws.close());
      });
      await ws.connect(url);
      await trace.until('close{');
      return trace.events;`,
    );
    assert.deepEqual(received.events, ['81 A', '81 B', '88 \u0003\u00e8CLOSE_NORMAL']);
    assert.deepEqual(events.slice(1), ['send→true', 'send→true', 'close()→true', normal]);
  });

  test('11. connect(); close() in the same tick', async (t) => {
    const { server, url } = await recordedServer();
    t.after(() => server.stop());
    const events = await inPage(
      await host.open(t),
      url,
      `void trace.outcome('connect', ws.connect(url));
      void trace.outcome('close()', ws.close());
      await trace.until('close{');
      // Whatever would still come for this attempt comes before a second one is open.
      const second = kit.recordedClient();
      await second.ws.connect(url);
      await second.trace.until('openInfo');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', 'close()→true', normal]);
  });

  test('12. the eleventh loopback client at 10/10; a page does not see the status', async (t) => {
    const { server, trace: atServer, url } = await recordedServer();
    t.after(() => server.stop());
    const events = await inPage(
      await host.open(t),
      url,
      `const clients = Array.from({ length: 10 }, kit.recordedClient);
      for (const client of clients) {
        await client.ws.connect(url);
        await client.trace.until('openInfo');
      }
      await trace.outcome('connect', ws.connect(url));
      await trace.until('error');
      for (const client of clients) await client.ws.send('x');
      return trace.events;`,
    );
    assert.deepEqual(events, ['connect→true', refused]);
    await atServer.until('messageReceive', 10);
    assert.equal(atServer.events.filter((event) => event === 'error{200}').length, 1);
  });
});
