// A process with one endpoint that pings often, to be stopped and continued by a test: `server`, or `client URL`.
// Prints `ready URL` or `ready`, and one line for each thing that its connection reports.

import { connect, createServer } from '../../../src/engine/index.ts';

const [, , role, url = ''] = process.argv;
const heartbeat = { interval: 100, timeout: 300 };

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const handlers = {
  message: (_: unknown, data: string | Uint8Array) => say(`message ${String(data).slice(0, 10)}`),
  error: (_: unknown, error: { code: string }) => say(`error ${error.code}`),
  close: (_: unknown, { code }: { code: number }) => say(`close ${code}`),
};

if (role === 'server') {
  const server = createServer({ ...handlers, heartbeat });
  const { port } = await server.listen({ host: '127.0.0.1' });
  say(`ready ws://127.0.0.1:${port}/`);
} else {
  const connection = await connect(url, { handlers, heartbeat });
  say('ready');
  // The clock of connections keeps no process alive; their sockets do.
  void connection.closed;
}
