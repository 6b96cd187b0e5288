// Sockets that a server accepts, made as Node makes them and with less waste: nobody may see a difference.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { acceptCheaply } from '../../../src/node/internals/accept.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';

const isNode20 = process.version.startsWith('v20.');

type Options = Parameters<typeof createServer>[0];

async function acceptOne(scope: Scope, options: Options, prepare: (server: Server) => void): Promise<Socket> {
  const server = createServer({ noDelay: true, ...options }).listen(0, '127.0.0.1');
  scope.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  await once(server, 'listening');
  prepare(server);
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.on('error', () => {});
  client.on('error', () => {});
  scope.defer(() => {
    client.destroy();
    socket.destroy();
  });
  const count = await new Promise((resolve) => server.getConnections((_, number) => resolve(number)));
  assert.equal(count, 1, 'its server counts it');
  return socket;
}

/** Every property, those of symbols and of streams too, with what it is. */
function describeSocket(socket: Socket): string[] {
  return Reflect.ownKeys(socket).map((key) => {
    const value = Reflect.get(socket, key) as unknown;
    const isNumbered = String(key) === 'Symbol(async_id_symbol)';
    const shown =
      typeof value === 'object' && value !== null ? value.constructor?.name : isNumbered ? 'a number' : value;
    return `${String(key)}: ${String(shown)}`;
  });
}

describe('accepted sockets', () => {
  for (const options of [{ allowHalfOpen: true }, { allowHalfOpen: false }, { pauseOnConnect: true }]) {
    test(
      `${JSON.stringify(options)}: as Node makes them, property by property`,
      leavingNothing(async (scope) => {
        const plain = await acceptOne(scope, options, () => {});
        const cheap = await acceptOne(scope, options, acceptCheaply);
        assert.deepEqual(describeSocket(cheap), describeSocket(plain));
        assert.equal(cheap.allowHalfOpen, plain.allowHalfOpen);
        assert.equal(cheap.isPaused(), plain.isPaused());
        assert.equal(cheap.readableHighWaterMark, plain.readableHighWaterMark);
      }),
    );
  }

  test(
    'they are published on net.server.socket',
    leavingNothing(async (scope) => {
      const published: unknown[] = [];
      const listener = (message: unknown): void => void published.push((message as { socket: Socket }).socket);
      subscribe('net.server.socket', listener);
      scope.defer(() => void unsubscribe('net.server.socket', listener));
      const socket = await acceptOne(scope, {}, acceptCheaply);
      assert.deepEqual(published, [socket]);
    }),
  );

  test('an error of accept is told as before', { skip: !isNode20 && 'other versions are left alone' }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    acceptCheaply(server);
    const { _handle: handle } = server as Server & { _handle: { onconnection(status: number): void } };
    const told = once(server, 'error');
    handle.onconnection(-24);
    const [error] = (await told) as [NodeJS.ErrnoException];
    assert.deepEqual([error.code, error.syscall], ['EMFILE', 'accept']);
    server.close();
    await once(server, 'close');
  });

  test('without a handle, as in memory, nothing is done', () => acceptCheaply(createServer()));

  test('on other versions of Node nothing is done', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { _handle: handle } = server as Server & { _handle: { onconnection: unknown } };
    const original = handle.onconnection;
    assert.equal(typeof original, 'function');
    acceptCheaply(server);
    assert.equal(handle.onconnection === original, !isNode20);
    server.close();
    await once(server, 'close');
  });
});

test('a socket leaves half a kibibyte less behind that only a full collection frees', {
  skip: !isNode20 && 'Node 20 alone wastes them',
}, () => {
  const module = fileURLToPath(new URL('../../../src/node/internals/accept.ts', import.meta.url));
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { connect, createServer } from 'node:net';
    import { once } from 'node:events';
    const { acceptCheaply } = await import(${JSON.stringify(module)});
    const used = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size;
    async function measure(prepare) {
      const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      prepare(server);
      const accept = async (count) => {
        for (let index = 0; index < count; index++) {
          const socket = connect(server.address().port, '127.0.0.1');
          await once(socket, 'close');
        }
      };
      await accept(200);
      gc();
      const before = used();
      await accept(500);
      server.close();
      return (used() - before) / 500;
    }
    // Both have the sockets of clients in them, which are Node's.
    console.log(JSON.stringify([await measure(() => {}), await measure(acceptCheaply)]));
  `;
  // Nothing is collected in between: hidden classes lie in the old space from the start.
  const flags = ['--expose-gc', '--initial-old-space-size=512', '--import', 'tsx', '--input-type=module'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--eval', program], { encoding: 'utf8' });
  const [plain, cheap] = JSON.parse(stdout || stderr) as [number, number];
  assert.ok(plain - cheap > 500, `${plain} bytes a connection as Node does it, ${cheap} here`);
});
