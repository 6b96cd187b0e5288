// What the primary process of a cluster and its workers say to each other, beside the messages of the bus, on the same pipe.
// Both run the same version of this package.

import type { BusOptions } from '../bus/options.ts';
import type { ServerMetrics } from '../core/meter.ts';
import type { DrainResult } from '../server/options.ts';
import type { ClusterDrainOptions } from './options.ts';

/** From a worker. */
export type FromWorker =
  /** It wants a place to listen on; the `index`th one of its own with this host and port, from 0. */
  | { kind: 'place'; request: number; host: string; port: number; index: number }
  /** It has stopped to listen there. */
  | { kind: 'left'; key: string }
  | { kind: 'listening'; address: object }
  | { kind: 'metrics'; request: number; metrics: ServerMetrics | undefined }
  | { kind: 'sum'; request: number }
  | { kind: 'drained'; result: DrainResult }
  /** An error that nobody has caught: the process ends. */
  | { kind: 'failed'; text: string }
  /** Somebody has sent it SIGTERM: it is to be replaced. */
  | { kind: 'asked-to-end' };

/** To a worker. */
export type ToWorker =
  /** Answers `place`. With a key and no error the socket comes by the channel of `node:child_process`. */
  | { kind: 'place'; request: number; key?: string; error?: { code: string; message: string } }
  | { kind: 'metrics'; request: number }
  | { kind: 'sum'; request: number; metrics: ServerMetrics | undefined }
  /** `isReplaced`: another process listens in its place. */
  | { kind: 'drain'; options: ClusterDrainOptions; isReplaced: boolean };

/** The message with a socket, on the channel of `node:child_process`. */
export interface PlaceMessage {
  readonly 'harmony-websocket place': number;
}

/** Index in the `stdio` of a worker, and its file descriptor there. */
export const PIPE = 4;
/** What a worker begins with. */
export interface WorkerTask {
  /** Process id of its primary. */
  readonly parent: number;
  readonly number: number;
  /** Options of its buses, where the application gives no others. */
  readonly bus: BusOptions;
}

/** In the environment of a worker: its {@link WorkerTask} as JSON. */
export const WORKER_VARIABLE = 'HARMONY_WEBSOCKET_WORKER';
