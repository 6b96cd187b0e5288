// The cluster as the primary process has it: a process for each place, replaced when it ends by itself; rolling restarts; the
// drain of all; the metrics of all.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Broker } from '../bus/workers/broker.ts';
import { OuterBus } from '../bus/workers/outer-bus.ts';
import { webSocketError } from '../core/errors.ts';
import type { ServerMetrics } from '../core/meter.ts';
import { Meter } from '../core/meter.ts';
import { refuseArguments } from '../core/option-check.ts';
import type { MetricsTextOptions } from '../observe/metric-options.ts';
import type { DrainResult } from '../server/options.ts';
import { textOf } from '../server/probes.ts';
import { readDrainOptions } from './option-rows.ts';
import type { ClusterDrainOptions, ClusterOptions, ClusterWorkerInfo, WorkerExit } from './options.ts';
import { Places } from './places.ts';
import { leavePorts } from './shared-ports.ts';
import { lastingMetrics, summedMetrics } from './summed-metrics.ts';
import { neverListened, WorkerProcess, type WorkerSettings } from './worker-process.ts';

/** A process that ends sooner than this counts as one that failed: the next one waits. */
const HEALTHY_AFTER = 10_000;

/** The place of a worker. */
interface Slot {
  readonly number: number;
  process: WorkerProcess | undefined;
  /** How many in a row have ended too soon, and how many of these have never listened. */
  failures: number;
  attempts: number;
  timer: NodeJS.Timeout | undefined;
  /** A new process is being started beside the old one. */
  isRestarting: boolean;
}

/** Processes that share a port and a bus. Made by `createCluster`. */
export class Cluster {
  readonly #options: ClusterOptions;
  readonly #settings: WorkerSettings;
  readonly #slots: readonly Slot[];
  readonly #processes = new Set<WorkerProcess>();
  readonly #addresses = new Map<string, object>();
  /** Of processes that are gone. */
  #past: ServerMetrics | undefined;
  #restarting: Promise<unknown> = Promise.resolve();
  #ending: Promise<DrainResult> | undefined;
  #drainOptions: ClusterDrainOptions;
  readonly #signalled = (): void => this.#signal();
  /** Settles when all workers have been ended, by `drain`, `close` or a signal. Never rejects. */
  readonly ended: Promise<void>;
  #setEnded: () => void = () => {};

  /** @internal @param preload  URL of the module that Node loads before the program */
  constructor(options: ClusterOptions, preload: string) {
    const {
      workers = 'cores',
      server,
      startTimeout = 30_000,
      exitTimeout = 5_000,
      maxQueuedBytes,
      cwd = '.',
    } = options;
    const count = workers === 'cores' ? availableParallelism() : workers;
    this.#options = options;
    this.#drainOptions = options.drain ?? {};
    const outer = options.bus === undefined ? undefined : OuterBus.of(options.bus, (error) => this.#failed(error));
    const broker = new Broker(maxQueuedBytes, outer);
    const file = typeof server === 'string' ? resolve(cwd, server) : fileURLToPath(server);
    this.#settings = {
      options,
      file,
      preload,
      broker,
      bus: outer?.settings ?? {},
      places: new Places(),
      startTimeout,
      exitTimeout,
    };
    this.#slots = Array.from({ length: count }, (_, at) => ({
      number: at + 1,
      process: undefined,
      failures: 0,
      attempts: 0,
      timer: undefined,
      isRestarting: false,
    }));
    this.ended = new Promise((settle) => {
      this.#setEnded = settle;
    });
  }

  /** @internal @throws (rejects) WebSocketError ERR_WS_CLUSTER_WORKER; nothing is left then */
  async start(): Promise<void> {
    if (this.#options.signals !== false) for (const name of SIGNALS) process.on(name, this.#signalled);
    try {
      await Promise.all(this.#slots.map((slot) => this.#begin(slot).ready));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** The processes that there are now, by their numbers: during a restart there are two with one number. */
  get workers(): readonly ClusterWorkerInfo[] {
    return [...this.#processes].map(({ info }) => info).sort((one, other) => one.number - other.number);
  }

  /** Where workers listen: as `server.listen` resolves with it. */
  get addresses(): readonly object[] {
    return [...this.#addresses.values()];
  }

  /** Whether the cluster takes no connections any more. */
  get isDraining(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Replaces all processes, one after the other: the new one listens before the old one drains. A further call waits for the first.
   *
   * @param drain  how connections of the old processes end. Default: the option `drain`
   * @throws (rejects) WebSocketError ERR_WS_CLUSTER_WORKER if a new process does not listen: the old one goes on then, and so do those
   *         after it; ERR_WS_CLUSTER_ENDED; ERR_WS_OPTION
   */
  restart(drain?: ClusterDrainOptions): Promise<void>;
  async restart(given?: ClusterDrainOptions, ...rest: unknown[]): Promise<void> {
    refuseArguments('restart', rest, 'it returns a Promise');
    const options = given === undefined ? this.#drainOptions : readDrainOptions(given);
    const all = this.#restarting.then(async () => {
      for (const slot of this.#slots) await this.#replace(slot, options);
    });
    this.#restarting = all.catch(() => {});
    return all;
  }

  /**
   * Drains all workers at once, as `server.drain` does, and ends them. The cluster cannot be used again.
   *
   * @param drain  default: the option `drain`
   * @returns how the connections of all workers ended
   * @throws (rejects) WebSocketError ERR_WS_OPTION; nothing has been done then
   */
  drain(drain?: ClusterDrainOptions): Promise<DrainResult>;
  async drain(given?: ClusterDrainOptions, ...rest: unknown[]): Promise<DrainResult> {
    refuseArguments('drain', rest, 'it returns a Promise');
    const options = given === undefined ? this.#drainOptions : readDrainOptions(given);
    const first = this.#ending;
    const ending = this.#end(options);
    this.#ending ??= ending;
    const result = await ending;
    if (first !== undefined) await first;
    return result;
  }

  /** Ends all workers and their connections at once. */
  close(): Promise<void>;
  async close(...rest: unknown[]): Promise<void> {
    refuseArguments('close', rest, 'it returns a Promise; drain({ code, reason, deadline }) has options');
    await this.drain({ deadline: 0 });
  }

  /**
   * The metrics of the servers of all workers, added up, with those of workers that are gone. `queued.highest` is an upper
   * bound; quantiles of `eventLoopDelay` are those of the worst worker.
   */
  metrics(): Promise<ServerMetrics>;
  async metrics(...rest: unknown[]): Promise<ServerMetrics> {
    refuseArguments('metrics', rest, 'it returns a Promise of an object');
    const all = await Promise.all([...this.#processes].map((one) => one.currentMetrics()));
    const known = [this.#past, ...all].filter((one) => one !== undefined);
    return (
      summedMetrics(known) ??
      new Meter().serverSnapshot({ used: 0, highest: 0 }, { topics: 0, subscriptions: 0 }, undefined)
    );
  }

  /** {@link metrics} as text for a scraper. @throws (rejects) WebSocketError ERR_WS_OPTION */
  async metricsText(options?: MetricsTextOptions): Promise<string> {
    const metrics = await this.metrics();
    return textOf({ metrics: () => metrics }, options);
  }

  /** Starts a process for a place that has none. */
  #begin(slot: Slot): WorkerProcess {
    const started = this.#fork(slot);
    slot.process = started;
    started.ready.then(
      () => {
        slot.attempts = 0;
        this.#options.workerStarted?.(started.info);
      },
      () => {},
    );
    return started;
  }

  #fork(slot: Slot): WorkerProcess {
    const started = new WorkerProcess(slot.number, this.#settings, {
      sum: () => this.metrics(),
      listening: (address) => this.#addresses.set(JSON.stringify(address), address),
      askedToEnd: (worker) => this.#askedToEnd(slot, worker),
      gone: (worker, exit) => this.#gone(slot, worker, exit),
    });
    this.#processes.add(started);
    return started;
  }

  #gone(slot: Slot, worker: WorkerProcess, exit: WorkerExit): void {
    this.#processes.delete(worker);
    void this.#settings.places.gone(worker, worker.number);
    if (worker.metrics !== undefined) {
      const lasting = lastingMetrics(worker.metrics);
      this.#past = this.#past === undefined ? lasting : summedMetrics([this.#past, lasting]);
    }
    this.#options.workerGone?.(worker.info, exit);
    if (slot.process !== worker) return;
    slot.process = undefined;
    if (exit.wasAsked || this.isDraining || slot.isRestarting) return;
    const { state, startedAt } = worker.info;
    const hasListened = state !== 'starting';
    slot.failures = Date.now() - startedAt > HEALTHY_AFTER ? 0 : slot.failures + 1;
    slot.attempts = hasListened ? 0 : slot.attempts + 1;
    this.#replaceLater(slot, exit);
  }

  #replaceLater(slot: Slot, exit: WorkerExit): void {
    const { attempts = 5, backoff = 200, maxBackoff = 10_000 } = this.#options.restart ?? {};
    if (slot.attempts >= attempts) {
      this.#failed(neverListened(slot.number, exit, slot.attempts));
      const isAnyLeft = this.#slots.some((one) => one.process !== undefined || one.timer !== undefined);
      // Nothing keeps the process alive now, and a supervisor is to see that it has failed.
      if (!isAnyLeft) process.exitCode ??= 1;
      return;
    }
    const delay = slot.failures <= 1 ? 0 : Math.min(maxBackoff, backoff * 2 ** (slot.failures - 2));
    slot.timer = setTimeout(() => {
      slot.timer = undefined;
      if (!this.isDraining && !slot.isRestarting) this.#begin(slot);
    }, delay);
  }

  /** Puts a new process in a place, and then ends the old one. */
  async #replace(slot: Slot, options: ClusterDrainOptions): Promise<void> {
    if (this.isDraining) throw webSocketError('ERR_WS_CLUSTER_ENDED');
    clearTimeout(slot.timer);
    slot.timer = undefined;
    slot.isRestarting = true;
    const next = this.#fork(slot);
    try {
      await next.ready;
    } catch (error) {
      slot.isRestarting = false;
      // The old one may have ended meanwhile.
      if (slot.process === undefined && !this.isDraining) this.#begin(slot);
      throw error;
    }
    slot.isRestarting = false;
    const old = slot.process;
    slot.process = next;
    slot.failures = 0;
    slot.attempts = 0;
    this.#options.workerStarted?.(next.info);
    await old?.end(options, true);
  }

  #askedToEnd(slot: Slot, worker: WorkerProcess): void {
    if (this.isDraining || slot.process !== worker || slot.isRestarting) return;
    this.#replace(slot, this.#drainOptions).catch((error: Error) => {
      if (!this.isDraining) this.#failed(error);
    });
  }

  async #end(options: ClusterDrainOptions): Promise<DrainResult> {
    const begun = Date.now();
    for (const slot of this.#slots) clearTimeout(slot.timer);
    const processes = [...this.#processes];
    const results = await Promise.all(
      processes.map((one) => {
        // Nothing to drain, and it might not hear of it.
        if (one.info.state !== 'starting') return one.end(options);
        one.kill();
        return one.gone.then(() => undefined);
      }),
    );
    const { places, broker } = this.#settings;
    await Promise.all([places.close(), broker.close()]);
    leavePorts(broker);
    for (const name of SIGNALS) process.off(name, this.#signalled);
    this.#setEnded();
    const codes: Record<number, number> = {};
    let closed = 0;
    let terminated = 0;
    for (const result of results) {
      if (result === undefined) continue;
      closed += result.closed;
      terminated += result.terminated;
      for (const [code, number] of Object.entries(result.codes))
        codes[Number(code)] = (codes[Number(code)] ?? 0) + number;
    }
    return { closed, terminated, duration: Date.now() - begun, codes };
  }

  #signal(): void {
    // One Ctrl-C may arrive twice: from the terminal, and from npm.
    if (this.#ending === undefined) {
      this.#signalledAt = performance.now();
      void this.drain();
    } else if (performance.now() - this.#signalledAt > SAME_PRESS) {
      void this.close();
    }
  }

  #signalledAt = 0;

  #failed(error: Error): void {
    if (this.#options.failed === undefined) process.emitWarning(error);
    else this.#options.failed(error);
  }
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Milliseconds in which nobody presses a key twice. */
const SAME_PRESS = 300;
