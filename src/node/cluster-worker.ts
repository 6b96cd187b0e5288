// What a process gets that `createCluster` has started: set by src/cluster/worker.ts before the application, under a symbol of
// the whole process, since a program may have this package twice. Absent in all other processes.

/** A server, as the worker knows it. */
export interface WorkerServer {
  metrics(): object;
  drain(options: object): Promise<object>;
  /** Number of handshakes in progress. */
  handshakes(): number;
}

/** A place to listen on that the primary process holds. */
export interface SharedPlace {
  /** A bound socket of the system, for `server.listen(handle)` of `node:net`. */
  readonly handle: object;
  /** The listener has stopped. */
  stopped(): void;
}

/** This process, as a worker. */
export interface ClusterWorker {
  /** Of its slot, from 1: another process gets the same one when it takes its place. */
  readonly number: number;
  /** Whether another process has taken its place: nobody needs its port any more, not even a monitor. */
  readonly isReplaced: boolean;
  /** A server has been made. It is drained and measured with the others. */
  add(server: WorkerServer): void;
  /**
   * Asks for a place to listen on.
   *
   * @param host  `''`: all addresses
   * @returns `undefined` where `node:cluster` shares the port
   * @throws (rejects) the system's error
   */
  place(host: string, port: number): Promise<SharedPlace | undefined>;
  /** A server listens. */
  listening(address: object): void;
  /** Makes a bus of the workers, a `Bus`. @param options  of a bus, not checked */
  bus(options?: object): object;
  /** The metrics of all workers together. @returns `undefined` where the primary process does not answer */
  metrics(): Promise<object | undefined>;
}

const PLACE = Symbol.for('harmony-websocket.cluster-worker');

/** This process, where it is a worker of a cluster. */
export function clusterWorker(): ClusterWorker | undefined {
  return (globalThis as { [PLACE]?: ClusterWorker })[PLACE];
}

export function setClusterWorker(worker: ClusterWorker): void {
  Object.defineProperty(globalThis, PLACE, { value: worker, configurable: true });
}
