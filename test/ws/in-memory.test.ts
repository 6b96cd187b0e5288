// A client in the shape of `ws` on the network in memory of `harmony-websocket/testing`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useNetwork } from '../../src/testing/index.ts';
import WebSocket from '../../src/ws/index.ts';
import { serverCertificate, trust } from '../support/engine.ts';

for (const scheme of ['ws', 'wss'] as const) {
  test(`connects, sends and closes by ${scheme}:`, async (context) => {
    const network = useNetwork();
    context.after(() => network.uninstall());
    const isSecure = scheme === 'wss';
    const server = network.peer(
      `${scheme}://chat.example/`,
      async (peer) => {
        peer.accept();
        await peer.receives('text', 'hello');
        peer.sendClose(1000, 'bye');
        await peer.receivesClose(1000, 'bye');
      },
      isSecure ? { tls: serverCertificate() } : {},
    );
    const options = isSecure ? { ...trust(), servername: 'localhost' } : {};
    const webSocket = new WebSocket(`${scheme}://chat.example/`, options);
    const seen: string[] = [];
    webSocket.on('open', () => webSocket.send('hello'));
    webSocket.on('error', (error) => seen.push(error.message));
    await new Promise<void>((resolve) => {
      webSocket.on('close', (code, reason) => {
        seen.push(`${code} ${reason}`);
        resolve();
      });
    });
    await server.finished();
    assert.deepEqual(seen, ['1000 bye']);
  });
}
