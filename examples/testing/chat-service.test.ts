// A service that reconnects, tested without a server and without waiting:
//
//   node --import harmony-websocket/register --test examples/testing/chat-service.test.ts

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type TestNetwork, useNetwork } from 'harmony-websocket/testing';
import { ChatService } from './chat-service.ets';

const url = 'ws://chat.example/room';

describe('ChatService', () => {
  let network: TestNetwork;
  let service: ChatService;

  beforeEach(() => {
    // The service waits by setTimeout, which must also run in the network's time.
    network = useNetwork({ globalTimers: true });
    service = new ChatService(url);
  });

  // This fails a test that leaves a connection open.
  afterEach(() => network.uninstall());

  test('says hello and gets an answer', async () => {
    const server = network.peer(url, async (peer) => {
      peer.accept();
      await peer.receives('text', 'hello');
      peer.sendText('welcome');
      await peer.receivesClose(1000, 'user left');
    });
    service.start();
    service.send('hello');
    await network.settle();
    assert.deepEqual(service.messages, ['welcome']);
    await service.stop();
    await server.finished();
  });

  test('reconnects after a loss, and then sends the messages that waited', async () => {
    const server = network.peer(url);
    service.start();
    const first = await server.next();
    first.accept();
    await network.settle();
    assert.equal(service.isOnline, true);

    first.reset();
    await network.settle();
    assert.equal(service.isOnline, false);
    service.send('are you still there?');

    await network.advance(1_000);
    const second = await server.next();
    second.accept();
    await second.receives('text', 'are you still there?');

    await service.stop();
    await second.receivesClose(1000, 'user left');
  });

  test('waits longer before each attempt, up to half a minute', async () => {
    const attempts: number[] = [];
    network.peer(url, (peer) => {
      attempts.push(network.now);
      peer.refuse(503, { body: 'try again later' });
    });
    service.start();
    await network.advance(120_000);
    assert.deepEqual(attempts, [0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000]);
    await service.stop();
  });

  test('reconnects to a server that was down', async () => {
    service.start();
    await network.advance(5_000);
    assert.equal(service.isOnline, false);
    network.peer(url, (peer) => peer.accept());
    await network.advance(5_000);
    assert.equal(service.isOnline, true);
    await service.stop();
  });
});
