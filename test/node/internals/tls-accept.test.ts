// Which connection is which, where the addresses of clients say nothing: all clients of a Unix socket have the same.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { carrierOf, watchTlsHandshakes } from '../../../src/node/internals/tls-accept.ts';
import { serverCertificate, trust } from '../../support/engine.ts';
import { leavingNothing } from '../../support/handles.ts';

test(
  'a handshake that is over is taken out, and no other one',
  {
    skip: process.platform === 'win32' && 'named pipes have other names',
  },
  leavingNothing(async (scope) => {
    const folder = mkdtempSync(join(tmpdir(), 'harmony-websocket-'));
    scope.defer(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'tls.sock');
    const server = createServer(serverCertificate());
    const unfinished = watchTlsHandshakes(server);
    assert.equal(watchTlsHandshakes(server), unfinished, 'once for each server');
    server.listen(path);
    await once(server, 'listening');
    scope.defer(() => once(server.close(), 'close'));

    const accept = async (): Promise<[client: Socket, raw: Socket]> => {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = connect(path);
      client.on('error', () => {});
      scope.defer(() => client.destroy());
      return [client, (await accepted)[0]];
    };
    const [, first] = await accept();
    const [client, second] = await accept();
    const [, third] = await accept();
    assert.deepEqual(new Set(unfinished), new Set([first, second, third]));

    const secure = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const encrypted = connectTls({ socket: client, servername: 'localhost', ...trust() });
    encrypted.on('error', () => {});
    const [above] = await secure;
    assert.equal(carrierOf(above), second);
    assert.deepEqual(new Set(unfinished), new Set([first, third]));

    third.destroy();
    await once(third, 'close');
    assert.deepEqual([...unfinished], [first]);
    first.destroy();
    above.destroy();
    encrypted.destroy();
  }),
);

test('a server without TLS has none', () => {
  assert.equal(watchTlsHandshakes(createHttpServer()).size, 0);
});
