// Tasks in the tests of an application: on the network in memory, and with every timer mocked.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { webSocket } from '../../../src/kit/index.ts';
import buffer from '../../../src/kits/buffer/index.ts';
import taskpool from '../../../src/kits/taskpool/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';

async function encode(data: ArrayBuffer): Promise<ArrayBuffer> {
  'use concurrent';
  await Promise.resolve();
  return buffer.from(buffer.from(data).toString().toUpperCase()).buffer;
}

test('a client encodes in a task, and sends the result as it is', async (context) => {
  const network = useNetwork();
  context.after(() => network.uninstall());
  const server = network.peer('ws://chat.example/', async (peer) => {
    peer.accept();
    await peer.receives('binary', new TextEncoder().encode('HELLO'));
    peer.sendClose(1000, '');
  });
  const client = webSocket.createWebSocket();
  client.on('open', () => {
    const encoded = taskpool.execute(encode, buffer.from('hello').buffer);
    void encoded.then((data) => client.send(data as ArrayBuffer));
  });
  await client.connect('ws://chat.example/');
  await network.settle();
  await server.finished();
});

test('tasks run while all timers are mocked', async (context) => {
  context.after(() => mock.timers.reset());
  mock.timers.enable();
  const data = (await taskpool.execute(encode, buffer.from('abc').buffer)) as ArrayBuffer;
  assert.equal(buffer.from(data).toString(), 'ABC');
});
