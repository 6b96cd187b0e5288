// `listen({ path })`: a Unix socket, what becomes of the file, and of one that somebody left behind. `listen({ reusePort })`.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { connect, createServer, type Server } from '../../src/engine/index.ts';
import { reusePortProblem } from '../../src/node/reuse-port.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { RawPeer } from '../support/raw-peer.ts';

const skip = process.platform === 'win32' && 'named pipes have other names';
const onLinux = process.platform !== 'linux' && 'abstract sockets exist on Linux only';

function folder(scope: Scope): string {
  const path = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
  scope.defer(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function echo(scope: Scope, remoteAddresses: string[] = []): Server {
  const server = createServer({
    upgrade: (request) => void remoteAddresses.push(request.remoteAddress),
    message: (connection, data) => void connection.send(data),
  });
  scope.defer(() => server.close());
  return server;
}

async function answers(url: string, options = {}): Promise<void> {
  const client = await connect(url, options);
  client.send('hi');
  assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hi');
  client.terminate();
  await client.closed;
}

/** Has a process listen at `path` and be killed. */
async function leaveBehind(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('ready'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
}

describe('a Unix socket', { skip }, () => {
  for (const tls of [false, true]) {
    test(`${tls ? 'wss' : 'ws'}+unix: leads there; the file goes with the server`, () =>
      leavingNothing(async (scope) => {
        const path = join(folder(scope), 'chat.sock');
        const addresses: string[] = [];
        const server = echo(scope, addresses);
        const address = await server.listen({ path, ...(tls ? { tls: serverCertificate() } : {}) });
        assert.deepEqual(address, { path });
        assert.ok(lstatSync(path).isSocket());
        await answers(tls ? `wss+unix://${path}:/x` : `ws+unix://${path}:/x`, tls ? { tls: trust() } : {});
        assert.deepEqual(addresses, ['']);
        await server.drain();
        assert.equal(existsSync(path), false);
        await server.listen({ path });
        await server.close();
        assert.equal(existsSync(path), false);
      })());
  }

  test('mode is the permissions of the file, from its first moment', () =>
    leavingNothing(async (scope) => {
      const top = folder(scope);
      const before = process.umask();
      for (const mode of [0o600, 0o660, 0o777, 0]) {
        const path = join(top, `${mode}.sock`);
        const listening = echo(scope).listen({ path, mode });
        // Made, but its permissions are not set yet: nobody may have more of them.
        if (existsSync(path)) assert.equal(lstatSync(path).mode & 0o777 & ~mode, 0);
        await listening;
        assert.equal(lstatSync(path).mode & 0o777, mode);
        assert.equal(process.umask(), before);
      }
    })());

  test('a socket that nobody answers on is replaced', () =>
    leavingNothing(async (scope) => {
      const path = join(folder(scope), 'stale.sock');
      await leaveBehind(path);
      assert.ok(lstatSync(path).isSocket());
      await echo(scope).listen({ path, mode: 0o600 });
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
      await answers(`ws+unix://${path}`);
    })());

  test('one that a program answers on is not, and neither are files of another kind', () =>
    leavingNothing(async (scope) => {
      const top = folder(scope);
      const path = join(top, 'taken.sock');
      await echo(scope).listen({ path });
      const link = join(top, 'link.sock');
      symlinkSync(path, link);
      const file = join(top, 'file');
      writeFileSync(file, 'precious');
      const second = echo(scope);
      await rejectsWith(second.listen({ path }), 'ERR_WS_LISTEN', path, 'EADDRINUSE', 'a program answers there');
      for (const other of [link, file, top])
        await rejectsWith(second.listen({ path: other }), 'ERR_WS_LISTEN', 'EEXIST', 'a file that is not a socket');
      assert.ok(existsSync(file));
      await rejectsWith(
        second.listen({ path: join(top, 'none', 'x.sock') }),
        'ERR_WS_LISTEN',
        'check that its folder exists',
      );
      await answers(`ws+unix://${path}`);
      // A second server that could not listen does not take the file along.
      await second.close();
      assert.ok(existsSync(path));
    })());

  test('an abstract socket', { skip: onLinux }, () =>
    leavingNothing(async (scope) => {
      const name = `harmony-websocket-${process.pid}`;
      const server = echo(scope);
      assert.deepEqual(await server.listen({ path: `\0${name}` }), { path: `\0${name}` });
      await answers(`ws+unix:///%00${name}:/x`);
      await rejectsWith(echo(scope).listen({ path: `\0${name}` }), 'ERR_WS_LISTEN', `@${name} (EADDRINUSE)`);
      await rejectsWith(echo(scope).listen({ path: `\0${name}`, mode: 0o600 }), 'ERR_WS_OPTION', 'no permissions');
    })(),
  );

  test('a header of the PROXY protocol comes over it, too', () =>
    leavingNothing(async (scope) => {
      const path = join(folder(scope), 'proxied.sock');
      const opened = new Inbox<string>();
      const server = createServer({
        trustedProxies: ['loopback'],
        open: ({ remoteAddress }) => void opened.push(remoteAddress),
      });
      scope.defer(() => server.close());
      await server.listen({ path, proxyProtocol: true });
      const peer = new RawPeer(connectSocket({ path }));
      scope.defer(() => peer.destroy());
      peer.write('PROXY TCP4 203.0.113.9 192.0.2.1 1 2\r\n');
      await requestHandshake(peer);
      assert.equal(await opened.next(), '203.0.113.9');
    })());

  test('from a worker, which cannot set the umask', () =>
    leavingNothing(async (scope) => {
      const path = join(folder(scope), 'worker.sock');
      const code = `
        const { createServer } = await import(${JSON.stringify(new URL('../../dist/engine/index.js', import.meta.url).href)});
        const { parentPort, workerData } = await import('node:worker_threads');
        const server = createServer();
        await server.listen(workerData);
        parentPort.once('message', () => server.close());
        parentPort.postMessage('ready');`;
      const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
      const worker = new Worker(url, { workerData: { path, mode: 0o640 } });
      await once(worker, 'message');
      assert.equal(lstatSync(path).mode & 0o777, 0o640);
      worker.postMessage('end');
      await once(worker, 'exit');
      assert.equal(existsSync(path), false);
    })());

  test('in memory', async () => {
    await using network = useNetwork();
    const server = createServer();
    assert.deepEqual(await server.listen({ path: '/run/chat.sock', mode: 0o600 }), { path: '/run/chat.sock' });
    const client = await connect('ws+unix:///run/chat.sock:/x');
    client.terminate();
    await network.settle();
    await server.close();
  });
});

describe('bad options', () => {
  const table: readonly (readonly [options: object, ...parts: string[]])[] = [
    [{ path: '/tmp/x', port: 1 }, 'port is 1', 'to be left out beside path', 'createServer({ paths })'],
    [{ path: '/tmp/x', host: 'localhost' }, 'host is "localhost"', 'to be left out beside path'],
    [{ path: '/tmp/x', reusePort: true }, 'reusePort is true', 'to be left out beside path'],
    [{ path: `/tmp/${'x'.repeat(200)}` }, 'path is "/tmp/xxx', 'at most 10', 'it has 205'],
    [{ path: '/tmp/a\0b' }, 'without a byte 0 inside'],
    [{ path: '' }, 'the path of a Unix socket such as'],
    [{ path: '/tmp/x', mode: 0o1000 }, 'mode is 512', 'permissions from 0 to 0o777'],
    [{ path: '/tmp/x', mode: '660' }, 'mode is "660"'],
    [{ mode: 0o660 }, 'mode is 432', 'to be left out without path'],
  ];
  for (const [options, ...parts] of table) {
    test(JSON.stringify(options).slice(0, 60), { skip }, () => {
      return rejectsWith(createServer().listen(options), 'ERR_WS_OPTION', ...parts).then(() => {});
    });
  }
  test('a path that is too long is refused by connect, too', { skip }, () =>
    rejectsWith(
      connect(`ws+unix:///tmp/${'x'.repeat(200)}:/`),
      'ERR_WS_URL',
      'at most 10',
      'expected ws+unix:///path/of.sock:/path',
    ).then(() => {}),
  );
});

describe('reusePort', () => {
  const known = reusePortProblem() === undefined;
  test(
    'two servers on one port both get connections',
    { skip: !known && 'this version of Node does not have it' },
    () =>
      leavingNothing(async (scope) => {
        const servers = [0, 1].map(() => echo(scope));
        const { port } = (await servers[0]?.listen({ host: '127.0.0.1', reusePort: true })) ?? { port: 0 };
        await servers[1]?.listen({ host: '127.0.0.1', port, reusePort: true });
        for (let count = 0; servers.some(({ connections }) => connections.size === 0); count++) {
          assert.ok(count < 500);
          const client = await connect(`ws://127.0.0.1:${port}/`);
          scope.defer(async () => {
            client.terminate();
            await client.closed;
          });
        }
        // Only together: a server without the option does not get the port.
        await rejectsWith(echo(scope).listen({ host: '127.0.0.1', port }), 'ERR_WS_LISTEN', 'EADDRINUSE');
      })(),
  );
  test('where Node does not have it, it is refused with the versions that do', {
    skip: known && 'this version of Node has it',
  }, async () => {
    await rejectsWith(
      createServer().listen({ reusePort: true }),
      'ERR_WS_OPTION',
      'reusePort is true',
      'since 22.12 and 23.1',
    );
  });
  test('by version', () => {
    const versions = (node: string, others = {}): NodeJS.ProcessVersions => ({ ...process.versions, node, ...others });
    for (const version of ['22.12.0', '22.20.1', '23.1.0', '24.0.0', '26.1.0']) {
      assert.equal(reusePortProblem(versions(version)), undefined, version);
      assert.match(String(reusePortProblem(versions(version, { bun: '1.3.0' }))), /^false here/);
    }
    for (const version of ['20.19.0', '22.11.0', '23.0.0']) {
      assert.match(String(reusePortProblem(versions(version))), new RegExp(`^false here \\(Node\\.js ${version}\\)`));
    }
  });
});

test('a TCP server that listens at the path is not a WebSocket server, but answers', { skip }, () =>
  leavingNothing(async (scope) => {
    const path = join(folder(scope), 'other.sock');
    const other = createTcpServer((socket) => void socket.destroy());
    other.listen(path);
    await once(other, 'listening');
    scope.defer(() => once(other.close(), 'close'));
    await rejectsWith(echo(scope).listen({ path }), 'ERR_WS_LISTEN', 'a program answers there');
  })(),
);
