// A network takes the place of the system's and gives it back; what a test forgets is reported and closed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { connect, createServer } from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { network as current } from '../../src/node/network.ts';
import { useNetwork } from '../../src/testing/index.ts';

describe('install and uninstall', { timeout: 30_000 }, () => {
  test('uninstall restores the system’s network', async () => {
    const system = current();
    const network = useNetwork();
    assert.notEqual(current(), system);
    await network.uninstall();
    assert.equal(current(), system);
    await network.uninstall();
    const server = createServer();
    const { port } = await server.listen({ host: '127.0.0.1' });
    const client = await connect(`ws://127.0.0.1:${port}/`);
    client.terminate();
    await server.close();
  });

  test('await using does it at the end of the block, even if the block fails', async () => {
    const system = current();
    await assert.rejects(async () => {
      await using _network = useNetwork();
      throw new Error('mine');
    }, /mine/);
    assert.equal(current(), system);
  });

  test('two networks, one after the other, know nothing of each other; one may be installed again', async () => {
    const first = useNetwork({ names: { 'a.example': '127.0.0.1' } });
    const server = createServer();
    await server.listen({ port: 80 });
    await server.close();
    await first.uninstall();

    const second = useNetwork();
    assert.equal(second.now, 0);
    await assert.rejects(connect('ws://a.example/'), { code: 'ERR_WS_NAME_NOT_RESOLVED' });
    await second.uninstall();

    first.install();
    await assert.rejects(connect('ws://a.example/'), { code: 'ERR_WS_CONNECT' });
    await first.uninstall();
  });

  test('a second one is refused while one is installed, with the place of the first', async () => {
    await using network = useNetwork();
    assert.throws(() => useNetwork(), {
      message:
        /^another network is already installed, by .*install\.test\.ts:\d+:\d+\)?; call await network\.uninstall\(\)/,
    });
    assert.throws(() => network.install(), /^Error: this network is already installed/);
  });

  test('options are checked', () => {
    assert.throws(() => useNetwork({ latency: -1 }), /latency is -1; expected a number of at least 0/);
    assert.throws(() => useNetwork({ chunkSize: 0 }), /chunkSize is 0; expected a number of at least 1/);
  });
});

describe('what is left open', { timeout: 30_000 }, () => {
  test('connections and listeners of the code under test are listed, and closed', async () => {
    const network = useNetwork();
    const server = createServer();
    await server.listen({ port: 8080 });
    network.peer('ws://chat.example/', (peer) => peer.accept());
    const events: string[] = [];
    const ws = webSocket.createWebSocket();
    ws.on('error', () => events.push('error'));
    ws.on('close', () => events.push('close'));
    await ws.connect('ws://chat.example/');
    const client = await connect('ws://localhost:8080/');
    await assert.rejects(network.uninstall(), {
      name: 'AssertionError',
      message: [
        'the code under test left 3 things open:',
        '  connection from 127.0.0.1:49152 to chat.example:80 (192.0.2.1), open at the client',
        '  connection from 127.0.0.1:49153 to localhost:8080 (127.0.0.1), open at the client and the server',
        '  listener on [::]:8080',
      ].join('\n'),
    });
    assert.deepEqual(events, ['error', 'close']);
    assert.equal(client.isOpen, false);
    assert.equal((await client.closed).code, 1006);
    assert.equal(server.connections.size, 0);
    await server.close();
    // The next one starts clean.
    await using next = useNetwork();
    assert.deepEqual(next.open(), []);
    await assert.rejects(connect('ws://localhost:8080/'), { code: 'ERR_WS_CONNECT' });
  });

  test('an attempt to connect that nobody has given up is one of them', async () => {
    const network = useNetwork();
    network.peer('ws://silent.example/', () => {});
    const attempt = connect('ws://silent.example/').catch((error) => error.code);
    await assert.rejects(network.uninstall(), /connection from .* to silent\.example:80 .*, open at the client$/);
    assert.equal(await attempt, 'ERR_WS_HANDSHAKE_LOST');
  });

  test("leaks: 'warn' prints instead", async () => {
    const network = useNetwork({ leaks: 'warn' });
    const server = createServer();
    await server.listen({ port: 8080 });
    const warned = once(process, 'warning');
    await network.uninstall();
    const [warning] = await warned;
    assert.equal(warning.name, 'NetworkLeakWarning');
    assert.match(warning.message, /left something open:\n {2}listener on \[::\]:8080$/);
    await server.close();
  });

  test('scripted peers may be left as they are', async () => {
    await using network = useNetwork();
    const server = createServer();
    const { port } = await server.listen();
    await network.client(`ws://localhost:${port}/`);
    network.peer('ws://chat.example/');
    await server.close();
  });
});
