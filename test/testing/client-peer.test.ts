// Scripted clients against the engine's server.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accept, type CloseEvent, createServer, refuse } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { certificates } from '../support/certificates.ts';

describe('a scripted client', { timeout: 30_000 }, () => {
  test('opens, sends, receives, closes', async () => {
    await using network = useNetwork();
    const ends: CloseEvent[] = [];
    const server = createServer({
      subprotocols: ['chat'],
      message: (connection, data) => void connection.send(data),
      close: (_connection, event) => void ends.push(event),
    });
    await server.listen({ port: 80 });
    const client = await network.client('ws://localhost/room?x=1', {
      subprotocols: ['chat'],
      headers: { Cookie: 'a=1' },
    });
    assert.equal(client.receivedHead.status, 101);
    assert.equal(client.receivedHead.header('sec-websocket-protocol'), 'chat');
    // RFC 6455 §1.3: "the sample nonce" and its answer.
    client.receivedHead.assertHeader('Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    const [connection] = server.connections;
    assert.equal(connection?.url, '/room?x=1');
    client.sendText('hello');
    await client.receives('text', 'hello');
    client.sendBinary('01 02 03');
    await client.receives('binary', '01 02 03');
    client.sendPing('x');
    await client.receivesPong('x');
    connection?.ping('y');
    await network.settle();
    assert.equal(client.pingsAnswered, 1);
    client.sendClose(1000, 'done');
    await client.receivesClose(1000);
    await client.receivesEnd();
    assert.deepEqual(ends, [{ code: 1000, reason: 'done', wasClean: true }]);
    await server.close();
  });

  test('is refused: status, header and body', async () => {
    await using network = useNetwork();
    const server = createServer({ upgrade: () => refuse(401, 'log in first', { 'WWW-Authenticate': 'Basic' }) });
    await server.listen({ port: 80 });
    const client = await network.client('ws://localhost/');
    assert.equal(client.receivedHead.status, 401);
    client.receivedHead.assertHeader('WWW-Authenticate', 'Basic');
    assert.equal(await client.receivesBody(), 'log in first\n');
    await client.receivesEnd();
    await server.close();
  });

  test('sends its own request', async () => {
    await using network = useNetwork();
    const server = createServer();
    await server.listen({ port: 80 });
    const wrongVersion = await network.client('ws://localhost/', { headers: { 'Sec-WebSocket-Version': '8' } });
    assert.equal(wrongVersion.receivedHead.status, 426);
    wrongVersion.receivedHead.assertHeader('sec-websocket-version', '13');
    const raw = await network.client('ws://localhost/', { handshake: false });
    assert.throws(() => raw.receivedHead, /no head has arrived yet/);
    raw.sendAscii('nonsense\r\n\r\n');
    assert.equal((await raw.receivesHead()).status, 400);
    raw.end();
    wrongVersion.end();
    await network.settle();
    await server.close();
  });

  test('breaks the protocol: an unmasked frame (RFC 6455 §5.1)', async () => {
    await using network = useNetwork();
    const server = createServer();
    await server.listen({ port: 80 });
    const client = await network.client('ws://localhost/');
    client.sendFrame({ opcode: 'text', payload: 'x', masked: false });
    await client.receivesClose(1002);
    await client.receivesEnd();
    await network.settle();
    await server.close();
  });

  test('comes from any address: a limit for each', async () => {
    await using network = useNetwork();
    const counts = new Map<string, number>();
    const server = createServer({
      upgrade({ remoteAddress }) {
        const count = counts.get(remoteAddress) ?? 0;
        if (count === 2) return refuse(429, 'too many');
        counts.set(remoteAddress, count + 1);
        return accept();
      },
    });
    await server.listen({ port: 80 });
    const statuses: number[] = [];
    for (const from of ['10.0.0.7', '10.0.0.7', '10.0.0.7', '10.0.0.8']) {
      const client = await network.client('ws://localhost/', { from });
      statuses.push(client.receivedHead.status);
    }
    assert.deepEqual(statuses, [101, 101, 429, 101]);
    // A scripted client answers the server's Close, as any client does.
    assert.equal((await server.drain()).closed, 3);
    await server.close();
  });

  test('over TLS', async () => {
    await using network = useNetwork();
    const { server: certificate, ca } = certificates();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    await server.listen({ port: 443, host: '127.0.0.1', tls: { cert: certificate.cert, key: certificate.key } });
    const client = await network.client('wss://localhost/', { tls: { ca: ca.cert } });
    client.sendText('secret');
    await client.receives('text', 'secret');
    await assert.rejects(network.client('wss://localhost/'), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    client.end();
    await network.settle();
    await server.close();
  });

  test('nobody there, and nobody of that name', async () => {
    await using network = useNetwork();
    await assert.rejects(network.client('ws://localhost/'), { code: 'ECONNREFUSED', syscall: 'connect' });
    await assert.rejects(network.client('ws://chat.example/'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
    await assert.rejects(network.client('chat.example'), /as a URL here; use one such as ws:/);
  });

  test('a heartbeat that it does not answer: the server ends TCP', async () => {
    await using network = useNetwork();
    const server = createServer();
    await server.listen({ port: 80 });
    const client = await network.client('ws://localhost/');
    client.answersPings = false;
    await network.advance(30_000);
    await client.receivesPing();
    await network.advance(30_000);
    await client.receivesEnd();
    await server.close();
  });
});
