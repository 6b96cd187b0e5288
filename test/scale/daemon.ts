// A program of others that listens on a port of this machine: started, frozen, killed, and started again on the same port.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CHILD_CORE, canPin } from '../../bench/harness/processor.ts';
import { usageOf } from '../../bench/harness/usage.ts';
import { isListening } from '../support/listening.ts';

/** A port that is free, below the range from which the system takes ports for clients. */
export async function unusedPort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false),
    ]).catch(() => false);
    if (!isFree) continue;
    await once(probe.close(), 'close');
    return port;
  }
}

/** Those that run: none of them outlives this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class Daemon {
  readonly port: number;
  readonly #program: string;
  readonly #parameters: readonly string[];
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #said = '';
  /** Microseconds of processes that have ended. */
  #usedBefore = 0;

  constructor(program: string, parameters: readonly string[], port: number) {
    this.#program = program;
    this.#parameters = parameters;
    this.port = port;
  }

  /** Starts it, and waits until it listens. @throws Error with what it said, if it ends */
  async start(): Promise<void> {
    const child = spawn(this.#program, this.#parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.on('close', () => running.delete(child));
    this.#said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.#said = (this.#said + String(chunk)).slice(-4_000);
      });
    }
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    this.#ended = once(child, 'close').catch(() => {});
    const isUp = await Promise.race([isListening(child, this.port), failed]);
    if (!isUp) throw new Error(`${this.#program} does not start: ${this.#said}`);
  }

  /** @param signal  `SIGKILL`, or `SIGTERM` for an orderly end */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#usedBefore = this.cpu;
    this.#child = undefined;
    child.kill('SIGCONT');
    child.kill(signal);
    await this.#ended;
  }

  /** Puts it on the core of what is measured. */
  pin(): void {
    if (canPin) spawnSync('taskset', ['-apc', String(CHILD_CORE), String(this.#child?.pid)]);
  }

  /** Stops it (SIGSTOP): its connections stay, and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Microseconds on a core, since it was first started. */
  get cpu(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) return this.#usedBefore;
    try {
      return this.#usedBefore + usageOf(pid).cpu;
    } catch {
      return this.#usedBefore;
    }
  }

  /** Bytes resident. */
  get resident(): number {
    const pid = this.#child?.pid;
    return pid === undefined ? 0 : usageOf(pid).rss;
  }
}
