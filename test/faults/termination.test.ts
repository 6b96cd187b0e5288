// SIGTERM to a service that is written as docs/production.md says: clients are told, the process ends by itself.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { serve } from '../cli/command.ts';
import { CHILD_PATIENCE, Command, repository } from '../support/command.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { connectRaw } from '../support/raw-peer.ts';

const DEADLINE = 400;

/** The example, on a free port and with a short deadline; the package is found by its name, as everywhere below here. */
function example(): string {
  const page = readFileSync(join(repository, 'docs/production.md'), 'utf8');
  const [, code = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(page) ?? [];
  assert.ok(code.includes('port: 8080') && code.includes('deadline: 10_000') && code.includes(' as const'));
  return code.replace('8080', '0').replace('10_000', String(DEADLINE)).replace(' as const', '');
}

async function service(context: TestContext): Promise<{ command: Command; port: number; url: string }> {
  const command = new Command(context, ['--input-type=module', '--eval', example()]);
  const [, port = ''] = await command.seen(/ready on port (\d+)/);
  return { command, port: Number(port), url: `ws://127.0.0.1:${port}/` };
}

describe('SIGTERM to a service', () => {
  test('closes its clients with 1001, frees the port, and the process ends by itself with 0', async (context) => {
    const { command, url } = await service(context);
    await leavingNothing(async () => {
      const clients = await Promise.all([connect(url), connect(url), connect(url)]);
      for (const client of clients) client.send('hello');
      command.signal('SIGTERM');
      for (const client of clients) {
        const { code, reason, wasClean } = await client.closed;
        assert.deepEqual({ code, reason, wasClean }, { code: 1001, reason: 'server is going away', wasClean: true });
      }
      assert.equal(await command.exit, 0);
      await rejectsWith(connect(url), 'ERR_WS_CONNECT', 'ECONNREFUSED');
    }, CHILD_PATIENCE)();
    assert.equal(command.stderr, '');
  });

  test('without any client: ends at once, with 0', async (context) => {
    const { command } = await service(context);
    command.signal('SIGTERM');
    assert.equal(await command.exit, 0);
  });

  test('with clients that never answer, or never finish their handshake: ends at the deadline, with 0', async (context) => {
    const { command, port } = await service(context);
    await leavingNothing(async (scope) => {
      const unfinished = await connectRaw(scope, port);
      unfinished.write('GET / HTTP/1.1\r\nHost: x\r\n');
      const silent = await connectRaw(scope, port);
      await requestHandshake(silent);
      const begun = performance.now();
      command.signal('SIGTERM');
      assert.equal((await silent.readFrame()).first, 0x88);
      assert.equal(await command.exit, 0);
      assert.ok(performance.now() - begun >= DEADLINE);
      await silent.gone();
      await unfinished.gone();
    }, CHILD_PATIENCE)();
    assert.equal(command.stderr, '');
  });

  test('twice, with a client that never answers: the second one ends it at once', async (context) => {
    const { command, port } = await service(context);
    await leavingNothing(async (scope) => {
      const silent = await connectRaw(scope, port);
      await requestHandshake(silent);
      command.signal('SIGTERM');
      assert.equal((await silent.readFrame()).first, 0x88);
      command.signal('SIGTERM');
      assert.equal(await command.exit, 'SIGTERM');
      await silent.gone();
    }, CHILD_PATIENCE)();
  });

  test('to `harmony-websocket serve`, with a client that never answers: ends at its deadline, with 0', async (context) => {
    const { command, port } = await serve(context);
    await leavingNothing(async (scope) => {
      const silent = await connectRaw(scope, port);
      await requestHandshake(silent);
      command.signal('SIGTERM');
      assert.equal((await silent.readFrame()).first, 0x88);
      assert.equal(await command.exit, 0);
      await silent.gone();
    }, CHILD_PATIENCE)();
    assert.match(command.stdout, /\nended\n$/);
    assert.equal(command.stderr, '');
  });
});
