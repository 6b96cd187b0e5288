// A client that comes back to real servers on loopback: killed, started again on the same port, refusing, hanging, and gone
// behind a connection that stays open.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer, refuse } from '../../../src/engine/index.ts';
import { repository } from '../../support/command.ts';
import { listen } from '../../support/engine.ts';
import { leavingNothing } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { listenRaw } from '../../support/raw-peer.ts';
import { begin } from './rig.ts';

const quick = { reconnect: { initial: 1, max: 20 } };

describe('a server', () => {
  test(
    'that ends and starts again on its port',
    leavingNothing(async (scope) => {
      const seen = new Inbox<string>();
      const make = () => createServer({ message: (_connection, data) => seen.push(String(data)) });
      let server = make();
      const { port } = await server.listen({ host: '127.0.0.1' });
      const { client, log } = begin(scope, `ws://127.0.0.1:${port}/`, quick);
      for (let round = 0; round < 3; round++) {
        await client.opened();
        client.send(`open ${round}`);
        assert.equal(await seen.next(), `open ${round}`);
        await server.close();
        while (client.connection !== undefined) await client.connection.closed;
        client.send(`away ${round}`);
        server = make();
        await server.listen({ host: '127.0.0.1', port });
        assert.equal(await seen.next(), `away ${round}`);
      }
      scope.defer(() => server.close());
      assert.equal(log.filter((line) => line === 'open').length, 4);
      assert.ok(log.includes('close 1006'), log.join('; '));
      await client.close();
    }),
  );
  test(
    'that is killed',
    leavingNothing(async (scope) => {
      const program = `import { createServer } from './src/engine/index.ts';
        const server = createServer({ open: (connection) => connection.send(String(process.pid)) });
        const { port } = await server.listen({ host: '127.0.0.1', port: Number(process.argv[1]) });
        console.log(port);`;
      const start = async (port: number) => {
        const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, String(port)], {
          cwd: repository,
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        scope.defer(() => child.kill('SIGKILL'));
        const [line] = (await once(child.stdout, 'data')) as [Buffer];
        return { child, port: Number(String(line)) };
      };
      const first = await start(0);
      const pids = new Inbox<number>();
      const client = connect(`ws://127.0.0.1:${first.port}/`, {
        ...quick,
        handlers: { message: (_connection, data) => pids.push(Number(data)) },
      });
      scope.defer(() => client.terminate());
      assert.equal(await pids.next(), first.child.pid);
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      const second = await start(first.port);
      assert.equal(await pids.next(), second.child.pid);
      await client.close();
      second.child.kill('SIGKILL');
      await once(second.child, 'exit');
    }),
  );
  test(
    'that refuses with Retry-After at first, then accepts a fresh token',
    leavingNothing(async (scope) => {
      let requests = 0;
      const { url } = await listen(scope, {
        upgrade: ({ headers }) => {
          if (++requests === 1) return refuse(503, 'busy', { 'Retry-After': '0' });
          return headers.authorization === 'Bearer 3' ? undefined : refuse(429, 'not yet', { 'Retry-After': 'never' });
        },
      });
      let token = 0;
      const { client, log } = begin(scope, async () => url, {
        ...quick,
        headers: async () => ({ Authorization: `Bearer ${++token}` }),
      });
      await client.opened();
      assert.equal(requests, 3);
      assert.deepEqual(
        log.map((line) => line.replace(/ \d+ /, ' ')),
        ['connecting 1', 'waiting ERR_WS_REFUSED', 'connecting 2', 'waiting ERR_WS_REFUSED', 'connecting 3', 'open'],
      );
      await client.close();
    }),
  );
  test(
    'that takes connections and says nothing is given up after handshakeTimeout',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const { client, log } = begin(scope, server.url, { ...quick, handshakeTimeout: 20 });
      for (let count = 0; count < 2; count++) await (await server.accepted()).gone();
      assert.match(log[1] ?? '', /^waiting \d+ ERR_WS_HANDSHAKE_TIMEOUT$/);
      await client.close();
    }),
  );
  test(
    'that vanishes behind a connection that stays open: found by the heartbeat',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope);
      let isDead = false;
      const proxy = createTcpServer((socket) => {
        const upstream = connectTcp(port, '127.0.0.1');
        upstream.on('error', () => {});
        socket.on('error', () => {});
        socket.on('data', (chunk) => isDead || upstream.write(chunk));
        upstream.on('data', (chunk) => isDead || socket.write(chunk));
        socket.on('close', () => upstream.destroy());
        upstream.on('end', () => socket.end());
        scope.defer(() => upstream.destroy());
      });
      proxy.listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      scope.defer(() => proxy.close());
      const { client, log } = begin(scope, `ws://127.0.0.1:${(proxy.address() as { port: number }).port}/`, {
        ...quick,
        heartbeat: { interval: 50, timeout: 50 },
      });
      await client.opened();
      const { connection } = client;
      isDead = true;
      await connection?.closed;
      isDead = false;
      await client.opened();
      assert.ok(
        log.some((line) => /^waiting \d+ ERR_WS_HEARTBEAT$/.test(line)),
        log.join('\n'),
      );
      await client.close();
    }),
  );
});

describe('the process', () => {
  /** Runs a program, and returns what it printed when it has ended by itself. */
  async function run(program: string): Promise<string> {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
    });
    await once(child, 'close');
    return text;
  }
  test('stays alive while the client waits, and ends when it gave up or was closed', async () => {
    const printed = await run(`import { connect } from './src/engine/index.ts';
      const handlers = { waiting: () => console.log('waiting'), gaveUp: () => console.log('gave up') };
      connect('ws://127.0.0.1:1/', { reconnect: { initial: 5, attempts: 3 }, handlers });
      const other = connect('ws://127.0.0.1:1/', { reconnect: { initial: 600_000, max: 600_000 } });
      setTimeout(() => other.close(), 10);`);
    assert.equal(printed, 'waiting\nwaiting\ngave up\n');
  });
});
