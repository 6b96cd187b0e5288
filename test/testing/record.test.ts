// The record of a network: what passed, in words, and when it is shown.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { type NetworkOptions, useNetwork } from '../../src/testing/index.ts';

/** Makes a connection with a few frames; returns the record that `uninstall` shows, if any. */
async function shown(context: TestContext, options: NetworkOptions, expected: string): Promise<string | undefined> {
  const { mock } = context.mock.method(console, 'error', () => {});
  const network = useNetwork(options);
  network.peer('ws://chat.example/room', async (peer) => {
    peer.accept();
    peer.sendText('welcome');
    await peer.receives('text', expected);
    await peer.receivesClose(1000);
  });
  const client = await connect('ws://chat.example/room');
  client.send('hello');
  await network.settle();
  const closing = client.close(1000).catch(() => {});
  await network.advance(10_000);
  await closing;
  await network.uninstall().catch(() => {});
  const [call] = mock.calls;
  mock.restore();
  return call?.arguments[0] as string | undefined;
}

describe('the record', { timeout: 30_000 }, () => {
  test('heads, frames and ends of TCP of each connection, with their times', async () => {
    await using network = useNetwork();
    network.condition({ latency: 20 });
    network.peer('ws://chat.example/room', (peer) => {
      peer.accept();
      peer.sendPing('x');
      peer.sendBytes('81 02 48 69');
    });
    const opening = connect('ws://chat.example/room');
    await network.advance(100);
    const client = await opening;
    client.send(new Uint8Array([1, 2]));
    const closing = client.close(1000, 'bye');
    await network.advance(1000);
    await closing;
    const lines = network.record().split('\n');
    assert.match(lines[0] ?? '', /^connection 1: 127\.0\.0\.1:\d+ → chat\.example:80 \(192\.0\.2\.1\)$/);
    assert.deepEqual(
      lines.slice(1).map((line) => line.trim()),
      [
        '40 ms  → GET /room HTTP/1.1',
        '60 ms  ← HTTP/1.1 101 Switching Protocols',
        '60 ms  ← ping 78',
        '60 ms  ← text "Hi"',
        '80 ms  → pong 78',
        '100 ms  → binary 01 02',
        '100 ms  → close 1000 "bye"',
        '120 ms  ← close 1000 "bye"',
        '120 ms  ← FIN',
        '140 ms  → FIN',
      ],
    );
  });

  test('it is shown after a failure of a scripted peer', async (context) => {
    const text = await shown(context, {}, 'good day');
    assert.match(text ?? '', /^what passed on the network of the test:\nconnection 1:/);
    assert.match(text ?? '', /→ text "hello"/);
  });

  test('it is not shown otherwise, unless the test asks for it', async (context) => {
    assert.equal(await shown(context, {}, 'hello'), undefined);
    assert.match((await shown(context, { record: 'always' }, 'hello')) ?? '', /← text "welcome"/);
    assert.equal(await shown(context, { record: 'never' }, 'good day'), undefined);
  });

  test('bytes that are not WebSocket, and many of them', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', async (peer) => {
      peer.accept();
      peer.sendBytes('ff ff');
      await peer.receivesClose();
    });
    const client = await connect('ws://chat.example/');
    await assert.rejects(async () => {
      for await (const _message of client);
    });
    await network.settle();
    assert.match(network.record(), /← bytes ff ff\n/);

    const server = network.peer('ws://big.example/', async (peer) => {
      peer.accept();
      await peer.receives('text');
      await peer.receivesClose();
    });
    const big = await connect('ws://big.example/');
    big.send('x'.repeat(3_000_000));
    const closing = big.close();
    await server.finished();
    await closing;
    assert.match(network.record(), /and \d+ bytes that were not kept/);
  });
});

describe('what is not sent', { timeout: 30_000 }, () => {
  test('a loss, and what arrived of a frame before it', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => {
      peer.accept();
      peer.sendText('a'.repeat(500));
    });
    network.condition({ direction: 'down', loseAt: 400 });
    const client = await connect('ws://chat.example/');
    await client.closed.catch(() => {});
    const lines = network
      .record()
      .split('\n')
      .slice(2)
      .map((line) => line.trim());
    assert.deepEqual(lines, [
      '0 ms  ← HTTP/1.1 101 Switching Protocols',
      '0 ms  × lost after 400 bytes',
      '← 271 bytes of a frame',
    ]);
  });

  test('a network that is left, and a head that is not complete', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/');
    const client = await network.client('ws://chat.example/', { handshake: false });
    client.sendAscii('GET / HT');
    await network.settle();
    const opening = connect('ws://chat.example/').catch(() => {});
    await network.settle();
    network.goOffline();
    await opening;
    const lines = network
      .record()
      .split('\n')
      .map((line) => line.trim());
    assert.deepEqual(lines.slice(1, 2), ['→ part of a head "GET / HT"']);
    assert.deepEqual(lines.slice(3), ['0 ms  → GET / HTTP/1.1', '0 ms  × the device has left its network']);
  });
});
