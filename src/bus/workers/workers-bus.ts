// The bus of the workers of one machine, as applications have it.

import { webSocketError } from '../../core/errors.ts';
import { readOptions, refuseArguments } from '../../core/option-check.ts';
import { clusterWorker } from '../../node/cluster-worker.ts';
import { busOf } from '../create-bus.ts';
import { busSchema } from '../option-rows.ts';
import type { BusOptions } from '../options.ts';
import type { Bus } from '../seam.ts';
import type { WorkerLink } from './worker-link.ts';
import { WorkersDriver } from './workers-driver.ts';

/**
 * The bus of the workers of a cluster, and of other machines if the cluster has a bus to them. A server of a worker has it by itself;
 * this is for options of your own, and for a publisher.
 *
 * @param options  default: those of the cluster's `bus`, and for `node` in the first worker `worker-1`, behind the name that the cluster's `bus` has: `berlin-worker-1`
 * @throws WebSocketError ERR_WS_NO_CLUSTER in other processes than workers of `createCluster`, ERR_WS_OPTION
 */
export function workersBus(options?: BusOptions): Bus;
export function workersBus(options?: BusOptions, ...rest: unknown[]): Bus {
  refuseArguments('workersBus', rest, 'all options are in the first one');
  const worker = clusterWorker();
  if (worker === undefined) throw webSocketError('ERR_WS_NO_CLUSTER');
  return worker.bus(options) as Bus;
}

/**
 * Makes the bus in a worker.
 *
 * @param defaults  of the cluster
 * @param given     those of the application, not checked
 */
export function busOver(link: WorkerLink, defaults: BusOptions, given: unknown): Bus {
  return busOf(new WorkersDriver(link), { ...defaults, ...readOptions(busSchema, given) });
}
