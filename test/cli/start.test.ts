// `npm start` as a newcomer sees it: the build, the server, the example's conversation, the page, and the end of all of it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { Command } from './command.ts';

function start(t: TestContext, parameters: string[], environment: NodeJS.ProcessEnv = {}): Command {
  return new Command(t, ['scripts/start.mjs', ...parameters], { environment });
}

/** Waits until it stays up; answers with the address of the page. */
async function stayingUp(command: Command): Promise<{ page: string; port: number }> {
  const [, page = '', port = ''] = await command.seen(/start +│ .*open (http:\/\/127\.0\.0\.1:(\d+)\/)/);
  return { page, port: Number(port) };
}

/** Whether something listens on a port. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connectTcp(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('npm start', { timeout: 240_000 }, () => {
  test('shows a conversation from both sides, and stays up with the page', async (t) => {
    const command = start(t, ['--port', '0']);
    const { page, port } = await stayingUp(command);
    assert.match(command.stdout, /^server +│ .*#1 +open /m);
    assert.match(command.stdout, /^server +│ .*#1 +← text /m);
    assert.match(command.stdout, /^server +│ .*#1 +closed /m);
    assert.match(command.stdout, /^client +│ \S/m);
    assert.match(await (await fetch(page)).text(), /<title>harmony-websocket<\/title>/);

    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    t.after(() => socket.terminate());
    await once(socket, 'open');
    const closed = once(socket, 'close');
    command.signal('SIGINT');
    assert.equal((await closed)[0], 1001);
    assert.equal(await command.exit, 0);
    assert.equal(await isTaken(port), false);
  });

  test('goes past the proxies of the environment, since its server is on this machine', async (t) => {
    const dead = 'http://127.0.0.1:9';
    const environment = {
      HTTP_PROXY: dead,
      http_proxy: dead,
      HTTPS_PROXY: dead,
      ALL_PROXY: dead,
      no_proxy: 'a.example',
    };
    const command = start(t, ['--port', '0'], { ...environment, NO_PROXY: '' });
    await stayingUp(command);
    assert.match(command.stdout, /^server +│ .*#1 +← text /m);
    command.signal('SIGTERM');
    assert.equal(await command.exit, 0);
  });

  test('SIGTERM ends it as well, with the port from PORT', async (t) => {
    const command = start(t, [], { PORT: '0' });
    const { port } = await stayingUp(command);
    command.signal('SIGTERM');
    assert.equal(await command.exit, 0);
    assert.equal(await isTaken(port), false);
  });

  test('the server does not outlive it, however it ends', async (t) => {
    const command = start(t, ['--port', '0']);
    const { port } = await stayingUp(command);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    command.signal('SIGKILL');
    assert.equal((await closed)[0], 1001);
  });

  test('a port that is taken: said once, with the ways out', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const command = start(t, ['--port', String(port)]);
    assert.equal(await command.exit, 1);
    const output = `${command.stdout}${command.stderr}`;
    assert.match(output, new RegExp(`port ${port} is in use.*npm start -- --port \\d+.*PORT=\\d+ npm start`));
    assert.equal(output.match(/is in use/g)?.length, 1);
  });

  test('an invalid port: the value and where it came from', async (t) => {
    for (const [command, name] of [
      [start(t, ['--port', '65536']), '--port is "65536"'],
      [start(t, [], { PORT: 'http' }), 'PORT is "http"'],
    ] as const) {
      assert.equal(await command.exit, 1);
      assert.equal(
        command.stderr,
        `npm start: ${name}; expected a whole number from 0 to 65535, as in: npm start -- --port 8081\n`,
      );
    }
  });

  test('an unknown option', async (t) => {
    const command = start(t, ['--prot', '1']);
    assert.equal(await command.exit, 2);
    assert.match(command.stderr, /^npm start: .*--prot.*; see: npm start -- --help\n$/);
  });

  test('--help', async (t) => {
    const command = start(t, ['--help']);
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /npm start -- --port N\s.*\n.*PORT=N npm start/);
  });
});
