// A cluster for the comparison. It tells where it listens, and the process ids: its own is the first.

import process from 'node:process';
import { createCluster } from 'harmony-websocket/cluster';
import { redisBus } from 'harmony-websocket/redis';

const cluster = await createCluster({
  ...(process.env.ONE_BUS === undefined ? {} : { bus: redisBus(process.env.ONE_BUS) }),
  workers: Number(process.env.WORKERS),
  server: new URL('app.js', import.meta.url),
});
const pids = [process.pid, ...cluster.workers.map(({ pid }) => pid)];
process.stdout.write(`${JSON.stringify({ port: cluster.addresses[0].port, pids })}\n`);
