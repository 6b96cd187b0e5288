// One process of a cluster, as the primary process has it: from its start until it is gone.

import type { ChildProcess } from 'node:child_process';
import cluster from 'node:cluster';
import process from 'node:process';
import type { Duplex } from 'node:stream';
import type { BusOptions } from '../bus/options.ts';
import type { Broker, BrokerEnd } from '../bus/workers/broker.ts';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { ServerMetrics } from '../core/meter.ts';
import type { DrainResult } from '../server/options.ts';
import {
  type FromWorker,
  PIPE,
  type PlaceMessage,
  type ToWorker,
  WORKER_VARIABLE,
  type WorkerTask,
} from './messages.ts';
import type { ClusterDrainOptions, ClusterOptions, ClusterWorkerInfo, WorkerExit } from './options.ts';
import type { Places } from './places.ts';
import { holdPort } from './shared-ports.ts';

/** What all processes of a cluster share. */
export interface WorkerSettings {
  readonly options: ClusterOptions;
  /** The program. */
  readonly file: string;
  /** The module that Node loads before it. */
  readonly preload: string;
  readonly broker: Broker;
  /** What buses of workers begin with. */
  readonly bus: BusOptions;
  readonly places: Places;
  readonly startTimeout: number;
  readonly exitTimeout: number;
}

export interface WorkerProcessEvents {
  /** It wants the metrics of all. */
  sum(): Promise<ServerMetrics>;
  listening(address: object): void;
  /** Somebody has sent it SIGTERM. */
  askedToEnd(worker: WorkerProcess): void;
  gone(worker: WorkerProcess, exit: WorkerExit): void;
}

const TYPESCRIPT = `Node ${process.version} does not run TypeScript; use Node 22.18 or newer, or a loader: execArgv: ['--import', 'tsx']. `;
/** Milliseconds for a worker to answer with its metrics: later ones count with what they told before. */
const PATIENCE = 2_000;

export class WorkerProcess {
  readonly number: number;
  readonly startedAt = Date.now();
  readonly #settings: WorkerSettings;
  readonly #events: WorkerProcessEvents;
  readonly #child: ChildProcess;
  readonly #end: BrokerEnd;
  #state: ClusterWorkerInfo['state'] = 'starting';
  /** What it said last. */
  metrics: ServerMetrics | undefined;
  readonly #waiting = new Map<number, (metrics: ServerMetrics | undefined) => void>();
  #request = 0;
  #error: string | undefined;
  #wasAsked = false;
  #isGone = false;
  /** Settles when it listens. */
  readonly ready: Promise<void>;
  #setReady: () => void = () => {};
  #setFailed: (error: Error) => void = () => {};
  readonly gone: Promise<WorkerExit>;
  #setGone: (exit: WorkerExit) => void = () => {};
  readonly #drained: Promise<DrainResult | undefined>;
  #setDrained: (result: DrainResult | undefined) => void = () => {};

  constructor(number: number, settings: WorkerSettings, events: WorkerProcessEvents) {
    this.number = number;
    this.#settings = settings;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#setReady = resolve;
      this.#setFailed = reject;
    });
    this.ready.catch(() => {});
    this.gone = new Promise((resolve) => {
      this.#setGone = resolve;
    });
    this.#drained = new Promise((resolve) => {
      this.#setDrained = resolve;
    });
    const { options, file, preload, broker, bus, startTimeout } = settings;
    const { args = [], env = {}, execArgv = process.execArgv, cwd } = options;
    cluster.setupPrimary({
      exec: file,
      args: [...args],
      execArgv: [...execArgv, '--import', preload],
      // Absent is not the same as undefined there.
      cwd: cwd ?? process.cwd(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    const task: WorkerTask = { parent: process.pid, number, bus };
    const worker = cluster.fork({ ...env, [WORKER_VARIABLE]: JSON.stringify(task) });
    this.#child = worker.process;
    this.#end = broker.add(this.#child.stdio[PIPE] as unknown as Duplex, {
      control: (message) => this.#control(message as FromWorker),
      ended: () => {},
    });
    worker.on('listening', ({ address, port, addressType }) => {
      // As `server.listen` tells it. -1: a Unix socket.
      const family = addressType === 6 ? 'IPv6' : 'IPv4';
      const where = addressType === -1 ? { path: address } : { address: address ?? '::', family, port };
      if (holdPort(settings.broker, where)) this.#listening(where);
      else this.#refuse(`${address ?? ''}:${port} is the port of another cluster in this process: choose another`);
    });
    worker.on('error', () => {}); // a message that could not be sent: it is gone
    this.#child.on('error', (error) => {
      this.#error ??= error.message;
      if (this.#child.pid === undefined) this.#ended(null, null);
    });
    // Behind the end of the pipe, which has told the error.
    this.#child.on('close', (code, signal) => this.#ended(code, signal));
    const timer = setTimeout(() => this.#late(), startTimeout);
    void this.ready.catch(() => {}).then(() => clearTimeout(timer));
  }

  get info(): ClusterWorkerInfo {
    const { number, startedAt } = this;
    return { number, pid: this.#child.pid ?? 0, state: this.#state, startedAt };
  }

  get isListening(): boolean {
    return this.#state === 'listening';
  }

  /** Asks for its metrics. @returns what it said last, where it does not answer */
  async currentMetrics(): Promise<ServerMetrics | undefined> {
    if (this.#isGone || this.#state === 'starting') return this.metrics;
    const request = ++this.#request;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<ServerMetrics | undefined>((resolve) => {
      this.#waiting.set(request, resolve);
      timer = setTimeout(() => resolve(this.metrics), PATIENCE);
      this.#say({ kind: 'metrics', request });
    });
    const metrics = await answered;
    clearTimeout(timer);
    this.#waiting.delete(request);
    return metrics;
  }

  /**
   * Ends it: its servers drain, then it gets SIGTERM, and SIGKILL if it does not end. A further call takes over with its options.
   *
   * @param isReplaced  another process listens in its place
   * @returns how its connections ended; `undefined` where it could not tell
   */
  async end(options: ClusterDrainOptions, isReplaced = false): Promise<DrainResult | undefined> {
    this.#wasAsked = true;
    if (this.#isGone) return undefined;
    this.#state = 'draining';
    this.#setFailed(webSocketError('ERR_WS_CLUSTER_ENDED'));
    this.#say({ kind: 'drain', options, isReplaced });
    const { spread = 0, deadline = 10_000 } = options;
    const { exitTimeout } = this.#settings;
    const result = await within(spread + deadline + exitTimeout, this.#drained);
    this.#child.kill('SIGTERM');
    await within(exitTimeout, this.gone);
    if (!this.#isGone) this.#child.kill('SIGKILL');
    await this.gone;
    return result;
  }

  /** Ends it at once. */
  kill(): void {
    this.#wasAsked = true;
    this.#child.kill('SIGKILL');
  }

  #say(message: ToWorker): void {
    this.#end.control(message);
  }

  #control(message: FromWorker): void {
    switch (message.kind) {
      case 'place':
        void this.#place(message);
        break;
      case 'left':
        void this.#settings.places.leave(this, this.number, message.key);
        break;
      case 'listening':
        this.#listening(message.address);
        break;
      case 'metrics':
        this.metrics = message.metrics ?? this.metrics;
        this.#waiting.get(message.request)?.(this.metrics);
        break;
      case 'sum':
        void this.#events.sum().then((metrics) => this.#say({ kind: 'sum', request: message.request, metrics }));
        break;
      case 'drained':
        this.#setDrained(message.result);
        break;
      case 'failed':
        this.#error = message.text;
        break;
      case 'asked-to-end':
        this.#events.askedToEnd(this);
        break;
    }
  }

  async #place({ request, host, port, index }: FromWorker & { kind: 'place' }): Promise<void> {
    const { places } = this.#settings;
    if (!places.isUsable) return this.#say({ kind: 'place', request });
    try {
      const { key, handle } = await places.take(this, this.number, host, port, index);
      // It may be gone by now.
      if (this.#isGone) return await places.leave(this, this.number, key);
      const message: PlaceMessage = { 'harmony-websocket place': request };
      this.#child.send(message, handle as never, {}, () => {});
      return this.#say({ kind: 'place', request, key });
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
      return this.#say({ kind: 'place', request, error: { code, message } });
    }
  }

  #listening(address: object): void {
    this.#events.listening(address);
    if (this.#state !== 'starting') return;
    this.#state = 'listening';
    this.#setReady();
  }

  #late(): void {
    if (this.#state === 'starting') this.#refuse(`it did not listen within ${this.#settings.startTimeout} ms`);
  }

  #refuse(why: string): void {
    this.#error ??= why;
    this.#child.kill('SIGKILL');
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#end.destroy();
    const exit: WorkerExit = { code, signal, error: this.#error, wasAsked: this.#wasAsked };
    this.#setFailed(neverListened(this.number, exit));
    this.#setDrained(undefined);
    for (const resolve of this.#waiting.values()) resolve(this.metrics);
    this.#setGone(exit);
    this.#events.gone(this, exit);
  }
}

/** @param attempts  how many in a row */
export function neverListened(number: number, { code, signal, error }: WorkerExit, attempts = 1): WebSocketError {
  const end = `${signal ?? `exit code ${code}`}${attempts === 1 ? '' : `, ${attempts} times in a row`}`;
  const why = error ?? 'it did not say why; look at its output';
  const remedy = /ERR_UNKNOWN_FILE_EXTENSION\].*"\.[cm]?tsx?"/.test(why) ? TYPESCRIPT : '';
  return webSocketError('ERR_WS_CLUSTER_WORKER', number, end, remedy + why);
}

/** @returns `undefined` if it takes longer */
export async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.min(milliseconds, 2 ** 31 - 1));
  });
  const value = await Promise.race([promise, late]);
  clearTimeout(timer);
  return value;
}
