// examples/kit/ with other peers than each other: the command `serve`, and a server or client that asks for the rest of
// what the examples can do. examples.test.ts has the two of them together.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { Command, repository } from '../support/command.ts';
import { portOf, recordedClient } from './recorder.ts';

const register = join(repository, 'dist/register/index.js');

function example(context: TestContext, name: string, environment: NodeJS.ProcessEnv): Command {
  return new Command(context, ['--import', register, join(repository, 'examples/kit', name)], { environment });
}

/** What the client logs, except for the callbacks of `send`. */
function conversation({ stdout }: Command): string[] {
  const texts = [...stdout.matchAll(/ A00001\/node\/client: (.*)\n/g)].map(([, text]) => text as string);
  return texts.filter((text) => !text.startsWith('sent '));
}

describe('examples/kit and other peers', { timeout: 60_000 }, () => {
  test('client.ets and the command `serve`', async (context) => {
    const serve = new Command(context, [join(repository, 'dist/cli/main.js'), 'serve', '--port', '0']);
    const [url] = await serve.seen(/ws:\/\/127\.0\.0\.1:\d+/);
    const client = example(context, 'client.ets', { WEBSOCKET_URL: url });
    assert.equal(await client.exit, 0, client.stderr);
    const said = conversation(client);
    assert.deepEqual(said.slice(1, -1), [
      'open: {"status":101,"message":"Switching Protocols"}',
      'message: "Hello from ArkTS"',
      'message: 4 bytes',
    ]);
    assert.match(said.at(-1) ?? '', /^close: code 1000, /);
  });

  test('client.ets closes when the server says "bye"', async (context) => {
    const server = webSocket.createWebSocketServer();
    const closed = new Promise<webSocket.CloseResult>((resolve) => {
      server.on('close', (_connection, result) => resolve(result));
    });
    server.on('messageReceive', ({ clientConnection }) => void server.send('bye', clientConnection));
    const limits = { maxConcurrentClientsNumber: 1, maxConnectionsForOneClient: 1 };
    await server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits });
    context.after(async () => void (await server.stop()));
    const client = example(context, 'client.ets', { WEBSOCKET_URL: `ws://127.0.0.1:${portOf(server)}` });
    assert.equal(await client.exit, 0, client.stderr);
    assert.deepEqual({ ...(await closed) }, { code: 1000, reason: 'CLOSE_NORMAL' });
    assert.deepEqual(conversation(client).slice(2), [
      'message: "bye"',
      'closing',
      'close: code 1000, reason "CLOSE_NORMAL"',
    ]);
  });

  test('server.ets ends on "stop"', async (context) => {
    const { server, port } = await startServer(context);
    const { ws, trace } = recordedClient();
    ws.on('open', () => void ws.send('stop'));
    await ws.connect(`ws://127.0.0.1:${port}`);
    assert.deepEqual(await trace.until('close{'), ["close{1001,'server is going away'}"]);
    assert.equal(await server.exit, 0, server.stderr);
    assert.match(server.stdout, /server: stopped\n$/);
  });
});

/** The example names its port, so it cannot be asked for 0: a port that was free a moment ago, until one still is. */
async function startServer(context: TestContext): Promise<{ server: Command; port: number }> {
  for (;;) {
    const probe = createServer().listen(0);
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const server = example(context, 'server.ets', { PORT: `${port}` });
    const outcome = await Promise.race([server.seen(/listening on port/).catch(() => undefined), server.exit]);
    if (typeof outcome === 'object') return { server, port };
    assert.match(server.stderr, /code 2302007/, 'the only reason not to start is that somebody else took the port');
  }
}
