// A process with few file descriptors: `server`, or `client URL`. A line on standard input is a command; each answer is a
// line on standard output.
//
//   server   `cpu`      → `cpu MICROSECONDS`, used since the last time
//            `open`     → `open COUNT`
//   client   `connect`  → `connected COUNT`, or `refused CODE MESSAGE`
//            `close`    → `closed`, all connections

import { createInterface } from 'node:readline';
import { type ClientConnection, connect, createServer } from '../../../src/engine/index.ts';

const [, , role, url = ''] = process.argv;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const commands: Record<string, () => void | Promise<void>> = {};

if (role === 'server') {
  const server = createServer({ message: (connection, data) => void connection.send(data) });
  let usage = process.cpuUsage();
  commands['cpu'] = () => {
    const { user, system } = process.cpuUsage(usage);
    usage = process.cpuUsage();
    say(`cpu ${user + system}`);
  };
  commands['open'] = () => say(`open ${server.connections.size}`);
  process.on('warning', (warning) => say(`warning ${warning.name} ${warning.message}`));
  const { port } = await server.listen({ host: '127.0.0.1' });
  say(`ready ${port}`);
} else {
  const connections: ClientConnection[] = [];
  commands['connect'] = async () => {
    try {
      connections.push(await connect(url));
      say(`connected ${connections.length}`);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      say(`refused ${code} ${message}`);
    }
  };
  commands['close'] = async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close(1000)));
    say('closed');
  };
  say('ready');
}

for await (const line of createInterface({ input: process.stdin })) await commands[line]?.();
