// A program with a cluster, for signals.

import process from 'node:process';
import { createCluster } from 'harmony-websocket/cluster';

const cluster = await createCluster({ workers: 2, server: new URL('./room.js', import.meta.url) });
console.log(`listening ${cluster.addresses[0].port} ${cluster.workers.map(({ pid }) => pid).join(' ')}`);
await cluster.ended;
console.log(`ended ${process.listenerCount('SIGTERM')}`);
