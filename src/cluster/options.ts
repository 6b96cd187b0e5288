// What an application gives to `createCluster`.

import type { Bus } from '../bus/seam.ts';
/** How workers are replaced that end by themselves. Times are in milliseconds. */
export interface RestartOptions {
  /** How often in a row a worker may end before it listens, until its place stays empty. Default 5. */
  attempts?: number | undefined;
  /** Time before the second attempt; twice as long before each further one. The first one follows at once. Default 200. */
  backoff?: number | undefined;
  /** The longest time between two attempts. Default 10,000. */
  maxBackoff?: number | undefined;
}

/** How connections end in a drain of workers. Times are in milliseconds. */
export interface ClusterDrainOptions {
  /** Close code for each connection, as for `server.drain`. Default 1001. */
  code?: number | undefined;
  /** Reason in each Close frame, at most 123 bytes of UTF-8. Default `'server is going away'`. */
  reason?: string | undefined;
  /** Time over which the closes of one worker are spread evenly. Default 0. */
  spread?: number | undefined;
  /** Which connections of a worker are closed first: `'oldest'`, `'newest'` or `'random'`. Default `'oldest'`. */
  order?: 'newest' | 'oldest' | 'random' | undefined;
  /** Time from the end of `spread` until connections that are still open are cut. Default 10,000. */
  deadline?: number | undefined;
}

/** A process of a cluster. */
export interface ClusterWorkerInfo {
  /** Of its place, from 1. The process that replaces it has the same one. */
  readonly number: number;
  /** Of the process. */
  readonly pid: number;
  /** `starting`: it does not listen yet. `listening`; `draining`: it takes nothing new. */
  readonly state: 'starting' | 'listening' | 'draining';
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** How a process of a cluster has ended. */
export interface WorkerExit {
  /** Its exit code; `null`: a signal has ended it. */
  readonly code: number | null;
  /** The signal that has ended it; `null`: it has ended by itself. */
  readonly signal: NodeJS.Signals | null;
  /** The error that it has not caught, with its stack, where there was one. */
  readonly error: string | undefined;
  /** Whether the cluster has ended it: by `restart`, `drain` or `close`. */
  readonly wasAsked: boolean;
}

/** Handlers of what happens to workers. */
export interface ClusterHandlers {
  /** A worker listens, and is one of the cluster. */
  workerStarted?(worker: ClusterWorkerInfo): void;
  /** A worker is gone. Unless `exit.wasAsked`, another one takes its place. */
  workerGone?(worker: ClusterWorkerInfo, exit: WorkerExit): void;
  /**
   * A worker could not be replaced, and its place stays empty until `cluster.restart()`; the others go on. Or a message of
   * another machine was lost. Default: `process.emitWarning`.
   */
  failed?(error: Error): void;
}

/** Options of `createCluster`. */
export interface ClusterOptions extends ClusterHandlers {
  /**
   * The program of each worker: a file, relative to the working directory, or a `file:` URL, such as
   * `new URL('./app.ts', import.meta.url)`. It calls `createServer` and `listen` as if it were the only process. Node runs it as it
   * runs any program: TypeScript too, with its own stripping of types or with `execArgv`.
   */
  server: string | URL;
  /** How many, 1 to 1,024; `'cores'`: as many as this process may use cores. Default `'cores'`. */
  workers?: number | 'cores' | undefined;
  /** Arguments of the program. Default: none. */
  args?: readonly string[] | undefined;
  /** Variables of the environment of workers, beside those of this process; `undefined` takes one away. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Options of Node for workers. Default: those of this process. */
  execArgv?: readonly string[] | undefined;
  /** Working directory of workers. Default: that of this process. */
  cwd?: string | undefined;
  /**
   * The bus to other machines: `redisBus(…)`, `natsBus(…)`. This process holds its connection, for all workers: their servers get
   * the bus by themselves, with its settings. Of its handlers, `lost`, `ready` and `failed` are called here. Default: none; the
   * bus reaches the workers of this cluster.
   */
  bus?: Bus | undefined;
  /** How workers are replaced that end by themselves. */
  restart?: RestartOptions | undefined;
  /** How `restart`, and signals, end connections, where nothing else is said. */
  drain?: ClusterDrainOptions | undefined;
  /** Milliseconds that a worker may take to listen. Default 30,000. */
  startTimeout?: number | undefined;
  /** Milliseconds that a worker may take to end once its connections are gone, before it is killed. Default 5,000. */
  exitTimeout?: number | undefined;
  /**
   * Bytes of messages of the bus that may wait for a worker that does not read. Those beyond are dropped, and the bus of the
   * worker tells so (`failed`). Default 64 MiB.
   */
  maxQueuedBytes?: number | undefined;
  /** Whether SIGTERM and SIGINT drain the cluster, and a second one ends it at once. Default `true`. */
  signals?: boolean | undefined;
}
