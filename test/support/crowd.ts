// Many clients that write the same bytes and wait, in their own thread: the heap of the test's thread belongs only to
// the server.

import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Scope } from './handles.ts';

/** Answers `{ port, count, bytes }` by as many connected clients; `'leave'` by cutting all of them. */
const PROGRAM = `
const { connect } = require('node:net');
const { parentPort } = require('node:worker_threads');
let sockets = [];
parentPort.on('message', async (order) => {
  if (order === 'leave') {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    parentPort.postMessage('left');
    return;
  }
  const { port, count, bytes, from } = order;
  // Some at a time: the queue of connections that wait to be accepted is short.
  for (let left = count; left > 0; left -= 100) {
    await Promise.all(Array.from({ length: Math.min(left, 100) }, () => new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('close', resolve);
      socket.once('connect', () => socket.write(bytes, 'latin1', resolve));
    })));
  }
  parentPort.postMessage('there');
});
`;

export interface Crowd {
  /** Connects `count` clients, which write `bytes`. */
  come(count: number, bytes: string, from?: string): Promise<void>;
  /** Cuts all connections. */
  leave(): Promise<void>;
}

export function crowd(scope: Scope, port: number): Crowd {
  const worker = new Worker(PROGRAM, { eval: true });
  scope.defer(() => worker.terminate());
  const ask = async (order: unknown): Promise<void> => {
    worker.postMessage(order);
    await once(worker, 'message');
  };
  return {
    come: (count, bytes, from = '127.0.0.1') => ask({ port, count, bytes, from }),
    leave: () => ask('leave'),
  };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of this thread's heap, and of buffers, that are in use once nothing more can be freed. */
export async function memoryInUse(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await new Promise(setImmediate);
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
