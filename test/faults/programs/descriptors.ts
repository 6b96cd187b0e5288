// A process with few file descriptors left: `server`, or `client URL`. Its loader reads many modules at a time, so the
// others are only taken once everything is loaded. A line on standard input is a command; each answer is a line on standard
// output.
//
//   server   `busy`     → `busy SHARE CPU`: of the time since the last time, how much the event loop was not waiting, and
//                         how much of a processor was used
//            `open`     → `open COUNT`
//   client   `connect`  → `connected COUNT`, or `refused CODE MESSAGE`
//            `close`    → `closed`, all connections

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { createInterface } from 'node:readline';
import { type ClientConnection, connect, createServer } from '../../../src/engine/index.ts';

const [, , left = '', role, url = ''] = process.argv;

/** Takes all file descriptors but so many. */
function leaveDescriptors(count: number): void {
  const taken: number[] = [];
  for (;;) {
    try {
      taken.push(openSync(devNull, 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
      break;
    }
  }
  for (const descriptor of taken.slice(-count)) closeSync(descriptor);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const commands = new Map<string, () => void | Promise<void>>();

if (role === 'server') {
  const server = createServer({ message: (connection, data) => void connection.send(data) });
  let since = { time: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
  commands.set('busy', () => {
    const { utilization } = performance.eventLoopUtilization(since.loop);
    const { user, system } = process.cpuUsage(since.cpu);
    const cpu = (user + system) / 1_000 / (performance.now() - since.time);
    since = { time: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization() };
    say(`busy ${utilization.toFixed(3)} ${cpu.toFixed(3)}`);
  });
  commands.set('open', () => say(`open ${server.connections.size}`));
  process.on('warning', (warning) => say(`warning ${warning.name} ${warning.message}`));
  const { port } = await server.listen({ host: '127.0.0.1' });
  leaveDescriptors(Number(left));
  say(`ready ${port}`);
} else {
  const connections: ClientConnection[] = [];
  commands.set('connect', async () => {
    try {
      connections.push(await connect(url));
      say(`connected ${connections.length}`);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      say(`refused ${code} ${message}`);
    }
  });
  commands.set('close', async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close(1000)));
    say('closed');
  });
  leaveDescriptors(Number(left));
  say('ready');
}

for await (const line of createInterface({ input: process.stdin })) await commands.get(line)?.();
