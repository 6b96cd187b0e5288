// Unix sockets from dial to listen, by the types that are internal so far: on the system's network and in memory.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { describeAddress, peerAddress } from '../../src/node/address.ts';
import { type DialOptions, dial } from '../../src/node/dial.ts';
import { network } from '../../src/node/network.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { RawPeer } from '../support/raw-peer.ts';

const skip = process.platform === 'win32' && 'named pipes have other names';

const REQUEST =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
/** RFC 6455 §5.7: a masked text of "Hello", and the unmasked one. */
const MASKED_HELLO = '818537fa213d7f9f4d5158';
const HELLO = '810548656c6c6f';

function options(changes: Partial<DialOptions> = {}): DialOptions & { phases: string[] } {
  const phases: string[] = [];
  return {
    // The environment of a proxy does not matter: it cannot lead to a socket in the file system.
    proxy: { host: 'proxy.invalid', port: 1 },
    tls: undefined,
    signal: new AbortController().signal,
    resolved: () => phases.push('resolved'),
    entered: (phase) => phases.push(phase),
    phases,
    ...changes,
  };
}

function socketPath(scope: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
  scope.defer(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'ws.sock');
}

const networks: Record<string, (scope: Scope) => void> = {
  'of the system': () => {},
  'in memory': (scope) => {
    const memory = useNetwork();
    scope.defer(() => memory.uninstall());
  },
};

for (const [name, prepare] of Object.entries(networks)) {
  describe(`a Unix socket ${name}`, { skip }, () => {
    for (const secure of [false, true]) {
      test(
        `${secure ? 'with' : 'without'} TLS: handshake, messages, end`,
        leavingNothing(async (scope) => {
          prepare(scope);
          const path = socketPath(scope);
          const seen: unknown[] = [];
          const server = createServer({
            open: ({ remoteAddress, remotePort }) => seen.push(remoteAddress, remotePort),
            message: (connection, data) => connection.send(data),
            close: (_, { code }) => seen.push(code),
          });
          const http = secure ? createHttpsServer(serverCertificate()) : createHttpServer();
          server.attach(http);
          const listening = await network().listen(http, { path });
          assert.deepEqual(listening.address, { path });
          const given = options({ tls: secure ? trust() : undefined });
          const socket = await dial({ address: { path }, secure }, given);
          assert.deepEqual(given.phases, ['tcp', 'resolved', ...(secure ? ['tls'] : [])]);
          assert.deepEqual(peerAddress(socket), { address: '', port: 0 });
          const peer = new RawPeer(socket);
          peer.write(REQUEST);
          assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
          peer.write(Buffer.from(MASKED_HELLO, 'hex'));
          assert.equal((await peer.read(HELLO.length / 2)).toString('hex'), HELLO);
          // Close 1000, masked with 0.
          peer.write(Buffer.from('88820000000003e8', 'hex'));
          assert.equal((await peer.read(4)).toString('hex'), '880203e8');
          peer.end();
          await server.drain();
          await listening.stop();
          assert.deepEqual(seen, ['', 0, 1000]);
          socket.destroy();
        }),
      );
    }

    test(
      'nobody listens there: the error names the path, not a port',
      leavingNothing(async (scope) => {
        prepare(scope);
        const path = socketPath(scope);
        await rejectsWith(dial({ address: { path }, secure: false }, options()), 'ERR_WS_CONNECT', path);
        await rejectsWith(dial({ address: { path }, secure: false }, options()), 'ERR_WS_CONNECT', 'ENOENT');
      }),
    );

    test(
      'one that is in use: EADDRINUSE; it is free again when its listener has stopped',
      leavingNothing(async (scope) => {
        prepare(scope);
        const path = socketPath(scope);
        const first = await network().listen(createHttpServer(), { path });
        const failing = network().listen(createHttpServer(), { path });
        await assert.rejects(failing, { code: 'EADDRINUSE', syscall: 'listen', address: path });
        await first.stop();
        const second = await network().listen(createHttpServer(), { path });
        await second.stop();
      }),
    );
  });
}

test('addresses as errors show them', () => {
  assert.equal(describeAddress({ path: '/run/ws.sock' }), '/run/ws.sock');
  assert.equal(describeAddress({ host: '::1', port: 80 }), '[::1]:80');
  assert.equal(describeAddress({ host: '', port: 80 }), '*:80');
});
