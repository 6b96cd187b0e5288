// Rejections of the kit that nobody handles: one line each, and nothing else, however the application overlooks them;
// errors of the application itself, as ever. In processes of their own, since this is about what ends a process.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Command, repository } from '../support/command.ts';

const library = JSON.stringify(join(repository, 'dist/kit/index.js'));

interface Outcome {
  readonly code: number | string;
  readonly stdout: string;
  /** Lines. */
  readonly stderr: string[];
}

/** Runs a module in which `webSocket` is the kit and `ws` and `server` are its objects, unconnected. */
async function run(
  context: TestContext,
  body: string,
  parameters: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-unhandled-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'main.test.mjs');
  writeFileSync(
    file,
    `import { webSocket, BusinessError } from ${library};
const ws = webSocket.createWebSocket();
const server = webSocket.createWebSocketServer();
const nobody = { clientIP: '192.0.2.1', clientPort: 5 };
${body}`,
  );
  const clean = { NODE_TEST_CONTEXT: undefined, NODE_DEBUG: undefined, HARMONY_WEBSOCKET_DEBUG: undefined };
  const command = new Command(context, [...parameters, file], { environment: { ...clean, ...environment } });
  const code = await command.exit;
  return { code, stdout: command.stdout, stderr: command.stderr.split('\n').filter((line) => line !== '') };
}

describe('rejections that nobody handles', { timeout: 120_000 }, () => {
  test('each way of overlooking one is one line with call, code and reason; the process goes on', async (context) => {
    const { code, stdout, stderr } = await run(
      context,
      `const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
      const ways = [
        () => void ws.send('x'),
        () => void ws.close().then(() => {}),
        () => void ws.connect('hello').finally(() => {}),
        () => void server.start({ serverPort: 70_000 }),
        () => void server.stop().then(() => {}).then(() => {}),
        () => void server.send('x', nobody).catch((error) => { throw error; }),
        () => void (async () => { await server.close(nobody); })(),
        () => void (async () => server.send('x', {}))(),
        () => void Promise.all([ws.send(5)]),
        () => void ws.send('x', () => {}, 3),
        () => void (async () => { for await (const _ of [ws.close(5)]); })(),
      ];
      for (const way of ways) { way(); await turn(); }
      console.log('alive');`,
    );
    assert.equal(code, 0, stderr.join('\n'));
    assert.equal(stdout, 'alive\n');
    const expected: [call: string, code: number, reason: string][] = [
      ['WebSocket.send', -1, 'the client is not connected; call connect'],
      ['WebSocket.close', 2302999, 'the client is not connected: there is nothing to close'],
      ['WebSocket.connect', 2302001, 'the address is "hello"'],
      ['WebSocketServer.start', 2302005, 'serverPort is 70000'],
      ['WebSocketServer.stop', 2302999, 'stop needs a running server'],
      ['WebSocketServer.send', 2302006, 'there is no client 192.0.2.1:5'],
      ['WebSocketServer.close', 2302006, 'there is no client 192.0.2.1:5'],
      ['WebSocketServer.send', 401, 'the connection is an object with clientIP undefined'],
      ['WebSocket.send', 401, 'the message is 5'],
      ['WebSocket.send', 401, 'send got 3 arguments'],
      ['WebSocket.close', 401, 'the options of close are 5'],
    ];
    assert.equal(stderr.length, expected.length, stderr.join('\n'));
    for (const [index, [call, number, reason]] of expected.entries()) {
      const line = stderr[index] ?? '';
      assert.ok(line.startsWith(`harmony-websocket: ${call} failed with ${number} "`), line);
      assert.ok(line.includes(`": ${reason}`), line);
    }
  });

  test('Promise.any whose calls all fail is one line with each of them; errors of the application in it end the process', async (context) => {
    const ours = await run(
      context,
      `void Promise.any([ws.send('x'), server.stop()]);
      void (async () => { await Promise.any([ws.close()]); })();
      void ws.send('x').catch(() => Promise.any([server.send('x', nobody)]));
      setTimeout(() => console.log('alive'), 5);`,
    );
    assert.deepEqual([ours.code, ours.stdout], [0, 'alive\n'], ours.stderr.join('\n'));
    assert.deepEqual(
      ours.stderr.map((line) => line.match(/\w+\.\w+ failed with -?\d+/g)?.join()).sort(),
      [
        'WebSocket.close failed with 2302999',
        'WebSocket.send failed with -1,WebSocketServer.stop failed with 2302999',
        'WebSocketServer.send failed with 2302006',
      ],
      ours.stderr.join('\n'),
    );
    for (const body of [
      `void Promise.any([ws.send('x'), Promise.reject(new TypeError('its own'))]);`,
      `void Promise.any([]);`,
      `ws.send('x').catch((error) => { throw new AggregateError([error], 'its own'); });`,
    ]) {
      const foreign = await run(context, `ws.send('x').catch(() => {}); ${body}`);
      assert.equal(foreign.code, 1, body);
      assert.doesNotMatch(foreign.stderr.join('\n'), /nothing handles/);
    }
  });

  test('what is handled prints nothing, in the same turn at the latest', async (context) => {
    const { code, stdout, stderr } = await run(
      context,
      `ws.send('x').catch(() => {});
      ws.send('x').then(() => {}, () => {});
      ws.close().then(() => {}).catch(() => {}).finally(() => {});
      try { await server.stop(); } catch {}
      await Promise.allSettled([ws.send('x'), server.send('x', nobody)]);
      await Promise.any([ws.send('x')]).catch(() => {});
      (async () => { await ws.send('x'); })().catch(() => {});
      ws.send('x', () => {});
      const late = ws.send('x');
      await null; await null;
      process.nextTick(() => late.catch(() => {}));
      console.log('done');`,
    );
    assert.deepEqual([code, stdout, stderr], [0, 'done\n', []]);
  });

  test('ten thousand sends to nobody are a few lines', async (context) => {
    const { code, stderr } = await run(context, `for (let i = 0; i < 10_000; i++) void server.send('x', nobody);`);
    assert.equal(code, 0);
    assert.equal(stderr.length, 7, stderr.join('\n'));
    assert.match(stderr[6] ?? '', /\(10000 times so far; others were not printed\)$/);
  });

  test('async listeners and callbacks of the application that pass an error of the kit on', async (context) => {
    const { code, stdout, stderr } = await run(
      context,
      `server.on('connect', async () => { await server.send('x', nobody); });
      await server.start({ serverIP: '127.0.0.1', serverPort: 0 });
      ws.on('open', async () => { await ws.connect('ws://127.0.0.1'); });
      ws.connect('ws://127.0.0.1:' + server.serverPort, async () => { await server.close({}); });
      await new Promise((resolve) => server.on('messageReceive', resolve) ?? ws.send('hello'));
      await server.stop();
      console.log('alive');`,
    );
    assert.deepEqual([code, stdout], [0, 'alive\n'], stderr.join('\n'));
    assert.deepEqual(stderr.map((line) => line.split(' "')[0]).sort(), [
      'harmony-websocket: WebSocket.connect failed with 2302003',
      'harmony-websocket: WebSocketServer.close failed with 401',
      'harmony-websocket: WebSocketServer.send failed with 2302006',
    ]);
  });

  test('an error event that an async listener passes on is that of a connection, not of a call', async (context) => {
    const { code, stderr } = await run(
      context,
      `ws.on('error', async (error) => { throw error; });
      ws.connect('ws://127.0.0.1:1');`,
    );
    assert.equal(code, 0);
    assert.match(
      stderr.join('\n'),
      /^harmony-websocket: a connection failed with 200 "Websocket connect failed": cannot connect/,
    );
  });

  test('a listener of the application for unhandled rejections gets them, and no line is printed', async (context) => {
    const { code, stdout, stderr } = await run(
      context,
      `process.on('unhandledRejection', (error, promise) => console.log(error.code, promise instanceof Promise));
      void ws.send('x');
      (async () => { await ws.close(); })();`,
    );
    assert.deepEqual([code, stdout.split('\n').sort(), stderr], [0, ['', '-1 true', '2302999 true'], []]);
  });

  test('no test of node:test fails for one that it does not look at', async (context) => {
    const body = `import { test } from 'node:test';
      test('looks elsewhere', async () => {
        void ws.send('x');
        ws.close().then(() => {});
        (async () => { await server.stop(); })();
        await new Promise((resolve) => setTimeout(resolve, 5));
      });`;
    for (const parameters of [[], ['--test']]) {
      const { code, stdout, stderr } = await run(context, body, parameters);
      assert.equal(code, 0, stdout + stderr.join('\n'));
      assert.match(stdout, /pass 1/);
      assert.equal((stdout + stderr.join('\n')).match(/harmony-websocket: /g)?.length, 3);
    }
  });
});

describe("errors of the application's own", { timeout: 120_000 }, () => {
  const ways: [name: string, body: string][] = [
    ['thrown in a reaction', `ws.send('x').then(undefined, () => { throw new Error('own'); });`],
    [
      'a rejection of an async function',
      `(async () => { await ws.send('x').catch(() => {}); throw new Error('own'); })();`,
    ],
    ['a BusinessError that it has made', `void ws.send('x').catch(() => { throw new BusinessError(7, 'own'); });`],
    ['in an async callback', `ws.send('x', async () => { throw new Error('own'); });`],
  ];
  for (const [name, body] of ways) {
    test(`${name} ends the process, as without the kit`, async (context) => {
      const { code, stdout, stderr } = await run(context, `${body}\nsetTimeout(() => console.log('alive'), 200);`);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr.join('\n'), /(Error|BusinessError): own\n\s+at /);
      assert.doesNotMatch(stderr.join('\n'), /harmony-websocket: /);
    });
  }

  test('flags of Node hold for them', async (context) => {
    const body = `void ws.send('x').catch(() => {});\nPromise.reject(new Error('own'));`;
    assert.equal((await run(context, body, ['--unhandled-rejections=none'])).code, 0);
    const warned = await run(context, body, ['--unhandled-rejections=warn']);
    assert.equal(warned.code, 0);
    assert.match(warned.stderr.join('\n'), /UnhandledPromiseRejectionWarning/);
    assert.equal((await run(context, body, ['--unhandled-rejections=strict'])).code, 1);
  });

  test('handled later, Node reports it as ever', async (context) => {
    const { code, stdout } = await run(
      context,
      `process.on('unhandledRejection', (error) => console.log('unhandled', error.message));
      process.on('rejectionHandled', () => console.log('handled'));
      const next = ws.send('x').catch(() => { throw new Error('own'); });
      setTimeout(() => next.catch(() => {}), 20);`,
    );
    assert.deepEqual([code, stdout], [0, 'unhandled own\nhandled\n']);
  });
});
