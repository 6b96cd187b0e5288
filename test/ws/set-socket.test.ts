// `setSocket`, which test tools call to open a WebSocket over a stream in memory, and requests that they make themselves.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { duplexPair } from '../support/duplex-pair.ts';
import { leavingNothing } from '../support/handles.ts';
import { closed, libraries, type Socket } from './client-support.ts';

for (const [name, { WebSocket, WebSocketServer }] of libraries) {
  test(
    `a client over a stream in memory, against handleUpgrade with a request made by hand: ${name}`,
    leavingNothing(async () => {
      const [ours, theirs] = duplexPair();
      const server = new WebSocketServer({ noServer: true });
      const request = {
        method: 'GET',
        url: '/',
        httpVersion: '1.1',
        headers: {
          connection: 'upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
      };
      server.handleUpgrade(request as unknown as IncomingMessage, theirs, Buffer.alloc(0), (accepted) => {
        accepted.on('message', (data, isBinary) => accepted.send(data, { binary: isBinary }));
      });
      const [head] = (await once(ours, 'data')) as [Buffer];
      assert.match(String(head), /^HTTP\/1\.1 101 /);
      const client = new WebSocket(null, undefined, {}) as Socket;
      client._isServer = false;
      client.setSocket(ours, Buffer.alloc(0), {});
      assert.equal(client.readyState, WebSocket.OPEN);
      client.send('hi');
      const [data] = (await once(client, 'message')) as [Buffer];
      assert.equal(String(data), 'hi');
      const end = closed(client);
      client.close();
      await end;
    }),
  );
}
