// What a message over the driver of NATS costs: CPU of the process that publishes, of the one that receives, and of nats-server.
//
//     npx tsx bench/micro/bus-nats.ts [bytes]

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import type { BusEvents } from '../../src/bus/bus-driver.ts';
import { natsDriver } from '../../src/bus/nats/nats-setup.ts';

const CHANNEL = 'bench.one';
/** Messages that are published in one turn of the event loop. */
const BATCH = 50;
const [role, size, url] = process.argv.slice(2) as [string?, string?, string?];

if (role === 'receive' || role === 'publish') await (role === 'receive' ? receive() : publish());
else await measure(Number(role ?? 200));

async function measure(bytes: number): Promise<void> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await once(probe.close(), 'close');
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const address = `nats://127.0.0.1:${port}`;
  const start = async (what: string): Promise<ChildProcess> => {
    const child = fork(process.argv[1] as string, [what, String(bytes), address]);
    await once(child, 'message'); // it is ready
    return child;
  };
  const receiver = await start('receive');
  const publisher = await start('publish');
  const count = bytes > 10_000 ? 20_000 : 400_000;
  const before = cpuOf(server.pid as number);
  const results = Promise.all([once(receiver, 'message'), once(publisher, 'message')]);
  receiver.send(count);
  publisher.send(count);
  const [told, [sent]] = await results;
  const [{ got, cpu: receiving }] = told as [{ got: number; cpu: number }];
  const { cpu: publishing } = sent as { cpu: number };
  const broker = cpuOf(server.pid as number) - before;
  const perSecond = (seconds: number): string => Math.round(count / seconds).toLocaleString('en');
  console.log(
    `${bytes} bytes, ${got} of ${count} messages, per CPU second: ` +
      `publisher ${perSecond(publishing)}, receiver ${perSecond(receiving)}, nats-server ${perSecond(broker)}`,
  );
  for (const child of [publisher, receiver, server]) child.kill();
}

/** Seconds of CPU of a process so far. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function own(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function driverWith(message: BusEvents['message']) {
  const driver = natsDriver({ servers: url as string });
  const nothing = (): void => {};
  driver.open({ ready: () => process.send?.('ready'), lost: nothing, refused: nothing, trouble: nothing, message });
  return driver;
}

async function receive(): Promise<void> {
  let got = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let start = 0;
  const driver = driverWith(() => {
    got++;
    if (got === wanted) process.send?.({ got, cpu: own() - start });
  });
  await driver.subscribe([CHANNEL]);
  const [count] = (await once(process, 'message')) as [number];
  start = own();
  wanted = count;
}

async function publish(): Promise<void> {
  const driver = driverWith(() => {});
  const payload = new Uint8Array(Number(size));
  const [count] = (await once(process, 'message')) as [number];
  const start = own();
  for (let sent = 0; sent < count; ) {
    for (let at = 0; at < BATCH && sent < count; at++) if (driver.publish(CHANNEL, payload)) sent++;
    // As fast as the server takes it.
    if ((sent / BATCH) % 20 === 0) await driver.flush();
    else await new Promise(setImmediate);
  }
  process.send?.({ cpu: own() - start });
}
