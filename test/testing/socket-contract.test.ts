// What sockets do at the edges, as one suite for two networks: the system's, which says what is right, and the one in
// memory. Each test tells what the two ends of a connection saw.

import assert from 'node:assert/strict';
import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { MemoryNetwork } from '../../src/testing/memory-network.ts';
import { Traffic } from '../../src/testing/traffic.ts';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

interface Implementation {
  readonly name: string;
  pair(): Promise<Pair>;
  refused(): Socket;
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const system: Implementation = {
  name: 'the system',
  async pair() {
    const listener = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const accepted = once(listener, 'connection') as Promise<[Socket]>;
    const { port } = listener.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(client, 'connect');
    const [server] = await accepted;
    open.push(() => {
      client.destroy();
      server.destroy();
      listener.close();
    });
    return { client, server };
  },
  refused: () => connect({ port: 1, host: '127.0.0.1' }),
};

const memory: Implementation = {
  name: 'memory',
  async pair() {
    const network = new MemoryNetwork(new Traffic(0, 65536, 65536));
    const accepted = new Promise<Socket>((resolve) => {
      network.ports.add({
        address: { host: '127.0.0.1', port: 1000 },
        isPeer: false,
        allowHalfOpen: true,
        context: new AsyncResource('TEST'),
        accept: (socket) => resolve(socket as unknown as Socket),
        stop: () => {},
      });
    });
    const client = network.connect({ host: '127.0.0.1', port: 1000 });
    await once(client, 'connect');
    const server = await accepted;
    open.push(() => {
      client.destroy();
      server.destroy();
    });
    return { client, server };
  },
  refused: () => new MemoryNetwork(new Traffic(0, 65536, 65536)).connect({ host: '127.0.0.1', port: 1 }),
};

/** What a socket reports: bytes as text, `end`, `error CODE`, `close`. */
function record(socket: Socket): string[] {
  const events: string[] = [];
  socket.on('data', (chunk) => {
    const last = events.at(-1);
    // TCP keeps no boundaries.
    if (last?.startsWith('data ')) events[events.length - 1] = last + chunk.toString('latin1');
    else events.push(`data ${chunk.toString('latin1')}`);
  });
  socket.on('end', () => events.push('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => events.push(`error ${error.code}`));
  socket.on('close', () => events.push('close'));
  return events;
}

/** Not by `once`, which would reject for an error that comes before. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.on('close', () => resolve());
  });
}

for (const { name, pair, refused } of [system, memory]) {
  describe(`a socket of ${name}`, { timeout: 20_000 }, () => {
    test('knows its addresses, each the other end’s', async () => {
      const { client, server } = await pair();
      assert.equal(client.remoteAddress, '127.0.0.1');
      assert.equal(client.remoteFamily, 'IPv4');
      assert.equal(client.remotePort, server.localPort);
      assert.equal(client.localPort, server.remotePort);
      assert.deepEqual(client.address(), { address: '127.0.0.1', family: 'IPv4', port: client.localPort });
      assert.equal(client.connecting, false);
      assert.equal(client.readyState, 'open');
    });

    test('delivers what was written, then the end; each direction ends by itself', async () => {
      const { client, server } = await pair();
      const atClient = record(client);
      const atServer = record(server);
      server.on('end', () => server.end('answer'));
      client.write('one ');
      client.end('two');
      await Promise.all([closed(client), closed(server)]);
      assert.deepEqual(atServer, ['data one two', 'end', 'close']);
      assert.deepEqual(atClient, ['data answer', 'end', 'close']);
    });

    test('delivers nothing from inside the call that sent it', async () => {
      const { client, server } = await pair();
      let isInside = true;
      server.on('data', () => assert.equal(isInside, false));
      client.write('x');
      isInside = false;
      await once(server, 'data');
      assert.equal(server.bytesRead, 1);
      assert.equal(client.bytesWritten, 1);
    });

    test('has copied what it has taken: writableLength 0 gives the memory back', async () => {
      const { client, server } = await pair();
      const bytes = Buffer.from('before');
      client.write(bytes);
      assert.equal(client.writableLength, 0);
      bytes.fill('x');
      const [chunk] = await once(server, 'data');
      assert.equal(chunk.toString(), 'before');
    });

    test('keeps what the reader does not take: the writer waits, and goes on when it reads', async () => {
      const { client, server } = await pair();
      server.pause();
      let written = false;
      const size = 16 * 1024 * 1024;
      client.write(Buffer.alloc(size), () => {
        written = true;
      });
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(written, false);
      assert.ok(client.writableLength > 0);
      let read = 0;
      server.on('data', (chunk) => {
        read += chunk.length;
        if (read === size) server.end();
      });
      server.resume();
      await once(server, 'finish');
      assert.equal(written, true);
    });

    test('destroy ends both directions: the other end sees the bytes and a FIN', async () => {
      const { client, server } = await pair();
      const atServer = record(server);
      client.write('last');
      client.destroy();
      await once(server, 'end');
      assert.deepEqual(atServer, ['data last', 'end']);
      server.end();
      await closed(server);
      assert.deepEqual(atServer, ['data last', 'end', 'close']);
    });

    test('destroy with unread bytes is a reset', async () => {
      const { client, server } = await pair();
      const atServer = record(server);
      // More than the stream reads ahead by itself.
      server.write(Buffer.alloc(1024 * 1024));
      await once(client, 'readable');
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      client.destroy();
      await closed(server);
      assert.deepEqual(atServer, ['error ECONNRESET', 'close']);
    });

    test('resetAndDestroy is a reset; the end that resets sees no error', async () => {
      const { client, server } = await pair();
      const atClient = record(client);
      const atServer = record(server);
      client.resetAndDestroy();
      await Promise.all([closed(client), closed(server)]);
      assert.deepEqual(atClient, ['close']);
      assert.deepEqual(atServer, ['error ECONNRESET', 'close']);
    });

    test('writing to an end that is gone is answered by a reset', async () => {
      const { client, server } = await pair();
      const atServer = record(server);
      client.destroy();
      await once(server, 'end');
      for (let count = 0; !server.destroyed && count < 1000; count++) {
        server.write('nobody reads this');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await closed(server);
      assert.deepEqual(atServer, ['end', 'error EPIPE', 'close']);
    });

    test('a port where nobody listens refuses, with the system’s error', async () => {
      const socket = refused();
      const [error] = await once(socket, 'error');
      const { message, code, errno, syscall, address, port } = error;
      assert.deepEqual(
        { message, code, errno, syscall, address, port },
        {
          message: 'connect ECONNREFUSED 127.0.0.1:1',
          code: 'ECONNREFUSED',
          errno: -111,
          syscall: 'connect',
          address: '127.0.0.1',
          port: 1,
        },
      );
      assert.equal(socket.destroyed, true);
    });

    test('destroySoon ends after what was written', async () => {
      const { client, server } = await pair();
      const atServer = record(server);
      client.write('all of this');
      client.destroySoon();
      await once(server, 'end');
      assert.deepEqual(atServer, ['data all of this', 'end']);
    });
  });
}
