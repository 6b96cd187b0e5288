// One process of a rolling deploy: echoes what each client sends, and at SIGTERM gives its sessions to the next one. The
// arguments are its port and the directory of the sessions.

import { createServer, fileStore } from '../../../src/engine/index.ts';

const [port, directory = ''] = process.argv.slice(2);
const store = fileStore({ directory });
const server = createServer({
  resume: { store, drainSpread: 200, maxResumesPerMinute: Infinity },
  message(connection, data) {
    connection.send(data);
  },
  expired(_connection, { why }) {
    console.log(`expired ${why}`);
  },
});
await server.listen({ host: '127.0.0.1', port: Number(port) });
process.on('SIGTERM', () => void leave());
console.log('ready');

async function leave(): Promise<never> {
  await server.drain({ code: 1012, reason: 'deploy' });
  await store.close();
  console.log('drained');
  process.exit();
}
