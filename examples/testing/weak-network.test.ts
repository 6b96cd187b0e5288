// The weak-network pattern, tested in milliseconds: no network, another network, a slow one, a silent one.
//
//   node --import harmony-websocket/register --test examples/testing/weak-network.test.ts

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { emitter } from '@kit.BasicServicesKit';
import { type Peer, type TestNetwork, useNetwork } from 'harmony-websocket/testing';
import { CHANGE, WeakNetworkClient } from './weak-network.ets';

const url = 'ws://chat.example/room';

describe('WeakNetworkClient', () => {
  let network: TestNetwork;
  let client: WeakNetworkClient;
  let received: string[];
  let log: string[];

  beforeEach(() => {
    log = [];
    emitter.on(CHANGE, ({ data }) => {
      log.push((data as { state: string }).state);
    });
    network = useNetwork({ globalTimers: true });
    client = new WeakNetworkClient(url);
    received = [];
    network.peer(url, async (peer: Peer) => {
      peer.accept();
      for await (const frame of peer) {
        if (frame.opcode !== 1) continue;
        const text = frame.payload.toString();
        if (text === 'ping') peer.sendText('pong');
        else received.push(text);
      }
    });
  });

  afterEach(async () => {
    client.stop();
    emitter.off(CHANGE);
    await network.advance(60_000);
    await network.uninstall();
  });

  test('waits for a network, and connects at once when there is one', async () => {
    network.goOffline();
    client.start();
    client.send('written in the underground');
    await network.advance(600_000);
    assert.deepEqual(log, []);

    network.goOnline('cellular');
    await network.settle();
    assert.deepEqual(log, ['on another network', 'open']);
    assert.deepEqual(received, ['written in the underground']);
  });

  test('moves from Wi-Fi to cellular, and loses no message', async () => {
    client.start();
    await network.settle();
    client.send('at home');
    await network.settle();
    network.goOffline();
    await network.settle();
    client.send('in the lift');
    network.goOnline('cellular');
    await network.settle();
    assert.deepEqual(log, ['on Wi-Fi', 'open', 'no network', 'on another network', 'open']);
    assert.deepEqual(received, ['at home', 'in the lift']);
  });

  test('a slow network keeps its connection; a silent one does not', async () => {
    client.start();
    await network.settle();
    network.condition({ latency: 1000, jitter: 300, bandwidth: 2000 });
    await network.advance(60_000);
    assert.deepEqual(log, ['on Wi-Fi', 'open']);

    const wakeUp = network.condition({ host: 'chat.example', offline: true });
    await network.advance(8_000);
    assert.deepEqual(log.slice(2), ['silence']);
    wakeUp();
    await network.advance(10_000);
    assert.equal(log.at(-1), 'open');
  });

  test('a connection that is cut in the middle of a message is made again', async () => {
    const end = network.condition({ direction: 'up', loseAt: 500 });
    client.start();
    await network.settle();
    client.send('x'.repeat(1000));
    await network.settle();
    assert.deepEqual(log, ['on Wi-Fi', 'open', 'lost']);
    end();
    await network.advance(2_000);
    assert.equal(log.at(-1), 'open');
  });
});
