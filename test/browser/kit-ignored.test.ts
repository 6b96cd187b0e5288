// `configure({ browser: { unsupported: 'warn' } })` in a page of Chromium: code of an app with options that a browser cannot
// meet connects to the kit's server, and the console gets one warning.

import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { recordedServer } from '../kit/recorder.ts';
import { launchChromium, skip } from './chromium.ts';
import { inPage, KitHost } from './kit-host.ts';

describe('a page that ignores options', { skip, timeout: 280_000 }, () => {
  let browser: Browser;
  let host: KitHost;
  before(async () => {
    browser = await launchChromium();
    host = new KitHost(browser);
  });
  after(() => browser?.close());

  /** Runs `body` in a page with a server of the kit; what it returns, and the lines of the console. */
  async function run<T = string[]>(t: TestContext, body: string) {
    const { server, trace: atServer, url } = await recordedServer({ protocol: 'chat' });
    t.after(() => server.stop());
    const page = await host.open(t);
    const lines: string[] = [];
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`));
    const found = await inPage<T>(page, url, body);
    return { found, lines, atServer };
  }

  const everything = `{
    header: { Authorization: 'Bearer secret', 'X-Device': 'd1', 'Sec-WebSocket-Protocol': 'chat' },
    caPath: '/data/ca.pem', clientCert: { certPath: '/data/cert.pem', keyPath: '/data/key.pem' }, proxy: 'no-proxy',
    skipServerCertVerification: true, minSupportTlsProtocol: 2, supportOriginPort: true, pingInterval: 30, pongTimeout: 10,
  }`;
  const talk = `
    await trace.outcome('connect', ws.connect(url, options));
    await trace.until('openInfo');
    await trace.outcome('send', ws.send('Hello'));
    await trace.outcome('close', ws.close());
    await trace.until('close{');`;

  test('connects with every such option, sends, and warns once', async (t) => {
    const { found, lines, atServer } = await run(
      t,
      `kit.configure({ browser: { unsupported: 'warn' } });
      const options = ${everything};
      ${talk}
      const before = trace.events.length;
      ${talk.replaceAll("('close{')", "('close{', 2)").replace("('openInfo')", "('openInfo', 2)")}
      return trace.events.slice(before);`,
    );
    assert.deepEqual(found, [
      'connect→true',
      'open{"status":101,"message":"Switching Protocols"}',
      'openInfo{"status":101,"message":"Switching Protocols","protocol":"chat"}',
      'send→true',
      'close→true',
      "close{1000,'CLOSE_NORMAL'}",
    ]);
    await atServer.until('close', 2);
    const once = ['connect', 'messageReceive Hello', "close{1000,'CLOSE_NORMAL'}"];
    assert.deepEqual(atServer.events, [...once, ...once]);
    assert.deepEqual(lines, [
      'warning harmony-websocket: connect ignored options that do not work in a browser: header, caPath, clientCert, ' +
        'proxy, skipServerCertVerification, minSupportTlsProtocol, supportOriginPort, pingInterval, pongTimeout. ' +
        'Less safe without header (the server does not get authorization, x-device; it does not learn from ' +
        'authorization who connects), caPath (a server is accepted with a certificate of any authority that the browser ' +
        'trusts), clientCert (the server does not get this certificate, so it does not learn from it who connects), ' +
        'proxy (the connection uses the proxy of the browser, or none), minSupportTlsProtocol (an older version of TLS ' +
        'is accepted if the browser accepts it). Different without skipServerCertVerification (the browser verifies the ' +
        'certificate of the server), supportOriginPort (the server gets the origin of the page), pingInterval (no pings ' +
        'are sent, so a server that falls silent is not noticed), pongTimeout (no pongs are awaited). This warning comes ' +
        "once; leave these options out in a page to end it. configure({ browser: { unsupported: 'refuse' } }), the " +
        'default, makes connect fail with 2302999 instead.',
    ]);
  });

  test('warns of each set of options, and of credentials in header, once', async (t) => {
    const { lines } = await run(
      t,
      `kit.configure({ browser: { unsupported: 'warn' } });
      for (const options of [
        { pingInterval: 30 }, { pingInterval: 10 }, { header: { 'X-Device': '1' } }, { header: { 'X-Other': '1' } },
        { header: { 'X-Access-Token': '1' } }, { header: { Cookie: 'a=1' } }, {}, { pingInterval: 0, header: {} },
      ]) {
        const client = kit.recordedClient();
        await client.ws.connect(url, options);
        await client.trace.until('openInfo');
        await client.ws.close();
        await client.trace.until('close{');
      }`,
    );
    const start = 'warning harmony-websocket: connect ignored options that do not work in a browser: ';
    assert.deepEqual(
      lines.map((line) => line.replace(start, '').split('. ').slice(0, 2).join('. ')),
      [
        'pingInterval. Different without pingInterval (no pings are sent, so a server that falls silent is not noticed)',
        'header. Different without header (the server does not get x-device)',
        'header. Less safe without header (the server does not get x-access-token; it does not learn from ' +
          'x-access-token who connects)',
      ],
    );
  });

  test('other errors stay and warn of nothing; taken back, the options are refused again', async (t) => {
    const { found, lines } = await run<(number | undefined)[]>(
      t,
      `const restore = kit.configure({ browser: { unsupported: 'warn' } });
      const options = { header: { a: '1' } };
      const codes = [];
      const add = async (...args) => codes.push((await kit.failure(() => ws.connect(...args)))?.code);
      await add(url, { ...options, proxy: 'other' });
      await add('hello', options);
      const denied = kit.configure({ permissions: [] });
      await add(url, options);
      denied();
      kit.configure({ browser: {} });
      kit.configure({ browser: { unsupported: undefined } });
      restore();
      await add(url, options);
      kit.configure({ browser: { unsupported: 'warn' } });
      kit.configure({ browser: { unsupported: 'refuse' } });
      await add(url, options);
      return codes;`,
    );
    assert.deepEqual(found, [401, 2302001, 201, 2302999, 2302999]);
    assert.deepEqual(lines, []);
  });
});
