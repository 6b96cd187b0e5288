// A process with many connections, to be killed by a test: `server PORT`, or `clients URL COUNT`. Prints `ready PORT`
// when it listens, or `ready` when all are open.

import { connect, createServer } from '../../../src/engine/index.ts';

const [, , role, where = '', count = '0'] = process.argv;

if (role === 'server') {
  const server = createServer({ message: (connection, data) => void connection.send(data) });
  const { port } = await server.listen({ host: '127.0.0.1', port: Number(where) });
  process.stdout.write(`ready ${port}\n`);
} else {
  for (let left = Number(count); left > 0; left -= 100) {
    await Promise.all(Array.from({ length: Math.min(left, 100) }, () => connect(where)));
  }
  process.stdout.write('ready\n');
}
