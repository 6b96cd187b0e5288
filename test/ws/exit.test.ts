// What a program sends right before it ends itself: `ws` has given it to the system by then, and so has this package.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';

const programs = {
  ws: "import { WebSocket } from 'ws';",
  'harmony-websocket/ws': "import { WebSocket } from './src/ws/index.ts';",
};

for (const [name, head] of Object.entries(programs)) {
  test(`send and close before process.exit(): ${name}`, (context) =>
    leavingNothing(async (scope) => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      scope.defer(() => {
        server.close();
      });
      await once(server, 'listening');
      const program = `
        ${head}
        const webSocket = new WebSocket('ws://127.0.0.1:${(server.address() as AddressInfo).port}');
        webSocket.on('open', () => {
          webSocket.send('bye');
          webSocket.close(4000);
          process.exit();
        });
      `;
      const command = new Command(context, ['--import', 'tsx', '--input-type=module', '--eval', program]);
      const [webSocket] = await once(server, 'connection');
      const messages: string[] = [];
      webSocket.on('message', (data: Buffer) => messages.push(String(data)));
      const [code] = await once(webSocket, 'close');
      assert.deepEqual([messages, code], [['bye'], 4000]);
      await command.exit;
    }, CHILD_PATIENCE)());
}
