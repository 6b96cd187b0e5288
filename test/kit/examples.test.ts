// The examples of this repository, run against each other as a newcomer would: two processes, their log lines asserted.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Command, repository } from '../support/command.ts';

const register = join(repository, 'dist/register/index.js');

function start(context: TestContext, example: string, environment: NodeJS.ProcessEnv): Command {
  return new Command(context, ['--import', register, join(repository, 'examples/kit', example)], { environment });
}

/** A port that was free a moment ago. The example names its port in its configuration, so it cannot be asked for 0. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

async function startServer(context: TestContext): Promise<{ server: Command; url: string }> {
  for (;;) {
    const PORT = await freePort();
    const server = start(context, 'server.ets', { PORT });
    const outcome = await Promise.race([server.seen(/listening on port/).then(() => 'listening'), server.exit]);
    if (outcome === 'listening') return { server, url: `ws://127.0.0.1:${PORT}` };
    assert.match(server.stderr, /code 2302007/, 'the only reason not to start is that somebody else took the port');
  }
}

describe('examples/kit', () => {
  test('the client holds a whole conversation with the server, and ends by itself', async (context) => {
    const { server, url } = await startServer(context);
    const client = start(context, 'client.ets', { WEBSOCKET_URL: url });
    assert.equal(await client.exit, 0);
    const said = client.stdout.split('\n').map((line) => line.replace(/^.*node\/client: /, ''));
    assert.deepEqual(
      said.filter((line) => !line.startsWith('sent') && !line.includes('Welcome')),
      [
        `connecting to ${url}`,
        'open: {"status":101,"message":"Switching Protocols"}',
        'message: "Hello from ArkTS"',
        'message: 4 bytes',
        'close: code 1000, reason "CLOSE_NORMAL"',
        '',
      ],
    );
    assert.match(client.stdout, /message: "Welcome"/);
    assert.equal(client.stderr, '');

    await server.seen(/connect: 127\.0\.0\.1:\d+/);
    await server.seen(/1 connected: 127\.0\.0\.1:\d+/);
    await server.seen(/message from 127\.0\.0\.1:\d+: "Hello from ArkTS"/);
    await server.seen(/message from 127\.0\.0\.1:\d+: 4 bytes/);
    await server.seen(/message from 127\.0\.0\.1:\d+: "bye"/);
    await server.seen(/close: 127\.0\.0\.1:\d+, code 1000, reason "CLOSE_NORMAL"/);
    assert.equal(server.stderr, '');
  });

  test('without a server the client reports it, and ends', async (context) => {
    const url = `ws://127.0.0.1:${await freePort()}`;
    const client = start(context, 'client.ets', { WEBSOCKET_URL: url });
    assert.equal(await client.exit, 0);
    assert.match(client.stderr, /error: {"code":200,"message":"Websocket connect failed","data":"0"}/);
  });
});
