// An inspector of a real server, over loopback: its lists, who gets in, what a DevTools is told, and what is left after its end.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingHttpHeaders, request } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { type ClientConnection, connect, createServer, type ServerOptions } from '../../src/engine/index.ts';
import { createInspector, type InspectorOptions } from '../../src/inspector/index.ts';
import { Command } from '../support/command.ts';
import { isError } from '../support/expect.ts';

const TOKEN = 'a-token-of-20-letters';

async function inspected(
  context: TestContext,
  options: InspectorOptions = {},
  own: Partial<ServerOptions<undefined>> = {},
) {
  const server = createServer({ message: (connection, data) => void connection.send(data), ...own });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const inspector = await createInspector(server, { port: 0, ...options });
  context.after(async () => {
    await inspector.close();
    await server.close();
  });
  return { server, inspector, url: `ws://127.0.0.1:${port}` };
}

/** One request to an inspector. */
function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

interface Told {
  readonly id?: number;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: of any event
  readonly params?: any;
}

/** A DevTools that has asked for the network, and what it has been told. */
async function devtools(context: TestContext, url: string, headers: Record<string, string> = {}) {
  const told: Told[] = [];
  let heard = (): void => {};
  const message = (_: ClientConnection, data: string | Buffer): void => {
    told.push(JSON.parse(String(data)) as Told);
    heard();
  };
  const connection = await connect(url, { headers, handlers: { message } });
  context.after(() => connection.terminate());
  connection.send(JSON.stringify({ id: 1, method: 'Network.enable' }));
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  await until(() => told.some(({ id }) => id === 1));
  const rows = () =>
    told.flatMap(({ method = '', params }) => {
      const [, what] = /^Network\.webSocket(\w+)$/.exec(method) ?? [];
      if (what === 'FrameError') return [`! ${params.errorMessage}`];
      if (what === 'FrameSent' || what === 'FrameReceived') {
        const { opcode, payloadData } = params.response;
        return [`${what === 'FrameSent' ? '>' : '<'} ${opcode} ${payloadData}`];
      }
      return what === undefined ? [] : [what];
    });
  return { connection, told, rows, until, has: (row: string) => until(() => rows().includes(row)) };
}

describe('lists', () => {
  test('/json and /json/list have the server, as Chromium wants it', async (context) => {
    const { inspector } = await inspected(context);
    for (const path of ['/json', '/json/list', '/json/']) {
      const { status, headers, body } = await get(inspector.port, path);
      assert.equal(status, 200);
      assert.match(headers['content-type'] ?? '', /^application\/json/);
      const [target, ...more] = JSON.parse(body) as Record<string, string>[];
      assert.equal(more.length, 0);
      assert.equal(target?.type, 'node');
      assert.equal(target?.webSocketDebuggerUrl, inspector.webSocketUrl);
      assert.equal(target?.devtoolsFrontendUrl, inspector.devtoolsUrl);
      assert.ok(inspector.webSocketUrl.endsWith(`/devtools/page/${target?.id}`));
    }
  });
  test('/json/version, /json/protocol, and a page that says what to do', async (context) => {
    const { inspector } = await inspected(context);
    const version = JSON.parse((await get(inspector.port, '/json/version')).body) as Record<string, string>;
    assert.match(version.Browser ?? '', /^harmony-websocket\/node-v\d/);
    assert.equal(version['Protocol-Version'], '1.3');
    assert.match((await get(inspector.port, '/json/protocol')).body, /webSocketFrameSent/);
    assert.ok((await get(inspector.port, '/')).body.includes(inspector.devtoolsUrl));
    assert.equal((await get(inspector.port, '/json', {}, 'HEAD')).body, '');
    assert.equal((await get(inspector.port, '/elsewhere')).status, 404);
    assert.equal((await get(inspector.port, '/json', {}, 'POST')).status, 405);
  });
  test('the host of the request is that of the URLs', async (context) => {
    const { inspector } = await inspected(context);
    const { body } = await get(inspector.port, '/json', { Host: 'localhost:1234' });
    assert.match(body, /"ws:\/\/localhost:1234\/devtools\/page\//);
  });
});

describe('who gets in', () => {
  const refused = (promise: Promise<unknown>, status: number) =>
    assert.rejects(promise, (error: { status?: number }) => error.status === status);

  test('a page whose host was rebound to 127.0.0.1 by DNS gets nothing', async (context) => {
    const { inspector } = await inspected(context);
    const { status, body } = await get(inspector.port, '/json', { Host: `evil.example:${inspector.port}` });
    assert.equal(status, 403);
    assert.ok(!body.includes('devtools'));
    const headers = { Host: 'evil.example', Origin: 'http://evil.example' };
    await refused(connect(inspector.webSocketUrl, { headers }), 403);
  });
  test('a page of another origin gets nothing', async (context) => {
    const { inspector } = await inspected(context);
    assert.equal((await get(inspector.port, '/json', { Origin: 'https://evil.example' })).status, 403);
    await refused(connect(inspector.webSocketUrl, { headers: { Origin: 'https://evil.example' } }), 403);
    await refused(connect(inspector.webSocketUrl, { headers: { Origin: 'http://localhost:8080' } }), 403);
  });
  test('DevTools gets in', async (context) => {
    const { inspector } = await inspected(context);
    await devtools(context, inspector.webSocketUrl, { Origin: 'devtools://devtools' });
  });
  test('only with the token, where there is one', async (context) => {
    const { inspector } = await inspected(context, { token: TOKEN });
    assert.equal((await get(inspector.port, '/json')).status, 401);
    assert.equal((await get(inspector.port, `/json?token=${TOKEN}`)).status, 200);
    assert.ok(inspector.devtoolsUrl.includes(`%3Ftoken%3D${TOKEN}`));
    await devtools(context, inspector.webSocketUrl);
    await refused(connect(inspector.webSocketUrl.replace(TOKEN, `${TOKEN}x`)), 401);
    await refused(connect(inspector.webSocketUrl.replace(/\?.*/, '')), 401);
  });
  test('another page than that of the inspector', async (context) => {
    const { inspector } = await inspected(context);
    await refused(connect(inspector.webSocketUrl.replace(/[^/]+$/, '1')), 404);
  });

  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'dev.example']) {
    test(`off loopback (${host}) it does not start without a token`, async () => {
      const server = createServer();
      const error = await createInspector(server, { host, port: 0 }).catch((reason: unknown) => reason);
      isError(error, 'ERR_WS_OPTION', `host is "${host}"`, 'a loopback address such as 127.0.0.1, or a token');
    });
  }
  test('a token that is short or has other characters is refused, and not shown', async () => {
    for (const token of ['', 'short', 'with spaces in it, and more', 5 as never]) {
      const error = await createInspector(createServer(), { token }).catch((reason: unknown) => reason);
      isError(error, 'ERR_WS_OPTION', 'token is ', 'at least 16 characters');
      if (token !== '') assert.ok(!String((error as Error).message).includes(`${token}"`));
    }
  });
  test('something that is not a server, and a port in use', async (context) => {
    for (const wrong of [undefined, {}, 8080, createServer]) {
      const error = await createInspector(wrong as never).catch((reason: unknown) => reason);
      isError(error, 'ERR_WS_OPTION', 'first argument of createInspector', 'createInspector(server');
    }
    const { inspector, server } = await inspected(context);
    const error = await createInspector(server, { port: inspector.port }).catch((reason: unknown) => reason);
    isError(error, 'ERR_WS_LISTEN', 'EADDRINUSE');
  });
});

describe('what a DevTools is told', () => {
  test('frames of both directions, control frames, and the end', async (context) => {
    const { inspector, url } = await inspected(context);
    const { rows, until } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(`${url}/chat`);
    const messages = client[Symbol.asyncIterator]();
    client.send('hello');
    client.send(Buffer.from([1, 2, 255]));
    await messages.next();
    await messages.next();
    client.sendFragment('one ', { fin: false });
    client.sendFragment('two', { fin: true });
    await messages.next();
    client.ping('?');
    await client.close(1000, 'bye');
    await until(() => rows().includes('Closed'));
    const shown = rows();
    assert.deepEqual(shown.slice(0, 3), ['Created', 'WillSendHandshakeRequest', 'HandshakeResponseReceived']);
    assert.deepEqual(
      [...shown.slice(3)].sort(),
      [
        '< 1 hello',
        '> 1 hello',
        '< 2 AQL/',
        '> 2 AQL/',
        '< 1 one ',
        '< 0 dHdv',
        '> 1 one two',
        '< 9 Pw==',
        '> 10 Pw==',
        '< 8 A+hieWU=',
        '> 8 A+hieWU=',
        '! closed: 1000 (OK) bye',
        'Closed',
      ].sort(),
    );
    assert.ok(shown.indexOf('< 1 hello') < shown.indexOf('> 1 hello'));
  });

  test('compressed messages as they were, whether sent, published or received', async (context) => {
    const { inspector, url, server } = await inspected(context, {}, { compression: { threshold: 0 } });
    const { rows, has } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(url, { compression: { threshold: 0 } });
    client.send('a text, a text, a text');
    await has('> 1 a text, a text, a text');
    server.broadcast('published, published');
    await has('> 1 published, published');
    assert.ok(rows().includes('< 1 a text, a text, a text'));
    assert.equal(rows().filter((row) => /^[<>]/.test(row)).length, 3, rows().join('\n'));
  });

  test('what was published to a connection that did nothing before', async (context) => {
    const { inspector, url, server } = await inspected(context);
    const { has } = await devtools(context, inspector.webSocketUrl);
    await connect(url);
    server.broadcast('one');
    server.broadcast('two');
    await has('> 1 one');
    await has('> 1 two');
  });

  test('header fields without secrets, and a refused handshake', async (context) => {
    const { inspector, url } = await inspected(context, {}, { allowedOrigins: ['https://good.example'] });
    const { told, until } = await devtools(context, inspector.webSocketUrl);
    await connect(`${url}/?token=abc`, { headers: { Authorization: 'Bearer abc', Cookie: 'sid=abc', 'X-Mine': '1' } });
    await connect(url, { headers: { Origin: 'https://evil.example' } }).catch(() => {});
    await until(() => told.some(({ params }) => params?.response?.status === 403));
    const text = JSON.stringify(told);
    assert.doesNotMatch(text, /abc/);
    assert.match(text, /"X-Mine":"1"/);
    assert.match(text, /evil\.example/);
  });

  test('its own connections are on no channel: only those of the server', async (context) => {
    const urls: string[] = [];
    const note = (message: unknown): void =>
      void urls.push((message as { connection: { url: string } }).connection.url);
    subscribe('harmony-websocket:open', note);
    context.after(() => unsubscribe('harmony-websocket:open', note));
    const { inspector, url } = await inspected(context);
    await devtools(context, inspector.webSocketUrl);
    await connect(`${url}/one`);
    // Of the socket to the inspector, the client's end, which is this test's.
    assert.deepEqual(urls.sort(), ['/one', `${url}/one`, inspector.webSocketUrl].sort());
  });

  test('a peer that breaks the protocol: why its connection failed', async (context) => {
    const { inspector, url } = await inspected(context, {}, { limits: { maxMessageSize: 10 } });
    const { rows, until } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(url);
    client.send('more than ten bytes');
    await until(() => rows().some((row) => /^! .*maxMessageSize/.test(row)));
  });

  test('a DevTools that sends nonsense, or too much, harms nobody', async (context) => {
    const { inspector, url } = await inspected(context);
    const broken = await devtools(context, inspector.webSocketUrl);
    for (const data of ['', '{', '[]', Buffer.from([1]), JSON.stringify({ id: 5, method: 'Runtime.evaluate' })]) {
      broken.connection.send(data);
    }
    await broken.until(() => broken.told.some(({ id }) => id === 5));
    broken.connection.send('x'.repeat(9_000_000));
    assert.equal((await broken.connection.closed).wasClean || true, true);
    const { has } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(url);
    client.send('still here');
    await has('> 1 still here');
  });

  test('an observer of the application sees everything as well', async (context) => {
    let frames = 0;
    const { inspector, url } = await inspected(context, {}, { observer: { frame: () => void frames++ } });
    const { has } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(url);
    client.send('hello');
    await has('> 1 hello');
    assert.equal(frames, 2);
    await inspector.close();
    const messages = client[Symbol.asyncIterator]();
    client.send('again');
    await messages.next();
    await messages.next();
    assert.equal(frames, 4);
  });
});

describe('its end', () => {
  test('DevTools is disconnected, the port is free, and the server is not observed any more', async (context) => {
    const { inspector, server, url } = await inspected(context);
    const { connection } = await devtools(context, inspector.webSocketUrl);
    const client = await connect(url);
    await Promise.all([inspector.close(), inspector.close()]);
    await connection.closed;
    const again = await createInspector(server, { port: inspector.port });
    await again.close();
    const messages = client[Symbol.asyncIterator]();
    client.send('hello');
    await messages.next();
    assert.equal(client.isOpen, true);
  });

  test('its end is waited for, even where nothing else keeps the process alive', async (context) => {
    const program = `
      import { createServer } from './src/engine/index.ts';
      import { createInspector } from './src/inspector/index.ts';
      const inspector = await createInspector(createServer(), { port: 0 });
      console.log(inspector.webSocketUrl);
      await new Promise((resolve) => process.stdin.once('data', resolve));
      process.stdin.destroy();
      await inspector.close();
      console.log('closed');
    `;
    const command = new Command(context, ['--import', 'tsx', '--input-type=module', '--eval', program]);
    const [, url = ''] = await command.seen(/(ws:\/\/\S+)/);
    await devtools(context, url);
    command.write('end\n');
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /closed/);
  });

  test('it does not keep the process alive, not even with a DevTools', async (context) => {
    const program = `
      import { connect, createServer } from './src/engine/index.ts';
      import { createInspector } from './src/inspector/index.ts';
      const server = createServer();
      const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
      const inspector = await createInspector(server, { port: 0 });
      console.log(inspector.webSocketUrl);
      process.stdin.once('data', async () => {
        process.stdin.destroy();
        await server.drain();
      });
    `;
    const command = new Command(context, ['--import', 'tsx', '--input-type=module', '--eval', program]);
    const [, url = ''] = await command.seen(/(ws:\/\/\S+)/);
    await devtools(context, url);
    command.write('end\n');
    assert.equal(await command.exit, 0);
  });
});
