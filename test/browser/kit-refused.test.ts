// What the kit refuses in a page of Chromium: wrong arguments as everywhere (kit specification §2, §10), and what a
// browser cannot do, in a sentence. Also `hilog`, whose lines go to the console.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { recordedServer } from '../kit/recorder.ts';
import { launchChromium, skip } from './chromium.ts';
import { inPage, KitHost } from './kit-host.ts';

describe('the kit in Chromium refuses', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let host: KitHost;
  before(async () => {
    browser = await launchChromium();
    host = new KitHost(browser);
  });
  after(() => browser?.close());

  /** How calls fail, each an expression with `ws` and `f`, a function; `undefined` for one that succeeds. */
  function failures(page: Page, url: string, calls: readonly string[]) {
    return inPage<({ code: number; message: string } | undefined)[]>(
      page,
      url,
      `const f = () => {};
      const found = [];
      for (const call of [${calls.map((call) => `() => ${call}`).join(', ')}]) found.push(await kit.failure(call));
      return found;`,
    );
  }

  const options: [option: string, refused: string[], accepted: string[]][] = [
    [
      'header',
      ["{ header: { 'X-Token': '1' } }", '{ header: { a: 5 } }', "{ header: { origin: 'null' } }"],
      // Nothing that would be sent anywhere.
      ['{ header: {} }', "{ header: 'text' }", "{ header: { a: '', b: null, upgrade: 'h2c', 'c:': 'd' } }"],
    ],
    ['caPath', ["{ caPath: '/ca.pem' }"], ["{ caPath: '' }", '{ caPath: 5 }', '{ caPath: undefined }']],
    [
      'clientCert',
      ["{ clientCert: { certPath: '/cert.pem', keyPath: '/key.pem' } }"],
      ["{ clientCert: { certPath: '', keyPath: '' } }", '{ clientCert: null }'],
    ],
    [
      'proxy',
      [
        "{ proxy: 'no-proxy' }",
        "{ proxy: { host: 'proxy', port: 3128, exclusionList: [] } }",
        "{ proxy: { host: '', port: 0, exclusionList: [] } }",
      ],
      ["{ proxy: 'system' }", '{}'],
    ],
    [
      'skipServerCertVerification',
      ['{ skipServerCertVerification: true }'],
      ['{ skipServerCertVerification: false }', '{ skipServerCertVerification: 1 }'],
    ],
    [
      'minSupportTlsProtocol',
      [0, 1, 2, 3].map((version) => `{ minSupportTlsProtocol: ${version} }`),
      ['{ minSupportTlsProtocol: 4 }', "{ minSupportTlsProtocol: 'TLS_V_1_2' }"],
    ],
    ['supportOriginPort', ['{ supportOriginPort: true }'], ['{ supportOriginPort: false }']],
    [
      'pingInterval',
      ['{ pingInterval: 30 }', '{ pingInterval: 10, pongTimeout: 5 }', '{ pingInterval: -1 }'],
      ['{ pingInterval: 0 }', '{ pingInterval: 0, pongTimeout: 5 }', "{ pingInterval: '10' }", '{ pingInterval: NaN }'],
    ],
    ['pongTimeout', ['{ pongTimeout: 5 }', '{ pongTimeout: 0 }'], ["{ pongTimeout: '5' }"]],
  ];
  for (const [option, refused, accepted] of options) {
    test(`option ${option}: 2302999 and a sentence`, async (t) => {
      const { server, url } = await recordedServer();
      t.after(() => server.stop());
      const page = await host.open(t);
      const found = await failures(
        page,
        url,
        refused.map((given) => `ws.connect(url, ${given})`),
      );
      for (const [index, failure] of found.entries()) {
        assert.equal(failure?.code, 2302999, refused[index]);
        assert.match(
          failure.message,
          new RegExp(`^option ${option} does not work in a browser: \\w.*; .*[\\w']$`, 'u'),
        );
      }
      for (const given of accepted) {
        const events = await inPage(
          page,
          url,
          `await trace.outcome('connect', ws.connect(url, ${given}));
          await trace.until('open');
          await ws.close();
          await trace.until('close');
          return trace.events;`,
        );
        assert.deepEqual([events[0], events.at(-1)], ['connect→true', "close{1000,'CLOSE_NORMAL'}"], given);
      }
    });
  }

  test('such an option after 401, and before 2302003 and 2302001 (kit §2.3)', async (t) => {
    const { server, url } = await recordedServer();
    t.after(() => server.stop());
    const found = await failures(await host.open(t), url, [
      "ws.connect(url, { header: { a: '1' }, protocol: undefined })",
      "ws.connect('hello', { caPath: '/ca.pem' })",
      'ws.connect(url)',
      "ws.connect(url, { caPath: '/ca.pem' })",
      "ws.connect('hello', {})",
    ]);
    assert.deepEqual(
      found.map((failure) => failure?.code),
      [401, 2302999, undefined, 2302999, 2302003],
    );
  });

  test('a refused option reports to the callback, and leaves the object free', async (t) => {
    const { server, url } = await recordedServer();
    t.after(() => server.stop());
    const events = await inPage(
      await host.open(t),
      url,
      `const answer = ws.connect(url, { header: { a: '1' } }, trace.callback('connect'));
      trace.record(String(answer));
      await trace.until('connect');
      await trace.outcome('connect', ws.connect(url));
      await trace.until('openInfo');
      return trace.events.slice(0, 3);`,
    );
    assert.deepEqual(events, ['undefined', 'connect→2302999', 'connect→true']);
  });

  const codes: [code: number, calls: string[]][] = [
    [
      401,
      [
        'ws.connect()',
        'ws.connect(null)',
        'ws.connect(5)',
        "ws.connect('ws://a', null)",
        "ws.connect('ws://a', 'b')",
        "ws.connect('ws://a', {}, {})",
        "ws.connect('ws://a', {}, {}, {})",
        "ws.connect('ws://a', { protocol: undefined })",
        "ws.connect('ws://a', { protocol: 5 })",
        "ws.connect('ws://a', { protocol: 'two words' })",
        "ws.connect('ws://a', { protocol: 'x'.repeat(1024) })",
        "ws.connect('ws://a', { proxy: undefined })",
        "ws.connect('ws://a', { proxy: null })",
        "ws.connect('ws://a', { proxy: 'other' })",
        "ws.connect('ws://a', { proxy: { host: 'a', port: 65536, exclusionList: [] } })",
        'ws.send()',
        'ws.send(null)',
        'ws.send(5)',
        'ws.send(new Int8Array(1))',
        'ws.send(new DataView(new ArrayBuffer(1)))',
        "ws.send(new Blob(['x']))",
        "ws.send('x', {})",
        'ws.close(null)',
        "ws.close('x')",
        'ws.close({}, {})',
        'ws.on()',
        "ws.on('open')",
        'ws.on(null, f)',
        "ws.on('open', 5)",
        "ws.on('open', f, f)",
        'ws.off()',
        'ws.off(null)',
        "ws.off('open', 5)",
        'ws.onMessage()',
        'ws.onMessage(5)',
        'ws.offMessage(5)',
      ],
    ],
    [
      2302001,
      ["''", "'hello'", "'123'", "'http://a/'", "'ws://user@a/'", "'ws://a/ b'", "'ws://a/' + 'x'.repeat(8189)"].map(
        (url) => `ws.connect(${url})`,
      ),
    ],
    [-1, ["ws.send('x')", 'ws.send(new ArrayBuffer(0))', "ws.connect('ws://')", "ws.connect('ws://1.2.3.256/')"]],
    [2302999, ['ws.close()', 'ws.close(undefined)', 'ws.close({ code: 1000 })']],
  ];
  for (const [code, calls] of codes) {
    test(`with ${code}, as under Node`, async (t) => {
      const found = await failures(await host.open(t), '', calls);
      assert.deepEqual(
        found.map((failure, index) => `${calls[index]}: ${failure?.code}`),
        calls.map((call) => `${call}: ${code}`),
      );
    });
  }

  test('every operation of a server, with 2302999 and a sentence; listeners are checked', async (t) => {
    const config = '{ serverPort: 0, maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 }';
    const connection = "{ clientIP: '127.0.0.1', clientPort: 1 }";
    const names = ['start', 'stop', 'send of a server', 'close of a server', 'listAllConnections'];
    const found = await failures(await host.open(t), '', [
      `kit.webSocket.createWebSocketServer().start(${config})`,
      'kit.webSocket.createWebSocketServer().stop()',
      `kit.webSocket.createWebSocketServer().send('x', ${connection})`,
      `kit.webSocket.createWebSocketServer().close(${connection})`,
      'kit.webSocket.createWebSocketServer().listAllConnections()',
      "kit.webSocket.createWebSocketServer().on('connect')",
      "kit.webSocket.createWebSocketServer().on('connect', f)",
      'kit.webSocket.createWebSocketServer().off(null)',
      "kit.webSocket.createWebSocketServer().off('connect')",
      'kit.webSocket.createWebSocketServer().onConnect(5)',
      'kit.webSocket.createWebSocketServer().onWebSocketServerClose(f)',
    ]);
    assert.deepEqual(
      found.slice(0, 5),
      names.map((name) => ({
        code: 2302999,
        message: `${name} does not work in a browser: a page cannot accept connections; run the server under Node`,
      })),
    );
    assert.deepEqual(
      found.slice(5).map((failure) => failure?.code),
      [401, undefined, 401, undefined, 401, undefined],
    );
  });

  test('operations of a server reject; only listAllConnections throws', async (t) => {
    const isPromise = await inPage<boolean[]>(
      await host.open(t),
      '',
      `const server = kit.webSocket.createWebSocketServer();
      const answers = [server.start({}), server.stop(), server.send('x', {}), server.close({})];
      for (const answer of answers) answer.catch(() => {});
      return answers.map((answer) => answer instanceof Promise);`,
    );
    assert.deepEqual(isPromise, [true, true, true, true]);
  });
});

describe('hilog in Chromium (kit §6)', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  test('lines of the same layout, each under the console’s own level', async (t) => {
    const page = await new KitHost(browser).open(t);
    const lines: string[] = [];
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
    const loggable = await inPage<boolean[]>(
      page,
      '',
      `const { hilog } = kit;
      hilog.debug(0x0000, 'tag', 'not yet');
      const before = hilog.isLoggable(0, 'tag', hilog.LogLevel.DEBUG);
      hilog.setMinLogLevel(hilog.LogLevel.DEBUG);
      for (const level of ['debug', 'info', 'warn', 'error', 'fatal']) {
        hilog[level](0x0001, 'tag', '%{public}s %s %{public}d', level, 'secret', 5);
      }
      hilog.info(0x10000, 'tag', 'no such domain');
      return [before, hilog.isLoggable(0, 'tag', hilog.LogLevel.DEBUG)];`,
    );
    assert.deepEqual(loggable, [false, true]);
    // Month and day, time of day, process, thread: what differs from run to run and what a page cannot know.
    const start = /\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}0 {2}0 {2}/u;
    assert.deepEqual(
      lines.map((line) => line.replace(start, '… ')),
      [
        'debug … D A00001/browser/tag: debug <private> 5',
        'info … I A00001/browser/tag: info <private> 5',
        'warning … W A00001/browser/tag: warn <private> 5',
        'error … E A00001/browser/tag: error <private> 5',
        'error … F A00001/browser/tag: fatal <private> 5',
      ],
    );
  });
});
