// One worker of several on this machine: createCluster in main.js starts it. They share the port, and a directory for sessions and
// history.

import { join } from 'node:path';
import { workersBus } from 'harmony-websocket/cluster';
import { fileStore } from 'harmony-websocket/engine';
import { createChat } from './chat.js';
import { fileHistory } from './history/files.js';
import { answerRequest } from './pages.js';

const [directory, port] = process.argv.slice(2);
const chat = createChat({
  node: `worker ${process.pid}`,
  bus: workersBus(),
  store: fileStore({ directory: join(directory, 'sessions') }),
  history: fileHistory(join(directory, 'history')),
});
await chat.server.listen({ host: '127.0.0.1', port: Number(port), request: answerRequest });
