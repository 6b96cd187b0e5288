// What an inspector costs a busy server: 1,000 connections that send 20,000 frames in a second, first without an inspector, then
// with one that records, then with a DevTools that is told everything. Prints the CPU time of the server in each case, and whether
// the server kept up.
//
// `npx tsx test/inspector/load.ts [--seconds 10]`; on a machine with nothing else to do.

import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { type ClientConnection, connect, createServer } from '../../src/engine/index.ts';
import { createInspector, type Inspector } from '../../src/inspector/index.ts';

const CONNECTIONS = 1000;
const FRAMES_PER_SECOND = 20_000;
/** Milliseconds between two rounds of sending. */
const ROUND = 50;

const cases = ['without an inspector', 'with an inspector', 'with an inspector and a DevTools'] as const;

/** What the load reports to the server's process when it is connected. */
type Report = { readonly kind: 'ready' };

if (process.argv[2] === 'clients') await runClients(Number(process.argv[3]));
else await runServer();

async function runServer(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
  const seconds = Number(values.seconds);
  let received = 0;
  const server = createServer({
    message() {
      received++;
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const clients = fork(import.meta.filename, ['clients', String(port)], { execArgv: process.execArgv });
  await new Promise<void>((resolve) => clients.once('message', (_: Report) => resolve()));
  console.log(`${server.connections.size} connections, ${FRAMES_PER_SECOND} frames a second, ${seconds} s each`);
  for (const name of cases) {
    let inspector: Inspector | undefined;
    let devtools: ClientConnection | undefined;
    let told = 0;
    if (name !== cases[0]) inspector = await createInspector(server, { port: 0 });
    if (name === cases[2] && inspector !== undefined) {
      devtools = await connect(inspector.webSocketUrl, { handlers: { message: () => void told++ } });
      devtools.send(JSON.stringify({ id: 1, method: 'Network.enable' }));
    }
    await pause(2000);
    const [cpu, frames, before, eventsBefore] = [process.cpuUsage(), received, performance.now(), told];
    await pause(seconds * 1000);
    const { user, system } = process.cpuUsage(cpu);
    const time = (performance.now() - before) / 1000;
    const share = ((user + system) / 10_000 / time).toFixed(1);
    const rate = Math.round((received - frames) / time);
    const events =
      devtools === undefined ? '' : `, ${Math.round((told - eventsBefore) / time)} events a second to DevTools`;
    console.log(`${name.padEnd(34)} ${share.padStart(5)} % CPU, ${rate} frames a second received${events}`);
    devtools?.terminate();
    await inspector?.close();
  }
  clients.kill();
  await server.close();
}

async function runClients(port: number): Promise<void> {
  const connections: ClientConnection[] = [];
  for (let index = 0; index < CONNECTIONS; index++) {
    connections.push(await connect(`ws://127.0.0.1:${port}/client?number=${index}`, { handlers: { message() {} } }));
  }
  process.send?.({ kind: 'ready' } satisfies Report);
  const perRound = (FRAMES_PER_SECOND * ROUND) / 1000;
  let next = 0;
  setInterval(() => {
    for (let index = 0; index < perRound; index++) {
      connections[next++ % CONNECTIONS]?.send('{"kind":"position","x":12.5,"y":7.25,"number":12345}');
    }
  }, ROUND);
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
