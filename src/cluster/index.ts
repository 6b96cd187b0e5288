// The public entry `harmony-websocket/cluster`: a server on all cores of a machine.

import cluster from 'node:cluster';
import { webSocketError } from '../core/errors.ts';
import { refuseArguments } from '../core/option-check.ts';
import { Cluster } from './cluster.ts';
import { readClusterOptions } from './option-rows.ts';
import type { ClusterOptions } from './options.ts';

export type { BusHandlers, BusOptions } from '../bus/options.ts';
export { workersBus } from '../bus/workers/workers-bus.ts';
export type { MetricsTextOptions } from '../observe/metric-options.ts';
export type { Cluster } from './cluster.ts';
export type {
  ClusterDrainOptions,
  ClusterHandlers,
  ClusterOptions,
  ClusterWorkerInfo,
  RestartOptions,
  WorkerExit,
} from './options.ts';

// Here, since this module is a file of its own in dist/, too.
const PRELOAD = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href;

/**
 * Runs a server in several processes, which share its port, and messages by a bus: `publish`, `sendTo`, lists and metrics reach
 * all of them. A process that ends by itself is replaced. Ends by SIGTERM and SIGINT, as `cluster.drain`.
 *
 * @param options  `server`: the program of each process. `workers`: how many (`'cores'`)
 * @returns when all workers listen
 * @throws (rejects) WebSocketError ERR_WS_OPTION; ERR_WS_CLUSTER_NESTED in a worker; ERR_WS_CLUSTER_WORKER if a worker ends before it listens, with its error
 */
export function createCluster(options: ClusterOptions): Promise<Cluster>;
export async function createCluster(given: ClusterOptions, ...rest: unknown[]): Promise<Cluster> {
  refuseArguments('createCluster', rest, 'it returns a Promise');
  // A process of node:cluster cannot have workers, of this package or of another program.
  if (!cluster.isPrimary) throw webSocketError('ERR_WS_CLUSTER_NESTED');
  const made = new Cluster(readClusterOptions(given), PRELOAD);
  await made.start();
  return made;
}
