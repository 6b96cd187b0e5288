// A node of the system in its own process: started, told what to do, frozen and killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { usageOf } from '../../bench/harness/usage.ts';
import type { NodeCommand, NodeEvent, NodeTask } from './node-task.ts';

const program = fileURLToPath(new URL('node.ts', import.meta.url));

export class NodeProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';
  #counting = 0;
  readonly #counted = new Map<number, (answer: { count: number; missing: readonly string[] }) => void>();
  #port = 0;
  /** Whether somebody wants it to end. */
  #isEnding = false;

  /**
   * @param heard  everything that it tells
   * @param died   it has ended though nobody wanted it
   */
  constructor(task: NodeTask, heard: (event: NodeEvent) => void, died: (text: string) => void) {
    this.name = task.name;
    const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(task)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#said = (this.#said + String(chunk)).slice(-4_000);
      });
    }
    child.on('message', (event: NodeEvent) => {
      if (event.event === 'listening') this.#port = event.port;
      if (event.event === 'counted') this.#counted.get(event.id)?.(event);
      heard(event);
    });
    child.on('error', () => {});
    this.#ended = once(child, 'close').then(([code, signal]) => {
      if (!this.#isEnding) died(`${this.name} ended with ${signal ?? code}: ${this.#said}`);
    });
  }

  /** Its port, when it listens. @throws Error with what it said, if it has ended */
  async listening(): Promise<number> {
    while (this.#port === 0) {
      if (this.#child.exitCode !== null) throw new Error(`${this.name} does not start: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.#port;
  }

  tell(command: NodeCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }

  /** Connections of all nodes, as this one finds out, and the nodes that did not answer it. */
  count(): Promise<{ count: number; missing: readonly string[] }> {
    const id = this.#counting++;
    this.tell({ command: 'count', id });
    return new Promise((resolve) => this.#counted.set(id, resolve));
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#isEnding = true;
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Gives its clients to others. */
  async drain(): Promise<void> {
    this.#isEnding = true;
    this.tell({ command: 'drain' });
    await this.#ended;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** What it printed last. */
  get said(): string {
    return this.#said;
  }

  /** Microseconds on a core, and the most bytes that were resident; zeros when it has ended. */
  get usage(): { cpu: number; peak: number } {
    try {
      return usageOf(this.#child.pid as number);
    } catch {
      return { cpu: 0, peak: 0 };
    }
  }
}
