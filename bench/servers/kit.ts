// Echo with the kit's server, as an application of OpenHarmony writes it; without the limits of a device, and without
// pings, which the load does not answer.

import { webSocket } from 'harmony-websocket';
import { configure } from 'harmony-websocket/configure';
import { ready } from './child.ts';

configure({ limits: 'none', serverHeartbeat: false });
const server = webSocket.createWebSocketServer();
server.on('messageReceive', ({ clientConnection, data }) => {
  void server.send(data, clientConnection);
});
await server.start({
  serverIP: '127.0.0.1',
  serverPort: 0,
  maxConcurrentClientsNumber: 1000,
  maxConnectionsForOneClient: 1000,
});
ready(Reflect.get(server, 'serverPort') as number);
