// The limits of a server: `maxConcurrentClientsNumber` counts addresses, `maxConnectionsForOneClient` the connections of
// one address. These tests need clients from many addresses. A laptop does not have them, but an in-memory network does:
//
//   node --import harmony-websocket/register --test examples/testing/server-limit.test.ts

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { webSocket } from '@kit.NetworkKit';
import { type TestNetwork, useNetwork } from 'harmony-websocket/testing';

const url = 'ws://127.0.0.1:8080/';
let network: TestNetwork;
let server: webSocket.WebSocketServer;
let refusals: number;

beforeEach(async () => {
  network = useNetwork();
  refusals = 0;
  server = webSocket.createWebSocketServer();
  server.on('error', () => refusals++);
  await server.start({
    serverIP: '127.0.0.1',
    serverPort: 8080,
    maxConcurrentClientsNumber: 10,
    maxConnectionsForOneClient: 10,
  });
});

afterEach(async () => {
  await server.stop();
  await network.uninstall();
});

test('the eleventh connection of one address is refused with 503', async () => {
  for (let count = 1; count <= 10; count++) {
    const client = await network.client(url);
    assert.equal(client.receivedHead.status, 101);
  }
  const eleventh = await network.client(url);
  assert.equal(eleventh.receivedHead.status, 503);
  await eleventh.receivesBody();
  await eleventh.receivesEnd();
  assert.equal(refusals, 1);
  assert.equal(server.listAllConnections().length, 10);
});

test('the eleventh address is refused too; a free place goes to the next client', async () => {
  const [first] = await Promise.all(
    Array.from({ length: 10 }, (_, index) => network.client(url, { from: `10.0.0.${index}` })),
  );
  assert.equal((await network.client(url, { from: '10.0.0.10' })).receivedHead.status, 503);

  first?.sendClose(1000);
  await first?.receivesClose(1000);
  await first?.receivesEnd();
  assert.equal((await network.client(url, { from: '10.0.0.10' })).receivedHead.status, 101);
});

test('a refused client of the kit gets error and the status', async () => {
  for (let count = 1; count <= 10; count++) await network.client(url);
  const errors: unknown[] = [];
  const ws = webSocket.createWebSocket();
  ws.on('error', (err) => errors.push(err));
  assert.equal(await ws.connect(url), true); // only reports that the name was resolved
  await network.settle();
  assert.equal(JSON.stringify(errors), '[{"code":200,"message":"Websocket connect failed","data":"503"}]');
});
