// `servePeer`: a scripted server on a real port, met by the engine, by the kit and by a bare socket.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { describe, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { servePeer } from '../../src/testing/index.ts';
import { certificates } from '../support/certificates.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';

const local = { host: '127.0.0.1' };

describe('servePeer', { timeout: 60_000 }, () => {
  test('a script meets clients over sockets; the port is free afterwards', async () => {
    const before = openHandles();
    const server = await servePeer(
      0,
      async (peer, number) => {
        peer.accept({ subprotocol: 'chat.v1' });
        await peer.receives('text', 'hello');
        peer.sendText(`you are number ${number}`);
        await peer.receivesClose(1000);
      },
      local,
    );
    assert.equal(server.url, `ws://127.0.0.1:${server.port}/`);
    assert.deepEqual(server.urls, [server.url]);
    for (const number of [1, 2]) {
      const client = await connect(server.url, { subprotocols: ['chat.v1'] });
      client.send('hello');
      for await (const message of client) {
        assert.equal(message, `you are number ${number}`);
        break;
      }
      await client.close(1000);
    }
    await server.finished();
    assert.equal(server.connections.length, 2);
    await server.close();
    await handlesBecome(before);
  });

  test('without a script, clients wait for the test; a reset and a FIN are seen', async () => {
    await using server = await servePeer(0, undefined, { ...local, path: '/room' });
    const ws = webSocket.createWebSocket();
    const closed = new Promise((resolve) => ws.on('close', (_error, value) => resolve(value.code)));
    await ws.connect(server.url);
    const first = await server.next();
    assert.equal(first.receivedHead.target, '/room');
    assert.equal(first.remoteAddress, '127.0.0.1');
    first.accept();
    await first.receivesNothing();
    first.reset();
    await closed;

    const socket = connectTcp(server.port, '127.0.0.1');
    socket.write('GET /elsewhere HTTP/1.1\r\n\r\n');
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 404 /);
    socket.destroy();

    const other = connectTcp(server.port, '127.0.0.1');
    other.write('GET /room HTTP/1.1\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==\r\n\r\n');
    const second = await server.next();
    second.accept();
    other.end();
    await second.receivesEnd();
    other.destroy();
  });

  test('TLS', async () => {
    const { server: certificate, ca } = certificates();
    await using server = await servePeer(0, (peer) => peer.accept(), {
      ...local,
      tls: { cert: certificate.cert, key: certificate.key },
    });
    assert.match(server.url, /^wss:/);
    const client = await connect(`wss://localhost:${server.port}/`, { tls: { ca: ca.cert } });
    client.terminate();
    await server.finished();
  });

  test('a failed script is reported by finished, or by close', async () => {
    const fail = (): never => {
      throw new Error('the script fails');
    };
    const one = await servePeer(0, fail, local);
    await assert.rejects(connect(one.url));
    await assert.rejects(one.finished(), /the script fails/);
    await one.close();
    const other = await servePeer(0, fail, local);
    await assert.rejects(connect(other.url));
    await assert.rejects(other.close(), /the script fails/);
  });

  test('waits end after the patience of the test', async () => {
    await using server = await servePeer(0, undefined, { ...local, patience: 1 });
    await assert.rejects(server.next(), /expected a client, received none/);
    await assert.rejects(server.finished(), /expected a client, received none/);
  });

  test('a port that is in use, and wrong arguments', async () => {
    await using server = await servePeer(0, undefined, local);
    await assert.rejects(servePeer(server.port, undefined, local), { code: 'EADDRINUSE' });
    await assert.rejects(servePeer(70_000), { code: 'ERR_WS_OPTION' });
    await assert.rejects(servePeer(0, 5 as never), { code: 'ERR_WS_OPTION' });
    await assert.rejects(servePeer(0, undefined, { tsl: {} } as never), { code: 'ERR_WS_OPTION' });
  });

  test('on all addresses, each has a URL', async () => {
    await using server = await servePeer(0);
    assert.equal(server.urls[0], `ws://127.0.0.1:${server.port}/`);
    assert.ok(server.urls.every((url) => URL.canParse(url)));
  });
});
