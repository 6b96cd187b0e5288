// Loaded by Node in each worker of a cluster before the program: what this process gets from its primary process, and how it ends.

import cluster from 'node:cluster';
import { Socket } from 'node:net';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';
import type { BusOptions } from '../bus/options.ts';
import { WorkerLink } from '../bus/workers/worker-link.ts';
import { busOver } from '../bus/workers/workers-bus.ts';
import type { ServerMetrics } from '../core/meter.ts';
import { type ClusterWorker, type SharedPlace, setClusterWorker, type WorkerServer } from '../node/cluster-worker.ts';
import type { DrainResult } from '../server/options.ts';
import {
  type FromWorker,
  PIPE,
  type PlaceMessage,
  type ToWorker,
  WORKER_VARIABLE,
  type WorkerTask,
} from './messages.ts';
import type { ClusterDrainOptions } from './options.ts';
import { summedMetrics } from './summed-metrics.ts';

/** Milliseconds between two looks at the metrics, for the case that the process crashes. */
const METRICS_EVERY = 5_000;
/** Milliseconds for clients that have connected to this process to finish their handshakes, while another one listens already. */
const HANDOVER = 2_000;
/** Characters of the name of a node. */
const NAME = 32;
/** Milliseconds for the primary to add up the metrics of all. */
const PATIENCE = 4_000;

class WorkerOfCluster implements ClusterWorker {
  readonly number: number;
  readonly #busDefaults: BusOptions;
  readonly #link: WorkerLink;
  readonly #servers = new Set<WorkerServer>();
  readonly #requests = new Map<number, (message: ToWorker) => void>();
  #request = 0;
  /** Indexes in use, by host and port. */
  readonly #places = new Map<string, Set<number>>();
  /** Sockets that this process listens on. */
  readonly #handles = new Set<object>();
  isReplaced = false;
  #isDrained = false;
  #isEnding = false;

  constructor({ number, bus }: WorkerTask) {
    this.number = number;
    this.#busDefaults = { ...bus, node: nameOf(bus.node, number) };
    const stream = new Socket({ fd: PIPE });
    stream.unref();
    this.#link = new WorkerLink(stream);
    this.#link.control = (message) => this.#control(message as ToWorker);
    process.on('uncaughtExceptionMonitor', (error) => {
      this.#say({ kind: 'failed', text: textOf(error) });
      void this.#link.flush(); // during the call
    });
    // Ctrl-C reaches the whole group of processes. The primary ends this one when it is time.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => this.#signalled());
    setInterval(() => this.#tellMetrics(0), METRICS_EVERY).unref();
  }

  add(server: WorkerServer): void {
    this.#servers.add(server);
  }

  async place(host: string, port: number): Promise<SharedPlace | undefined> {
    const name = `${host} ${port}`;
    const used = this.#places.get(name) ?? new Set<number>();
    this.#places.set(name, used);
    let index = 0;
    while (used.has(index)) index++;
    used.add(index);
    const request = ++this.#request;
    // It also keeps the process alive until there is an answer.
    const received = new Promise<object>((resolve) => {
      const message = (value: unknown, handle: object | undefined): void => {
        if ((value as Partial<PlaceMessage> | null)?.['harmony-websocket place'] !== request) return;
        if (handle !== undefined) resolve(handle);
      };
      process.on('message', message);
      this.#requests.set(request, (answer) => {
        this.#requests.delete(request);
        const done = (): void => void process.off('message', message);
        if (answer.kind === 'place' && answer.key !== undefined) void received.then(done);
        else done();
        settle(answer);
      });
    });
    let settle: (answer: ToWorker) => void = () => {};
    const answered = new Promise<ToWorker>((resolve) => {
      settle = resolve;
    });
    this.#say({ kind: 'place', request, host, port, index });
    const answer = (await answered) as ToWorker & { kind: 'place' };
    if (answer.error !== undefined) {
      used.delete(index);
      throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    }
    const { key } = answer;
    if (key === undefined) {
      used.delete(index);
      return undefined;
    }
    const handle = await received;
    this.#handles.add(handle);
    return {
      handle,
      stopped: () => {
        this.#handles.delete(handle);
        used.delete(index);
        this.#say({ kind: 'left', key });
      },
    };
  }

  listening(address: object): void {
    this.#say({ kind: 'listening', address });
  }

  bus(options?: object): object {
    return busOver(this.#link, this.#busDefaults, options);
  }

  metrics(): Promise<object | undefined> {
    const request = ++this.#request;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#requests.delete(request);
        resolve(undefined);
      }, PATIENCE);
      this.#requests.set(request, (answer) => {
        clearTimeout(timer);
        this.#requests.delete(request);
        resolve(answer.kind === 'sum' ? answer.metrics : undefined);
      });
      this.#say({ kind: 'sum', request });
    });
  }

  #say(message: FromWorker): void {
    this.#link.say(message);
  }

  #control(message: ToWorker): void {
    switch (message.kind) {
      case 'place':
      case 'sum':
        this.#requests.get(message.request)?.(message);
        break;
      case 'metrics':
        this.#tellMetrics(message.request);
        break;
      case 'drain':
        void this.#drain(message.options, message.isReplaced);
        break;
    }
  }

  #tellMetrics(request: number): void {
    const metrics = summedMetrics([...this.#servers].map((server) => server.metrics() as ServerMetrics));
    this.#say({ kind: 'metrics', request, metrics });
  }

  async #drain(options: ClusterDrainOptions, isReplaced: boolean): Promise<void> {
    const isFirst = !this.#isEnding;
    this.#isEnding = true;
    // Servers of node:http and node:net that share a port stop to listen.
    if (isFirst && process.connected) cluster.worker?.disconnect();
    if (isFirst && isReplaced) await this.#handOver();
    const drains = [...this.#servers].map((server) => server.drain(options).catch(() => undefined));
    const results = (await Promise.all(drains)) as (DrainResult | undefined)[];
    this.#isDrained = true;
    this.#tellMetrics(0);
    this.#say({ kind: 'drained', result: summed(results) });
    await this.#link.flush();
  }

  /** Takes no new connections, and waits for the handshakes of those that have come. */
  async #handOver(): Promise<void> {
    this.isReplaced = true;
    // The listeners end with the servers; clients that wait there go to the process that has the same sockets.
    for (const handle of this.#handles) (handle as { close(): void }).close();
    const end = performance.now() + HANDOVER;
    const isBusy = (): boolean => [...this.#servers].some((server) => server.handshakes() > 0);
    while (isBusy() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** By the primary, when all is drained; or by somebody who wants another process in its place. */
  #signalled(): void {
    if (!this.#isDrained) this.#say({ kind: 'asked-to-end' });
    // A program that handles the signal ends itself.
    else if (process.listenerCount('SIGTERM') === 1) process.exit(0);
  }
}

/** @param machine  as the bus to other machines names it; `node` is what nobody has named */
function nameOf(machine: string | undefined, number: number): string {
  const own = `worker-${number}`;
  return machine === undefined || machine === 'node' ? own : `${machine.slice(0, NAME - own.length - 1)}-${own}`;
}

function summed(results: readonly (DrainResult | undefined)[]): DrainResult {
  const codes: Record<number, number> = {};
  let closed = 0;
  let terminated = 0;
  let duration = 0;
  for (const result of results) {
    if (result === undefined) continue;
    closed += result.closed;
    terminated += result.terminated;
    duration = Math.max(duration, result.duration);
    for (const [code, count] of Object.entries(result.codes)) codes[Number(code)] = (codes[Number(code)] ?? 0) + count;
  }
  return { closed, terminated, duration, codes };
}

function textOf(error: unknown): string {
  const text = error !== null && typeof error === 'object' ? (Reflect.get(error, 'stack') ?? error) : error;
  return String(text).slice(0, 8_192);
}

/** In a child or a thread of a worker it does nothing: both inherit the options of Node. */
function begin(): void {
  const value = process.env[WORKER_VARIABLE];
  if (value === undefined || !isMainThread) return;
  delete process.env[WORKER_VARIABLE];
  const at = process.execArgv.indexOf(import.meta.url);
  if (at > 0) process.execArgv.splice(at - 1, 2);
  const task = JSON.parse(value) as WorkerTask;
  if (task.parent === process.ppid) setClusterWorker(new WorkerOfCluster(task));
}

begin();
