// The engine at both ends of a network in memory: what works on sockets works here, without a socket or a port of the
// system, and without waiting.

import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { describe, test } from 'node:test';
import { connect, createServer, type ServerConnection, type WebSocketError } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { certificates } from '../support/certificates.ts';
import { handlesBecome, openHandles } from '../support/handles.ts';
import { pattern } from '../support/hex.ts';

/** The rejection's `code`, and that of the system's error behind it. */
async function failure(promise: Promise<unknown>): Promise<{ code: string; cause: string; message: string }> {
  const error = await promise.then(
    () => assert.fail('expected a rejection'),
    (reason: WebSocketError) => reason,
  );
  return { code: error.code, cause: (error.cause as NodeJS.ErrnoException)?.code ?? '', message: error.message };
}

describe('the engine on a network in memory', { timeout: 30_000 }, () => {
  test('texts and bytes come back from an echo server; nothing of the system is used', async () => {
    const before = openHandles();
    await using network = useNetwork();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    const { address, port, family } = await server.listen({ port: 8080, host: '127.0.0.1' });
    assert.deepEqual({ address, port, family }, { address: '127.0.0.1', port: 8080, family: 'IPv4' });
    const client = await connect('ws://127.0.0.1:8080/chat');
    client.send('hello');
    client.send(new Uint8Array([1, 2, 3]));
    const received: unknown[] = [];
    for await (const message of client) {
      received.push(message);
      if (received.length === 2) break;
    }
    assert.deepEqual(received, ['hello', Buffer.from([1, 2, 3])]);
    await handlesBecome(before); // while the connection is open
    await client.close();
    await server.close();
    await network.settle();
    assert.deepEqual(network.open(), []);
  });

  test('a message of 1 MiB passes a buffer of 64 KiB, both ways, unchanged', async () => {
    await using _network = useNetwork();
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`);
    const bytes = pattern(1024 * 1024);
    client.send(bytes);
    for await (const message of client) {
      assert.equal(Buffer.compare(message as Buffer, bytes), 0);
      break;
    }
    client.terminate();
    await server.close();
  });

  test('chunkSize 1: everything arrives byte by byte', async () => {
    await using _network = useNetwork({ chunkSize: 1 });
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`);
    client.send('byte by byte: ä€😀');
    for await (const message of client) {
      assert.equal(message, 'byte by byte: ä€😀');
      break;
    }
    client.terminate();
    await server.close();
  });

  test('a reader that is slow holds the writer back; nothing is lost when it goes on', async () => {
    await using network = useNetwork();
    let drained = 0;
    let connection: ServerConnection | undefined;
    const server = createServer({
      open: (opened) => {
        connection = opened;
      },
      drain: () => void drained++,
    });
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`);
    const text = 'x'.repeat(100_000);
    const answers = Array.from({ length: 50 }, () => connection?.send(text));
    await network.settle();
    // The messages that fit into the buffers wait to be pulled; the rest waits at the server.
    assert.equal(answers.at(-1), false);
    assert.equal(drained, 0);
    assert.ok((connection?.bufferedAmount ?? 0) > 1_000_000);
    let count = 0;
    for await (const message of client) {
      assert.equal(message, text);
      if (++count === 50) break;
    }
    assert.equal(drained, 1);
    assert.equal(connection?.bufferedAmount, 0);
    client.terminate();
    await server.close();
  });

  test('1000 connections', async () => {
    await using network = useNetwork();
    let messages = 0;
    const server = createServer({ message: () => void messages++ });
    const { port } = await server.listen();
    const clients = await Promise.all(Array.from({ length: 1000 }, () => connect(`ws://127.0.0.1:${port}/`)));
    for (const client of clients) client.send('here');
    await network.settle();
    assert.equal(messages, 1000);
    assert.equal(server.connections.size, 1000);
    assert.equal(new Set([...server.connections].map((connection) => connection.remotePort)).size, 1000);
    assert.equal(network.open().length, 1001);
    for (const client of clients) client.terminate();
    await server.close();
  });

  test('latency: a message is on its way for that long, and a handshake for its round trips', async () => {
    await using network = useNetwork({ latency: 50 });
    const received: string[] = [];
    const server = createServer({ message: (_connection, data) => void received.push(String(data)) });
    const { port } = await server.listen();
    let isOpen = false;
    const opening = connect(`ws://127.0.0.1:${port}/`).then((connection) => {
      isOpen = true;
      return connection;
    });
    // SYN, SYN-ACK, request, response.
    await network.advance(199);
    assert.equal(isOpen, false);
    await network.advance(1);
    assert.equal(isOpen, true);
    const client = await opening;
    client.send('late');
    await network.advance(49);
    assert.deepEqual(received, []);
    await network.advance(1);
    assert.deepEqual(received, ['late']);
    client.terminate();
    await network.advance(1000);
    await server.close();
  });

  test('TLS: certificates are checked, and the server knows who is there', async () => {
    await using _network = useNetwork({ names: { 'other.example': '127.0.0.1' } });
    const { server: certificate, ca } = certificates();
    let seen: unknown;
    const server = createServer({
      open: ({ remoteAddress, remotePort, encrypted }) => {
        seen = { remoteAddress, remotePort, encrypted };
      },
      message: (connection, data) => void connection.send(data),
    });
    await server.listen({ port: 443, host: '127.0.0.1', tls: { cert: certificate.cert, key: certificate.key } });
    const client = await connect('wss://localhost/', { tls: { ca: ca.cert } });
    assert.deepEqual(seen, { remoteAddress: '127.0.0.1', remotePort: 49152, encrypted: true });
    assert.deepEqual([client.remoteAddress, client.remotePort], ['127.0.0.1', 443]);
    const text = 'x'.repeat(300_000);
    client.send(text);
    for await (const message of client) {
      assert.equal(message, text);
      break;
    }
    assert.deepEqual(await client.close(1000, 'done'), { code: 1000, reason: '', wasClean: true });
    assert.equal((await failure(connect('wss://localhost/'))).code, 'ERR_WS_TLS');
    const wrongName = await failure(connect('wss://other.example/', { tls: { ca: ca.cert } }));
    assert.equal(wrongName.code, 'ERR_WS_TLS');
    assert.match(wrongName.message, /wrong host name/);
    assert.equal((await failure(connect('wss://localhost:444/', { tls: { ca: ca.cert } }))).cause, 'ECONNREFUSED');
    await server.close();
  });

  test('an HTTP server of the application, with a WebSocket server attached', async () => {
    await using network = useNetwork();
    const http = createHttpServer((_request, response) => void response.end('plain'));
    const server = createServer({ message: (connection, data) => void connection.send(data) });
    server.attach(http, { path: '/ws' });
    const { port } = await network.listen(http, { port: 80, host: '127.0.0.1' });
    assert.equal(port, 80);
    const client = await connect('ws://localhost/ws');
    client.send('x');
    for await (const message of client) {
      assert.equal(message, 'x');
      break;
    }
    const plain = await network.client('http://localhost/', { headers: { Upgrade: undefined, Connection: 'close' } });
    assert.equal(plain.receivedHead.status, 200);
    client.terminate();
    await network.settle();
    assert.deepEqual(network.open(), ['listener on 127.0.0.1:80']);
    await server.close();
    http.close();
    assert.deepEqual(network.open(), []);
  });

  test('an HTTP server of the application that is not closed is a leak', async () => {
    const network = useNetwork();
    const http = createHttpServer();
    await network.listen(http, { port: 80, host: '127.0.0.1' });
    await assert.rejects(network.uninstall(), /listener on 127\.0\.0\.1:80/);
    assert.equal(http.listening, false);
  });

  test('an HTTP server of the application is closed as on sockets, and may listen again', async () => {
    const network = useNetwork();
    const http = createHttpServer();
    const server = createServer();
    server.attach(http);
    const address = await network.listen(http, { host: '127.0.0.1' });
    assert.equal(http.listening, true);
    assert.deepEqual(http.address(), address);
    const url = `ws://127.0.0.1:${address.port}/`;
    const client = await connect(url);

    const events: string[] = [];
    const closed = new Promise<void>((resolve) => {
      http.close((error) => {
        events.push(`closed ${error}`);
        resolve();
      });
    });
    assert.equal(http.listening, false);
    assert.equal(http.address(), null);
    assert.equal((await failure(connect(url))).cause, 'ECONNREFUSED');
    await network.settle();
    assert.deepEqual(events, [], 'a connection is still there');
    await client.close();
    await closed;
    assert.deepEqual(events, ['closed undefined']);
    await server.close();
    await network.uninstall();

    const second = useNetwork();
    await second.listen(http, { port: 80 });
    await new Promise<void>((resolve) => http.close(() => resolve()));
    await second.uninstall();
  });
});

describe('names, addresses and ports', { timeout: 30_000 }, () => {
  test('a name that is not known: ENOTFOUND, from getaddrinfo', async () => {
    await using network = useNetwork();
    assert.deepEqual(await failure(connect('ws://chat.example/')), {
      code: 'ERR_WS_NAME_NOT_RESOLVED',
      cause: 'ENOTFOUND',
      message: (await failure(connect('ws://chat.example/'))).message,
    });
    network.names.set('chat.example', '10.1.1.1');
    assert.equal((await failure(connect('ws://Chat.Example/'))).cause, 'ECONNREFUSED');
  });

  test('a port where nobody listens: ECONNREFUSED', async () => {
    await using _network = useNetwork();
    const { code, cause } = await failure(connect('ws://127.0.0.1:8080/'));
    assert.deepEqual([code, cause], ['ERR_WS_CONNECT', 'ECONNREFUSED']);
  });

  test('a port is taken once for each address, and by a listener of all addresses for all of them', async () => {
    await using _network = useNetwork();
    const servers = Array.from({ length: 3 }, () => createServer());
    await servers[0]?.listen({ port: 80, host: '127.0.0.1' });
    await servers[1]?.listen({ port: 80, host: '127.0.0.2' });
    assert.equal(
      (await failure(servers[2]?.listen({ port: 80, host: '127.0.0.1' }) ?? Promise.resolve())).cause,
      'EADDRINUSE',
    );
    assert.equal((await failure(servers[2]?.listen({ port: 80 }) ?? Promise.resolve())).cause, 'EADDRINUSE');
    await servers[0]?.close();
    await servers[1]?.close();
    // Free again.
    await servers[2]?.listen({ port: 80 });
    assert.equal(
      (await failure(servers[0]?.listen({ port: 80, host: '127.0.0.1' }) ?? Promise.resolve())).cause,
      'EADDRINUSE',
    );
    await servers[2]?.close();
  });

  test('only addresses of this machine can be listened on', async () => {
    await using _network = useNetwork({ addresses: ['10.0.0.1'] });
    const server = createServer();
    const { cause } = await failure(server.listen({ host: '10.0.0.2' }));
    assert.equal(cause, 'EADDRNOTAVAIL');
    await server.listen({ host: '10.0.0.1', port: 80 });
    const client = await connect('ws://10.0.0.1/');
    client.terminate();
    await server.close();
  });

  test('IPv6 and IPv4 meet at a listener of all addresses; clients of both have the addresses of their kind', async () => {
    await using _network = useNetwork();
    const seen: string[] = [];
    const server = createServer({ open: ({ remoteAddress }) => void seen.push(remoteAddress) });
    await server.listen({ port: 80 });
    const clients = [await connect('ws://[::1]/'), await connect('ws://127.0.0.1/')];
    assert.deepEqual(seen, ['::1', '127.0.0.1']);
    assert.deepEqual(
      clients.map(({ remoteAddress }) => remoteAddress),
      ['::1', '127.0.0.1'],
    );
    for (const client of clients) client.terminate();
    await server.close();
  });

  test('from: connections come from another address, including those begun later', async () => {
    await using network = useNetwork();
    const seen: string[] = [];
    const server = createServer({ open: ({ remoteAddress }) => void seen.push(remoteAddress) });
    const { port } = await server.listen();
    const url = `ws://127.0.0.1:${port}/`;
    const clients = [
      await network.from('10.0.0.7', () => connect(url)),
      await network.from('10.0.0.8', async () => {
        await network.settle();
        return connect(url);
      }),
      await connect(url),
    ];
    assert.deepEqual(seen, ['10.0.0.7', '10.0.0.8', '127.0.0.1']);
    for (const client of clients) client.terminate();
    await server.close();
  });

  test('what a server does about a connection is not taken for the client’s doing', async () => {
    await using network = useNetwork();
    const upstream = createServer();
    await upstream.listen({ port: 81 });
    const server = createServer({
      async message(connection) {
        const next = await connect('ws://localhost:81/');
        connection.send([...upstream.connections][0]?.remoteAddress ?? 'nobody');
        next.terminate();
      },
    });
    await server.listen({ port: 80 });
    const client = await network.from('10.0.0.7', () => connect('ws://localhost/'));
    client.send('who');
    for await (const message of client) {
      assert.equal(message, '127.0.0.1');
      break;
    }
    client.terminate();
    await Promise.all([server.close(), upstream.close()]);
  });
});
