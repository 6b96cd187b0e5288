// Clusters and clients of the tests of this folder. They run dist/: workers start as they do for users.

import assert from 'node:assert/strict';
import {
  type Cluster,
  type ClusterOptions,
  type ClusterWorkerInfo,
  createCluster,
  type WorkerExit,
} from 'harmony-websocket/cluster';
import { type ClientConnection, type CloseEvent, connect } from 'harmony-websocket/engine';
import type { Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

export const program = (name: string): URL => new URL(`programs/${name}.js`, import.meta.url);

export interface Started {
  readonly cluster: Cluster;
  readonly url: string;
  readonly port: number;
  readonly gone: Inbox<{ worker: ClusterWorkerInfo; exit: WorkerExit }>;
  readonly started: Inbox<ClusterWorkerInfo>;
  readonly failures: Inbox<Error>;
}

/** Two workers, unless told otherwise. */
export async function start(scope: Scope, options: Partial<ClusterOptions> = {}): Promise<Started> {
  const gone = new Inbox<{ worker: ClusterWorkerInfo; exit: WorkerExit }>();
  const started = new Inbox<ClusterWorkerInfo>();
  const failures = new Inbox<Error>();
  const cluster = await createCluster({
    server: program('room'),
    workers: 2,
    execArgv: [],
    signals: false,
    startTimeout: 120_000,
    exitTimeout: 60_000,
    workerGone: (worker, exit) => gone.push({ worker, exit }),
    workerStarted: (worker) => started.push(worker),
    failed: (error) => failures.push(error),
    ...options,
  });
  scope.defer(() => cluster.close());
  for (let at = 0; at < cluster.workers.length; at++) await started.next();
  const [address] = cluster.addresses as { port: number }[];
  assert.ok(address);
  return { cluster, port: address.port, url: `ws://127.0.0.1:${address.port}/`, gone, started, failures };
}

/** A client that knows which process it is connected to. */
export interface Guest {
  readonly connection: ClientConnection;
  readonly pid: number;
  readonly messages: Inbox<string>;
  readonly closed: Promise<CloseEvent>;
}

export async function guest(scope: Scope, url: string): Promise<Guest> {
  const messages = new Inbox<string>();
  const connection = await connect(url, {
    handlers: { message: (_, data) => messages.push(String(data)), error() {} },
  });
  scope.defer(async () => {
    connection.terminate();
    await connection.closed;
  });
  const [, pid] = /^hello from (\d+)$/u.exec(await messages.next()) ?? [];
  return { connection, messages, closed: connection.closed, pid: Number(pid) };
}

/** Clients until each worker has one; the first of each, in the order of the workers. */
export async function guests(scope: Scope, { cluster, url }: Started): Promise<Guest[]> {
  const pids = cluster.workers.map(({ pid }) => pid);
  const found = new Map<number, Guest>();
  // By chance all of them could come to one worker, but not of two hundred.
  for (let at = 0; found.size < pids.length && at < 200; at++) {
    const one = await guest(scope, url);
    assert.ok(pids.includes(one.pid));
    if (!found.has(one.pid)) found.set(one.pid, one);
  }
  assert.equal(found.size, pids.length);
  return pids.map((pid) => found.get(pid)!);
}
