// `worker` of `@kit.ArkTS`, over `node:worker_threads`. Files of workers are loaded as those of the program are.

import { enter, workerPort } from './thread.ts';
import {
  RestrictedWorker,
  type RestrictedWorker as RestrictedWorkerClass,
  ThreadWorker,
  type ThreadWorker as ThreadWorkerClass,
  Worker,
  type Worker as WorkerClass,
} from './thread-worker.ts';
import type { DedicatedWorkerGlobalScope } from './types.ts';

export { ThreadWorkerPriority } from './priority.ts';
export type {
  DedicatedWorkerGlobalScope,
  ErrorCallback,
  ErrorEvent,
  Event,
  EventListener,
  EventTarget,
  GlobalScope,
  MessageEvent,
  MessageEvents,
  PostMessageOptions,
  ThreadWorkerGlobalScope,
  WorkerEventListener,
  WorkerEventTarget,
  WorkerOptions,
} from './types.ts';
/** @internal */
export { enter };

/** The module: threads that run other files. */
export const worker = {
  /** The class of workers. */
  ThreadWorker,
  /** The same; on a device it has the rights of the system. */
  RestrictedWorker,
  /** The deprecated form of the class. */
  Worker,
  /** The connection of a worker to its host; `undefined` outside a worker. */
  workerPort,
  /** The deprecated form of `workerPort`. */
  parentPort: workerPort as unknown as DedicatedWorkerGlobalScope,
};

export declare namespace worker {
  /** A worker. */
  export type ThreadWorker = ThreadWorkerClass;
  /** A worker with the rights of the system. */
  export type RestrictedWorker = RestrictedWorkerClass;
  /** The deprecated form of a worker. */
  export type Worker = WorkerClass;
}

export default worker;
