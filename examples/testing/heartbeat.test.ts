// A server freezes: it neither answers nor ends the connection. Only the heartbeat notices, after the kit's defaults of
// `pingInterval` 30 s and `pongTimeout` 30 s. In the test, this minute takes milliseconds:
//
//   node --import harmony-websocket/register --test examples/testing/heartbeat.test.ts

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { webSocket } from '@kit.NetworkKit';
import { type TestNetwork, useNetwork } from 'harmony-websocket/testing';

const url = 'ws://chat.example/';
let network: TestNetwork;
let ws: webSocket.WebSocket;
let events: string[];

beforeEach(() => {
  network = useNetwork();
  events = [];
  ws = webSocket.createWebSocket();
  ws.on('message', (_err, value) => events.push(`message ${value}`));
  ws.on('error', (err) => events.push(`error ${err.code} '${(err as { data?: string }).data}'`));
  ws.on('close', (_err, value) => events.push(`close ${value.code} '${value.reason}'`));
});

afterEach(() => network.uninstall());

test('a peer that does not answer is given up after a minute', async () => {
  const server = network.peer(url);
  const connected = ws.connect(url);
  const peer = await server.next();
  peer.answersPings = false;
  peer.accept();
  await connected;

  await network.advance(30_000);
  await peer.receivesPing();
  await network.advance(29_999);
  assert.deepEqual(events, []);

  await network.advance(1);
  assert.deepEqual(events, ["error 200 '0'", "close 0 'The link is down'"]);
});

test('a peer that has stopped reading is given up in the same way', async () => {
  network.peer(url, (peer) => {
    peer.accept();
    peer.stopReading();
  });
  await ws.connect(url);
  await network.advance(60_000);
  assert.deepEqual(events, ["error 200 '0'", "close 0 'The link is down'"]);
});

test('a slow peer is kept: its pongs come 29 s late', async () => {
  const server = network.peer(url, async (peer) => {
    peer.answersPings = false;
    peer.accept();
    for (let count = 0; count < 3; count++) {
      const payload = await peer.receivesPing();
      await peer.delay(29_000);
      peer.sendPong(payload);
    }
    peer.sendText('still here');
  });
  await ws.connect(url);
  await network.advance(3 * (30_000 + 29_000));
  await server.finished();
  assert.deepEqual(events, ['message still here']);

  server.connections[0]?.reset();
  await network.settle();
});
