// Echo with this package's engine.

import { createServer } from 'harmony-websocket/engine';
import { ready } from './child.ts';

const server = createServer({
  message(connection, data) {
    connection.send(data);
  },
});
const { port } = await server.listen({ host: '127.0.0.1' });
ready(port);
