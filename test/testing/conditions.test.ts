// `network.condition`: latency, jitter, bandwidth, loss and silence, for all hosts or one, in one direction or both.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer } from '../../src/engine/index.ts';
import { type Peer, type TestNetwork, useNetwork } from '../../src/testing/index.ts';

/** An open connection to a scripted server: the times at which messages arrive at each end. */
async function opened(network: TestNetwork, url = 'ws://chat.example/') {
  const up: number[] = [];
  const down: number[] = [];
  const server = network.peer(url, async (peer) => {
    peer.accept();
    for await (const _frame of peer) up.push(network.now);
  });
  const opening = connect(url, { heartbeat: false, handlers: { message: () => void down.push(network.now) } });
  await network.advance(2000);
  const client = await opening;
  const [peer] = server.connections as [Peer];
  return { client, peer, up, down, start: network.now };
}

describe('network.condition', { timeout: 60_000 }, () => {
  test('latency of one host, in both directions; others stay as they are', async () => {
    await using network = useNetwork();
    network.condition({ host: 'chat.example', latency: 200 });
    const slow = await opened(network);
    const fast = await opened(network, 'ws://other.example/');
    const { now } = network;
    for (const { client, peer } of [slow, fast]) {
      client.send('up');
      peer.sendText('down');
    }
    await network.settle();
    assert.deepEqual([fast.up, fast.down, slow.up, slow.down], [[now], [now], [], []]);
    await network.advance(200);
    assert.deepEqual([slow.up, slow.down], [[now + 200], [now + 200]]);
    slow.client.terminate();
    fast.client.terminate();
  });

  test('a handshake takes its round trips, as with useNetwork({ latency })', async () => {
    await using network = useNetwork({ latency: 50 });
    network.condition({ latency: 10 });
    network.peer('ws://chat.example/', (peer) => peer.accept());
    let isOpen = false;
    const opening = connect('ws://chat.example/').then((client) => {
      isOpen = true;
      return client;
    });
    await network.advance(39);
    assert.equal(isOpen, false);
    await network.advance(1);
    assert.equal(isOpen, true);
    (await opening).terminate();
  });

  test('one direction only, and taken back', async () => {
    await using network = useNetwork();
    const { client, peer, up, down, start } = await opened(network);
    const takeBack = network.condition({ direction: 'up', latency: 100 });
    client.send('a');
    peer.sendText('b');
    await network.advance(100);
    assert.deepEqual([up, down], [[start + 100], [start]]);
    takeBack();
    client.send('c');
    await network.settle();
    assert.deepEqual(up, [start + 100, start + 100]);
    client.terminate();
  });

  test('later conditions win, option by option', async () => {
    await using network = useNetwork();
    const { client, up, start } = await opened(network);
    network.condition({ latency: 100, jitter: 0 });
    network.condition({ host: '192.0.2.1', latency: 30 });
    network.condition({ host: 'elsewhere.example', latency: 500 });
    client.send('a');
    await network.advance(30);
    assert.deepEqual(up, [start + 30]);
    client.terminate();
  });

  test('what is sent with less latency does not overtake what was sent before', async () => {
    await using network = useNetwork();
    const { client, up, start } = await opened(network);
    const takeBack = network.condition({ latency: 100 });
    client.send('first');
    await network.advance(10);
    takeBack();
    client.send('second');
    await network.settle();
    assert.deepEqual(up, []);
    await network.advance(90);
    assert.deepEqual(up, [start + 100, start + 100]);
    client.terminate();
  });

  test('jitter: differing times, in order, the same ones in each run', async () => {
    const run = async (): Promise<number[]> => {
      await using network = useNetwork();
      const { client, peer, down, start } = await opened(network);
      network.condition({ latency: 100, jitter: 50 });
      const received: string[] = [];
      for (let count = 0; count < 20; count++) {
        peer.sendText(String(count));
        await network.advance(10);
      }
      await network.advance(1000);
      assert.equal(down.length, 20);
      assert.deepEqual(received, []);
      client.terminate();
      return down.map((time, index) => time - start - index * 10);
    };
    const delays = await run();
    assert.ok(
      delays.every((delay) => delay >= 100 && delay <= 150),
      delays.join(),
    );
    assert.ok(new Set(delays.map((delay) => Math.round(delay))).size > 5, delays.join());
    assert.deepEqual(await run(), delays);
  });

  test('bandwidth: bytes arrive one after the other', async () => {
    await using network = useNetwork();
    const { client, peer, down, start } = await opened(network);
    network.condition({ bandwidth: 10_000, direction: 'down' });
    // 4 bytes of header and 9996 of payload.
    peer.sendText('x'.repeat(9996));
    await network.advance(999);
    assert.deepEqual(down, []);
    await network.advance(1);
    assert.deepEqual(down, [start + 1000]);
    peer.sendText('y'.repeat(98));
    peer.sendText('z'.repeat(98));
    await network.advance(20);
    assert.deepEqual(down.slice(1), [start + 1010, start + 1020]);
    client.terminate();
  });

  test('loseAt: the bytes before it arrive, then both ends read a reset', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/');
    // The response to the handshake has 129 bytes; then 2 + 5 and 2 + 5.
    network.condition({ host: 'chat.example', direction: 'down', loseAt: 129 + 7 + 3 });
    const opening = connect('ws://chat.example/');
    const peer = await server.next();
    peer.accept();
    const client = await opening;
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const message of client) received.push(message);
    })();
    peer.sendText('first');
    await network.settle();
    assert.deepEqual(received, ['first']);
    peer.sendText('other');
    await assert.rejects(reading);
    assert.deepEqual(received, ['first']);
    await peer.receivesReset();
    assert.equal((await client.closed).code, 1006);
  });

  test('loseAt 0: a connection is lost before anything arrives, again and again', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', (peer) => peer.accept());
    const takeBack = network.condition({ direction: 'up', loseAt: 0 });
    await assert.rejects(connect('ws://chat.example/'));
    await assert.rejects(connect('ws://chat.example/'));
    takeBack();
    (await connect('ws://chat.example/')).terminate();
  });

  test('offline: silence, and what was sent arrives when it ends', async () => {
    await using network = useNetwork();
    const { client, peer, up, down } = await opened(network);
    const takeBack = network.condition({ host: 'chat.example', offline: true });
    client.send('a');
    peer.sendText('b');
    await network.advance(60_000);
    assert.deepEqual([up, down], [[], []]);
    takeBack();
    await network.settle();
    const { now } = network;
    assert.deepEqual([up, down], [[now], [now]]);
    client.terminate();
  });

  test('offline: a heartbeat notices the silence, and an attempt has its own time', async () => {
    await using network = useNetwork();
    const server = network.peer('ws://chat.example/');
    const opening = connect('ws://chat.example/', { heartbeat: { interval: 10_000, timeout: 5000 } });
    (await server.next()).accept();
    const client = await opening;
    network.condition({ host: 'chat.example', offline: true });
    const reading = assert.rejects(async () => {
      for await (const _message of client);
    });
    const late = assert.rejects(connect('ws://chat.example/', { handshakeTimeout: 3000 }));
    await network.advance(15_000);
    await late;
    await reading;
  });

  test('servers of the code under test are hosts, too', async () => {
    await using network = useNetwork();
    const received: number[] = [];
    const server = createServer({ message: () => void received.push(network.now) });
    await server.listen({ host: '127.0.0.1', port: 8080 });
    const peer = await network.client('ws://127.0.0.1:8080/');
    network.condition({ host: 'localhost', direction: 'up', latency: 70 });
    peer.sendText('late');
    await network.advance(70);
    assert.deepEqual(received, [70]);
    peer.end();
    await network.advance(1000);
    await server.close();
  });
});
