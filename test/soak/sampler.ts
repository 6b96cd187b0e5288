// The state of one process of a run at a moment. Memory is measured after a forced collection (`--expose-gc`): the
// memory that is left is still referred to.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openHandles } from '../support/handles.ts';

export interface Sample {
  /** Bytes. */
  readonly heapUsed: number;
  /** Bytes outside the heap that belong to its objects: buffers among them, zlib's contexts not. */
  readonly external: number;
  /** Bytes. */
  readonly rss: number;
  /** Sockets, listeners and timers. */
  readonly handles: number;
  /** Milliseconds that the event loop came late, since the sample before; 99 in 100 times it was less. */
  readonly delay99: number;
  readonly delayMax: number;
  /** Share of one core, since the sample before. */
  readonly cpu: number;
}

const collect = (globalThis as { gc?: () => void }).gc;
const RESOLUTION = 10;

export class Sampler {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  #cpu = process.cpuUsage();
  #time = performance.now();

  constructor() {
    if (collect === undefined) throw new Error('start node with --expose-gc');
    this.#delay.enable();
  }

  sample(): Sample {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpu = (user + system) / 1000 / (now - this.#time);
    // No timer has come at all: the loop has been in one turn since.
    const isStuck = this.#delay.count === 0;
    const delay99 = isStuck ? now - this.#time : Math.max(0, this.#delay.percentile(99) / 1e6 - RESOLUTION);
    const delayMax = isStuck ? now - this.#time : Math.max(0, this.#delay.max / 1e6 - RESOLUTION);
    collect?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const handles = openHandles().length;
    // The collection itself belongs to the measuring.
    this.#delay.reset();
    this.#cpu = process.cpuUsage();
    this.#time = performance.now();
    return { heapUsed, external, rss, handles, delay99, delayMax, cpu };
  }
}
