// How much of a write the system has taken, told byte by byte while the write is not done, by each kind of socket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { transportOf } from '../../src/node/transport/choice.ts';
import { StreamTransport } from '../../src/node/transport/stream-transport.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';

const SIZE = 64 * 1024 * 1024;

/** Two ends of a connection; the second one does not read yet. */
type Ends = (scope: Scope) => Promise<[Socket, Socket]>;

const path = process.platform === 'win32' ? undefined : 'ws.sock';

const tcp = (path?: string): Ends => {
  return async (scope) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    if (path === undefined) server.listen(0, '127.0.0.1');
    else {
      const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
      scope.defer(() => rmSync(folder, { recursive: true, force: true }));
      server.listen(join(folder, path));
    }
    await once(server, 'listening');
    const address = server.address();
    const target = typeof address === 'string' ? { path: address } : { port: (address as { port: number }).port };
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const ours = connectTcp({ ...target, allowHalfOpen: true });
    const [theirs] = await accepted;
    if (ours.connecting) await once(ours, 'connect');
    scope.defer(() => server.close());
    return [ours, theirs];
  };
};

const tls: Ends = async (scope) => {
  const server = createTlsServer({ ...serverCertificate(), pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'secureConnection') as Promise<[Socket]>;
  const { port } = server.address() as { port: number };
  const ours = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ...trust() });
  await once(ours, 'secureConnect');
  scope.defer(() => server.close());
  const [theirs] = await accepted;
  theirs.pause();
  return [ours, theirs];
};

for (const [name, ends] of [
  ['TCP', tcp()],
  ...(path === undefined ? [] : ([['a Unix socket', tcp(path)]] as const)),
  ['TLS', tls],
] as const) {
  test(
    `${name}: grows while a large write is under way, up to all of it`,
    leavingNothing(async (scope) => {
      const [ours, theirs] = await ends(scope);
      scope.defer(() => ours.destroy());
      scope.defer(() => theirs.destroy());
      theirs.on('error', () => {});
      const transport = transportOf(ours, false);
      let isWritten = false;
      let done = (): void => {};
      const written = new Promise<void>((resolve) => {
        done = resolve;
      });
      transport.start(
        {
          received() {},
          written() {
            isWritten = true;
            done();
          },
          ended() {},
          disconnected() {},
        },
        Buffer.alloc(0),
      );
      const before = transport.taken as number;
      assert.equal(transport.write(Buffer.alloc(SIZE)), false);
      const seen = new Set<number>();
      theirs.on('data', () => {
        if (!isWritten) seen.add(transport.taken as number);
      });
      theirs.resume();
      await written;
      assert.ok(seen.size > 3, `${seen.size} different values`);
      const values = [...seen];
      assert.deepEqual(
        values,
        [...values].sort((a, b) => a - b),
      );
      const taken = (transport.taken as number) - before;
      assert.ok(taken >= SIZE && taken < SIZE * 1.01, `${taken}`);
      transport.destroy();
      theirs.destroy();
      await once(theirs, 'close');
    }),
  );
}

test('any other stream: a large write goes in pieces, each of which is counted', async () => {
  const waiting: (() => void)[] = [];
  const sizes: number[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk: Uint8Array, _encoding, taken) {
      sizes.push(chunk.length);
      waiting.push(taken);
    },
  });
  Object.assign(stream, { setTimeout() {}, setNoDelay() {} });
  const transport = new StreamTransport(stream as unknown as Socket);
  assert.equal(transport.write(new Uint8Array(100_000)), false);
  const seen: (number | undefined)[] = [];
  for (let taken = waiting.shift(); taken !== undefined; taken = waiting.shift()) {
    seen.push(transport.taken);
    taken();
    await new Promise(setImmediate);
  }
  assert.equal(transport.taken, 100_000);
  assert.deepEqual(seen.slice(0, 3), [0, 16_384, 32_768]);
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    100_000,
  );
});
