// packages/reconnect as a module of a DevEco project, on the loader of this package, and the entry for other programs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { project } from '../register/project.ts';

const folder = fileURLToPath(new URL('../../packages/reconnect', import.meta.url));

/** The package as `libraries/reconnect` of a project. */
const library = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [`libraries/reconnect${path.slice(folder.length)}`, readFileSync(path, 'utf8')]),
);

const app = `
import { ReconnectingWebSocket, ReconnectLoss, ReconnectOptions } from 'harmony-websocket-reconnect';
import { webSocket } from '@kit.NetworkKit';

const server: webSocket.WebSocketServer = webSocket.createWebSocketServer();
server.on('messageReceive', (message: webSocket.WebSocketMessage) => {
  server.send(message.data, message.clientConnection);
});

async function main(): Promise<void> {
  const address: webSocket.WebSocketServerConfig = { serverIP: '127.0.0.1', serverPort: 0, maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
  await server.start(address);
  const port = Reflect.get(server, 'serverPort') as number;
  const options: ReconnectOptions = { url: 'ws://127.0.0.1:' + port, policy: { initial: 1 } };
  let opened: number = 0;
  const socket: ReconnectingWebSocket = new ReconnectingWebSocket(options, {
    open: () => {
      opened += 1;
      socket.send('connection ' + opened);
    },
    message: (data: string | ArrayBuffer) => {
      console.info(data);
      if (opened === 1) {
        server.close(server.listAllConnections()[0], { code: 1001, reason: 'restart' });
      } else {
        socket.close();
      }
    },
    waiting: (delay: number, loss: ReconnectLoss) => console.info('waits after ' + loss.code + ' ' + loss.reason),
    closed: () => {
      console.info('closed');
      server.stop();
    },
  });
  socket.connect();
}
main();
`;

describe('the package for devices, off the device', { timeout: 60_000 }, () => {
  test('an app imports it by its name', async (context) => {
    const { run } = project(context, {
      ...library,
      'build-profile.json5': `{ modules: [{ name: 'entry', srcPath: './entry' }, { name: 'reconnect', srcPath: './libraries/reconnect' }] }`,
      'oh-package.json5': `{ modelVersion: '5.0.0' }`,
      'entry/oh-package.json5': `{ name: 'entry', dependencies: { 'harmony-websocket-reconnect': 'file:../libraries/reconnect' } }`,
      'entry/src/main/ets/main.ets': app,
    });
    const { code, stdout, stderr } = await run('entry/src/main/ets/main.ets');
    assert.equal(stderr, '');
    assert.equal(stdout, 'connection 1\nwaits after 1001 restart\nconnection 2\nclosed\n');
    assert.equal(code, 0);
  });

  test('harmony-websocket/reconnect is the same class for other programs', async (context) => {
    const { node } = project(context, {
      'main.mjs': `
        import { ReconnectingWebSocket, ReconnectError } from 'harmony-websocket/reconnect';
        const socket = new ReconnectingWebSocket({ url: 'ws://127.0.0.1:1' }, {});
        console.log(socket.state, new ReconnectError(401, 'x') instanceof Error);`,
    });
    const { code, stdout, stderr } = await node('main.mjs');
    assert.deepEqual([code, stdout, stderr], [0, 'idle true\n', '']);
  });
});
