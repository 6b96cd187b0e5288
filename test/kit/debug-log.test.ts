// What the kit prints to standard error: the debug log, when the environment asks for it, and warnings of a line.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { asksForDebugLog } from '../../src/node/debug-log.ts';
import { Command, repository } from '../support/command.ts';

const library = JSON.stringify(join(repository, 'dist/kit/index.js'));

/** What a program prints to standard error. */
async function printed(context: TestContext, body: string, environment: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-debug-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'main.mjs');
  writeFileSync(file, `import { webSocket } from ${library};\n${body}`);
  const clean = { NODE_TEST_CONTEXT: undefined, NODE_DEBUG: undefined, HARMONY_WEBSOCKET_DEBUG: undefined };
  const command = new Command(context, [file], { environment: { ...clean, ...environment } });
  assert.equal(await command.exit, 0, command.stderr);
  return command.stderr.split('\n').filter((line) => line !== '');
}

describe('the debug log', { timeout: 60_000 }, () => {
  const rows: [environment: NodeJS.ProcessEnv, isOn: boolean][] = [
    [{}, false],
    [{ HARMONY_WEBSOCKET_DEBUG: '' }, false],
    [{ HARMONY_WEBSOCKET_DEBUG: '0' }, false],
    [{ HARMONY_WEBSOCKET_DEBUG: '1' }, true],
    [{ NODE_DEBUG: 'harmony-websocket' }, true],
    [{ NODE_DEBUG: 'http, Harmony-WebSocket' }, true],
    [{ NODE_DEBUG: 'harmony*' }, true],
    [{ NODE_DEBUG: '*' }, true],
    [{ NODE_DEBUG: 'http,net' }, false],
    [{ NODE_DEBUG: 'harmony-websocket2' }, false],
    [{ NODE_DEBUG: '[' }, false],
  ];
  for (const [environment, isOn] of rows) {
    test(`${JSON.stringify(environment)}: ${isOn ? 'on' : 'off'}`, () => {
      assert.equal(asksForDebugLog(environment), isOn);
    });
  }

  const program = `
    const server = webSocket.createWebSocketServer();
    await server.start({ serverIP: '127.0.0.1', serverPort: 0, maxConcurrentClientsNumber: 0 });
    await server.stop().then(() => server.stop()).catch(() => {});
    await server.start({ serverIP: '127.0.0.1', serverPort: 0, maxConcurrentClientsNumber: 0 });
    server.on('error', () => {});
    const ws = webSocket.createWebSocket();
    await new Promise((resolve) => {
      server.on('error', resolve);
      void ws.connect('ws://127.0.0.1:' + server.serverPort);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.stop();`;

  for (const environment of [{ HARMONY_WEBSOCKET_DEBUG: '1' }, { NODE_DEBUG: 'harmony-websocket' }]) {
    test(`${JSON.stringify(environment)}: errors made, events dropped, clients refused`, async (context) => {
      const lines = await printed(context, program, environment);
      const seen = (pattern: RegExp) =>
        assert.ok(
          lines.some((line) => pattern.test(line)),
          `${pattern}\n${lines.join('\n')}`,
        );
      seen(/^harmony-websocket \d+: made a BusinessError: 2302999 "[^"]+": stop needs a running server/);
      seen(/^harmony-websocket \d+: client 127\.0\.0\.1:\d+ was refused: 0 other clients are connected/);
      seen(/^harmony-websocket \d+: dropped an error event of a WebSocket without a listener: 200 "[^"]+": .*503/);
    });
  }

  test('without it only what nobody hears of is printed', async (context) => {
    const lines = await printed(context, program);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', /^harmony-websocket: WebSocket has no listener for its error event: 200 .*503/);
  });
});

describe('warnings', { timeout: 60_000 }, () => {
  test('an application without a listener for error, whose server is not there, prints one line', async (context) => {
    const lines = await printed(
      context,
      `const ws = webSocket.createWebSocket();
      ws.on('open', () => {});
      ws.connect('ws://127.0.0.1:1').then(() => console.log('asked'));`,
    );
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(
      lines[0] ?? '',
      /^harmony-websocket: WebSocket has no listener .*cannot connect to 127\.0\.0\.1:1 \(ECONNREFUSED\)/,
    );
  });

  test('what connect has answered is not said twice', async (context) => {
    const lines = await printed(context, `webSocket.createWebSocket().connect('ws://').catch(() => {});`);
    assert.deepEqual(lines, []);
  });

  test('a server without a listener for error says which client it refused, and why', async (context) => {
    const lines = await printed(
      context,
      `const server = webSocket.createWebSocketServer();
      await server.start({ serverIP: '127.0.0.1', serverPort: 0, maxConnectionsForOneClient: 0 });
      const ws = webSocket.createWebSocket();
      const failed = new Promise((resolve) => ws.on('error', resolve));
      await ws.connect('ws://127.0.0.1:' + server.serverPort);
      await failed;
      await server.stop();`,
    );
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(
      lines[0] ?? '',
      /WebSocketServer has no listener .*client 127\.0\.0\.1:\d+ was refused: 127\.0\.0\.1 has 0 connections, and maxConnectionsForOneClient is 0/,
    );
  });

  test('a closed standard error does not end the process', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-debug-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'main.mjs');
    writeFileSync(
      file,
      `import { webSocket } from ${library};
      process.stdin.once('data', () => {
        void webSocket.createWebSocket().send('x');
        setTimeout(() => { console.log('alive'); process.exit(7); }, 50);
      });
      console.log('ready');`,
    );
    const command = new Command(context, [file], { environment: { NODE_TEST_CONTEXT: undefined } });
    await command.seen(/ready/);
    command.process.stderr?.destroy();
    command.write('go\n');
    assert.equal(await command.exit, 7);
    assert.match(command.stdout, /alive/);
  });
});
